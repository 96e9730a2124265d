package dev.baton.examples.activestandby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases of Go's own test of {@code time.ParseDuration}, as far as they are about syntax. */
class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "5s, PT5S",
        "30s, PT30S",
        "1478s, PT1478S",
        "-5s, PT-5S",
        "+5s, PT5S",
        "-0, PT0S",
        "+0, PT0S",
        "5.0s, PT5S",
        "5.6s, PT5.6S",
        "5.s, PT5S",
        ".5s, PT0.5S",
        "1.004s, PT1.004S",
        "100.00100s, PT100.001S",
        "10ns, PT0.00000001S",
        "11us, PT0.000011S",
        "12µs, PT0.000012S",
        "12μs, PT0.000012S",
        "13ms, PT0.013S",
        "14s, PT14S",
        "15m, PT15M",
        "16h, PT16H",
        "1m30s, PT1M30S",
        "3h30m, PT3H30M",
        "10.5s4m, PT4M10.5S",
        "-2m3.4s, PT-2M-3.4S",
        "1h2m3s4ms5us6ns, PT1H2M3.004005006S",
        "0.3333333333333333333h, PT20M",
        "9223372036854775807ns, PT2562047H47M16.854775807S"
    })
    void readsWhatGoReads(String text, Duration expected) {
        assertThat(GoDuration.parse(text).minus(expected).abs()).isLessThanOrEqualTo(Duration.ofNanos(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "3", "-", "s", ".", "-.", ".s", "+.s", "1d", "15 s", "1m 30s", "s15", "15S", "--1s", "1e3s"})
    void refusesWhatGoRefuses(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoDuration.parse(text))
                .withMessageContaining("\"" + text + "\" is no duration")
                .withMessageContaining("1m30s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808ns", "3000000h"})
    void refusesWhatIsTooLong(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoDuration.parse(text))
                .withMessageContaining("too long");
    }
}
