package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseTest {
    private static final String NOW = "Fri, 02 Jan 2026 03:04:05 GMT";

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "' 7 ', PT7S",
        "599, PT9M59S",
        "600, PT10M",
        "601, PT10M",
        "999999999, PT10M",
        "2147483648, PT10M",
        "99999999999999999999999, PT10M",
        "00000000000000000000005, PT5S",
        "-5, PT0S",
        "1.5, PT0S",
        "soon, PT0S",
        "'', PT0S"
    })
    void secondsAreHeldToTheLongestWaitHoweverManyTheyAre(String header, Duration wait) {
        assertThat(Response.retryAfter(header, NOW)).isEqualTo(wait);
        assertThat(Response.retryAfter(header, null)).isEqualTo(wait);
    }

    @ParameterizedTest
    @CsvSource({
        "'Fri, 02 Jan 2026 03:04:35 GMT', PT30S",
        "'Fri, 02 Jan 2026 03:04:05 GMT', PT0S",
        "'Thu, 01 Jan 1970 00:00:00 GMT', PT0S",
        "'Fri, 31 Dec 9999 23:59:59 GMT', PT10M",
        "'Fri, 32 Dec 2026 03:04:35 GMT', PT0S"
    })
    void dateIsCountedFromThatOfTheAnswer(String header, Duration wait) {
        assertThat(Response.retryAfter(header, NOW)).isEqualTo(wait);
    }

    @Test
    void dateThatNothingIsToBeCountedFromSaysNothing() {
        assertThat(Response.retryAfter("Fri, 02 Jan 2026 03:04:35 GMT", null)).isZero();
        assertThat(Response.retryAfter("Fri, 02 Jan 2026 03:04:35 GMT", "now")).isZero();
        assertThat(Response.retryAfter(null, NOW)).isZero();
    }
}
