package dev.baton.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * No timing that is accepted, and no span of time that a backend names, is too long or too short for the arithmetic of a
 * machine. A failure names its seed.
 */
class MachineNumbersTest {
    private static final int SEEDS = 3_000;
    private static final int FAILURES = 40;
    private static final long DAY = ElectionTiming.LONGEST.toNanos();

    /** Evenly spread over the orders of magnitude, up to {@code most}. */
    private static long upTo(SplittableRandom random, long most) {
        return 1 + random.nextLong(most >> random.nextInt(Long.SIZE - Long.numberOfLeadingZeros(most)));
    }

    private static ElectionTiming timing(SplittableRandom random) {
        for (; ; ) {
            try {
                return new ElectionTiming(
                        Duration.ofNanos(random.nextBoolean() ? DAY : upTo(random, DAY)),
                        Duration.ofNanos(upTo(random, DAY)),
                        Duration.ofNanos(upTo(random, DAY)),
                        random.nextBoolean() ? 0 : random.nextDouble() / 4);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("; ");
            }
        }
    }

    /** Any span of time: from what no clock counts before zero to what none counts after it. */
    private static Duration span(SplittableRandom random) {
        return Duration.ofSeconds(random.nextLong() >> random.nextInt(Long.SIZE), random.nextInt(1_000_000_000));
    }

    private static Rig rig(SplittableRandom random) {
        ElectionTiming timing = timing(random);
        Duration drain = Duration.ofNanos(upTo(random, DAY));
        Duration delay = random.nextBoolean() ? Duration.ZERO : Duration.ofNanos(upTo(random, DAY));
        return new Rig(Rig.configured(timing, drain, delay), random.nextLong());
    }

    @Test
    void whoeverFailsTriesAgainWithinALeaseDuration() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Rig rig = rig(new SplittableRandom(seed)).start();
            Effect.Call call = first(rig);
            for (int failure = 1; failure <= FAILURES; failure++) {
                rig.fail(call);
                boolean waits = rig.config.timing().retryPeriod().toNanos() > 1;
                assertThat(waits && !rig.lastOf(Effect.Call.class).isEmpty())
                        .as("seed %d, %s, tries at once after %d failures", seed, rig.config.timing(), failure)
                        .isFalse();
                assertThat(rig.untilWake())
                        .as("seed %d, %s, after %d failures", seed, rig.config.timing(), failure)
                        .isBetween(Duration.ZERO, rig.config.timing().leaseDuration());
                call = rig.lastOf(Effect.Call.class).isEmpty() ? rig.runToCall() : rig.call(Effect.Acquire.class);
            }
        }
    }

    /** The call that a machine begins with. */
    private static Effect.Call first(Rig rig) {
        List<Effect.Call> made = rig.allOf(Effect.Call.class);
        return made.isEmpty() ? rig.runToCall() : made.get(0);
    }

    @Test
    void whoeverFailsToStartRestsNoLongerThanALeaseDuration() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Knowledge knowledge = Knowledge.of(Rig.configured(timing(random), Duration.ofSeconds(1), Duration.ZERO))
                    .with(Counters.NONE.badStarts(random.nextInt(100)));
            Moment now = new Moment(random.nextLong(), random.nextLong());
            assertThat(Duration.ofNanos(knowledge.rest(now).nanosSince(now)))
                    .as("seed %d", seed)
                    .isBetween(Duration.ofNanos(1), knowledge.config().timing().leaseDuration());
        }
    }

    @Test
    void refusalOfAnyLengthIsFollowedByATryThatIsNeverInThePast() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Rig rig = rig(random).start();
            if (random.nextBoolean()) {
                rig.on((m, t) -> m.watching(true, t));
            }
            Effect.Call call = first(rig);
            Duration retryIn = span(random);
            rig.refuse(call, Rig.other("b", 1), Chance.after(retryIn));
            assertThat(rig.untilWake())
                    .as("seed %d, %s, refused for %s", seed, rig.config.timing(), retryIn)
                    .isBetween(Duration.ZERO, Duration.ofNanos(Long.MAX_VALUE / 4 + DAY));
            Chance chance = Chance.after(span(random));
            rig.on((m, t) -> m.held(Rig.other("c", 2), chance, t));
            assertThat(rig.untilWake())
                    .as("seed %d, %s, held for %s", seed, rig.config.timing(), chance)
                    .isBetween(Duration.ZERO, Duration.ofNanos(Long.MAX_VALUE / 4 + DAY));
        }
    }

    /** A store that answers "retry in less than nothing" gets no more calls than one that answers "at once". */
    @Test
    void refusalsWithoutAWaitAreRacesThatBecomeRarer() {
        for (Duration retryIn :
                new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MIN_VALUE)}) {
            Rig rig = new Rig().start();
            rig.on((m, t) -> m.watching(true, t));
            Effect.Call call = first(rig);
            Moment begun = rig.now;
            for (int i = 0; i < 200; i++) {
                call = rig.refuse(call, null, Chance.after(retryIn)).runToCall();
            }
            assertThat(Duration.ofNanos(rig.now.nanosSince(begun)))
                    .as("two hundred tries, %s each", retryIn)
                    .isGreaterThan(Duration.ofSeconds(60));
        }
    }

    @Test
    void grantOfAnyLengthIsReliedOnForNoLongerThanRenewDeadlineNorThanItSays() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ElectionTiming timing = timing(random);
            Moment sentAt = new Moment(random.nextLong(), random.nextLong());
            Duration guaranteedFor = span(random);
            Validity validity = Validity.of(new Answer.Granted(sentAt, guaranteedFor, Rig.token(1)), timing);
            Duration valid = Duration.ofNanos(validity.until().nanosSince(sentAt));
            assertThat(valid)
                    .as("seed %d, granted for %s", seed, guaranteedFor)
                    .isLessThanOrEqualTo(timing.renewDeadline());
            assertThat(valid.isNegative() || valid.compareTo(guaranteedFor) <= 0)
                    .as("seed %d, granted for %s, valid for %s", seed, guaranteedFor, valid)
                    .isTrue();
            assertThat(validity.isOver(sentAt)).as("seed %d", seed).isEqualTo(valid.isNegative() || valid.isZero());
        }
    }
}
