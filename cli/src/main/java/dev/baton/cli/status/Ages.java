package dev.baton.cli.status;

import java.time.Duration;

/** Spans of time for people, cut off and not rounded: {@code 1.2 s}, {@code 45 s}, {@code 3 m}, {@code 2 h 5 m}, {@code 4 d 2 h}. */
final class Ages {
    private Ages() {}

    /** A negative span counts as zero. */
    static String text(Duration span) {
        Duration age = span.isNegative() ? Duration.ZERO : span;
        long seconds = age.toSeconds();
        if (seconds < 10) {
            return seconds + "." + age.toMillisPart() / 100 + " s";
        }
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 7_200) {
            return age.toMinutes() + " m";
        }
        return age.toHours() < 48
                ? age.toHours() + " h " + age.toMinutesPart() + " m"
                : age.toDays() + " d " + age.toHoursPart() + " h";
    }
}
