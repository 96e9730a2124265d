package dev.baton.verify;

import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.time.Duration;

/**
 * How times of different instances are compared. An instance's own times are always compared on its own monotonic clock.
 *
 * @param uncertainty the most that the wall clocks of two instances differ; an overlap no longer than this is uncertain
 * @param oneHost whether all instances ran on one machine that was not restarted meanwhile, so that they share one
 *     monotonic clock and no time is uncertain; this holds on Linux, where {@link System#nanoTime()} counts from the
 *     boot
 */
public record Clocks(Duration uncertainty, boolean oneHost) {

    /** @throws IllegalArgumentException unless {@code uncertainty} is between zero and a day */
    public Clocks {
        if (uncertainty.isNegative() || uncertainty.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("clock uncertainty " + ElectionTiming.text(uncertainty)
                    + " must be between zero and a day; machines that follow NTP differ by some milliseconds");
        }
    }

    /** Wall clocks of several machines, no two of which differ by more than {@code uncertainty}. */
    public static Clocks within(Duration uncertainty) {
        return new Clocks(uncertainty, false);
    }

    /** The one monotonic clock of one machine. */
    public static Clocks ofOneHost() {
        return new Clocks(Duration.ZERO, true);
    }

    /** The position of {@code moment}, in nanoseconds, on the time line that all instances share. */
    long position(Moment moment) {
        return oneHost ? moment.nanos() : moment.wallNanos();
    }

    /** The uncertainty, in nanoseconds, between positions of two instances. */
    long uncertaintyNanos() {
        return oneHost ? 0 : uncertainty.toNanos();
    }
}
