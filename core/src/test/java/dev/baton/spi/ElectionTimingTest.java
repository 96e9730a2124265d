package dev.baton.spi;

import static dev.baton.fixture.Samples.millis;
import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A wrong timing is refused with its values, the rule that it breaks and a way out. */
class ElectionTimingTest {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    static List<Arguments> wrong() {
        return List.of(
                wrong(0, 10_000, 2_000, "leaseDuration 0ms", "greater than zero", "default is 15s"),
                wrong(15_000, 0, 2_000, "renewDeadline 0ms", "greater than zero", "default is 10s"),
                wrong(15_000, 10_000, 0, "retryPeriod 0ms", "greater than zero", "default is 2s"),
                wrong(-15_000, 10_000, 2_000, "leaseDuration -15s", "greater than zero", "default is 15s"),
                wrong(15_000, -10_000, 2_000, "renewDeadline -10s", "greater than zero", "default is 10s"),
                wrong(15_000, 10_000, -1, "retryPeriod -1ms", "greater than zero", "default is 2s"),
                wrong(86_400_001, 10_000, 2_000, "leaseDuration 86400.001s", "at most one day", "lower it"),
                wrong(15_000, 86_400_001, 2_000, "renewDeadline 86400.001s", "at most one day", "lower it"),
                wrong(15_000, 10_000, 86_400_001, "retryPeriod 86400.001s", "at most one day", "lower it"),
                wrong(
                        10_000,
                        10_000,
                        2_000,
                        "leaseDuration 10s",
                        "longer than renewDeadline 10s",
                        "raise leaseDuration"),
                wrong(9_000, 10_000, 2_000, "leaseDuration 9s", "longer than renewDeadline 10s", "lower renewDeadline"),
                wrong(
                        15_000,
                        2_400,
                        2_000,
                        "renewDeadline 2.4s",
                        "longer than 1.2 times retryPeriod 2s",
                        "lower retryPeriod"),
                wrong(15_000, 10_000, 12_000, "renewDeadline 10s", "1.2 times retryPeriod 12s", "raise renewDeadline"),
                wrong(
                        10_100,
                        10_000,
                        2_000,
                        "leaseDuration 10.1s",
                        "renewDeadline 10s tolerate a clock drift of at most 0.004975, not 0.01",
                        "raise leaseDuration or lower renewDeadline"));
    }

    private static Arguments wrong(long lease, long renew, long retry, String... sentence) {
        return Arguments.of(millis(lease), millis(renew), millis(retry), List.of(sentence));
    }

    @ParameterizedTest
    @MethodSource
    void wrong(Duration lease, Duration renew, Duration retry, List<String> sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ElectionTiming.of(lease, renew, retry))
                .withMessageContainingAll(sentence.toArray(String[]::new));
    }

    /** What people write for "never", and what a clock cannot count. */
    @Test
    void durationsBeyondAllClocksAreRefusedLikeAnyOther() {
        for (Duration extreme : List.of(FOREVER, Duration.ofDays(200_000), FOREVER.negated())) {
            assertThatIllegalArgumentException().isThrownBy(() -> ElectionTiming.of(extreme, seconds(10), seconds(2)));
            assertThatIllegalArgumentException().isThrownBy(() -> ElectionTiming.of(seconds(15), extreme, seconds(2)));
            assertThatIllegalArgumentException().isThrownBy(() -> ElectionTiming.of(seconds(15), seconds(10), extreme));
        }
    }

    @Test
    void nanosecondBelowZeroIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ElectionTiming.of(seconds(15), seconds(10), Duration.ofNanos(-1)))
                .withMessageContaining("retryPeriod")
                .withMessageContaining("greater than zero");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(doubles = {-0.01, 1, 2, Double.NaN, Double.POSITIVE_INFINITY})
    void driftThatIsNoRate(double drift) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ElectionTiming.DEFAULT.withClockDrift(drift))
                .withMessageContainingAll("clockDrift " + drift, "at least 0 and below 1", "0.01 is one percent");
    }

    @Test
    void driftThatTheTimingDoesNotTolerate() {
        assertThat(ElectionTiming.DEFAULT.withClockDrift(0.2).windDownBudget()).isEqualTo(Duration.ZERO);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ElectionTiming.DEFAULT.withClockDrift(0.200001))
                .withMessageContaining("at most 0.2, not 0.200001")
                .withMessageContaining("renewDeadline/(1-drift) <= leaseDuration/(1+drift)");
    }

    @Test
    void figuresOfTheDefaults() {
        ElectionTiming timing = ElectionTiming.DEFAULT;
        assertThat(timing).hasToString("15s/10s/2s");
        assertThat(timing.clockDrift()).isEqualTo(0.01);
        assertThat(timing.toleratedDrift()).isCloseTo(0.2, Offset.offset(1e-12));
        double budget = 15 / 1.01 - 10 / 0.99;
        assertThat(timing.windDownBudget().toNanos() / 1e9).isCloseTo(budget, Offset.offset(1e-8));
        assertThat(timing.withClockDrift(0).windDownBudget()).isEqualTo(seconds(5));
        assertThat(timing.scaledNanos(seconds(15))).isEqualTo((long) Math.floor(15e9 * (0.99 / 1.01)));
        assertThat(timing.withClockDrift(0).scaledNanos(seconds(15))).isEqualTo(15_000_000_000L);
        assertThat(timing.scaledNanos(FOREVER)).isPositive();
    }

    @Test
    void longestAndShortestTimingsAreAccepted() {
        assertThat(ElectionTiming.of(Duration.ofDays(1), Duration.ofHours(12), Duration.ofHours(1)))
                .hasToString("86400s/43200s/3600s");
        assertThat(ElectionTiming.of(Duration.ofNanos(1_000), Duration.ofNanos(500), Duration.ofNanos(100)))
                .isNotNull();
    }

    @Test
    void spanBesideTheThreeIsHeldToTheSameBound() {
        assertThat(ElectionTiming.check("tickTime", seconds(2), "it is 2s by default"))
                .isEqualTo(seconds(2));
        assertThat(ElectionTiming.check("tickTime", ElectionTiming.LONGEST, "")).isEqualTo(Duration.ofDays(1));
        for (Duration wrong : List.of(Duration.ZERO, seconds(-1), ElectionTiming.LONGEST.plusNanos(1), FOREVER)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ElectionTiming.check("tickTime", wrong, "it is 2s by default"))
                    .withMessage("tickTime " + ElectionTiming.text(wrong)
                            + " must be greater than zero and at most one day; it is 2s by default");
        }
    }

    @Test
    void durationsAreWrittenAsPeopleWriteThem() {
        assertThat(ElectionTiming.text(seconds(2))).isEqualTo("2s");
        assertThat(ElectionTiming.text(millis(1_500))).isEqualTo("1.5s");
        assertThat(ElectionTiming.text(millis(500))).isEqualTo("500ms");
        assertThat(ElectionTiming.text(Duration.ofNanos(1_500))).isEqualTo("0.002ms");
        assertThat(ElectionTiming.text(Duration.ofNanos(1))).isEqualTo("1ns");
        assertThat(ElectionTiming.text(Duration.ZERO)).isEqualTo("0ms");
    }
}
