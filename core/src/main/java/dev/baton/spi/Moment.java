package dev.baton.spi;

import dev.baton.internal.Required;
import java.time.Duration;
import java.time.Instant;

/**
 * One reading of this process's two clocks, taken together.
 *
 * <p>Elapsed time is measured on the monotonic clock. The wall clock is its witness: on many systems the monotonic
 * clock stops while the machine is suspended and the wall clock does not, so a term that checks both wakes up deposed.
 * Moments of different processes must not be compared.
 *
 * @param nanos the monotonic clock in nanoseconds, of arbitrary origin; may be negative and may wrap
 * @param wallNanos the wall clock in nanoseconds since 1970-01-01T00:00:00Z; may jump in either direction
 */
public record Moment(long nanos, long wallNanos) {
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 4;
    private static final Duration LONGEST = Duration.ofNanos(LONGEST_NANOS);
    private static final Duration SHORTEST = LONGEST.negated();

    /** This moment moved by {@code nanos} on both clocks. */
    public Moment plusNanos(long nanos) {
        return new Moment(this.nanos + nanos, wallNanos + nanos);
    }

    /** This moment moved by {@code duration} on both clocks, as far as {@link #boundedNanos} counts it. */
    public Moment plus(Duration duration) {
        return plusNanos(boundedNanos(duration));
    }

    /** Nanoseconds on the monotonic clock from {@code earlier} to this moment. */
    public long nanosSince(Moment earlier) {
        return nanos - earlier.nanos;
    }

    /** Whether this moment precedes {@code other} on the monotonic clock. */
    public boolean isBefore(Moment other) {
        return nanos - other.nanos < 0;
    }

    /** Whether either clock has reached {@code limit}: the reading by which a term is over. */
    public boolean hasReached(Moment limit) {
        return nanos - limit.nanos >= 0 || wallNanos - limit.wallNanos >= 0;
    }

    /** The wall clock's reading, for display and records; never for decisions. */
    public Instant wall() {
        return Instant.ofEpochSecond(0, wallNanos);
    }

    /**
     * The nanoseconds in {@code duration}; {@link Long#MAX_VALUE} / 4 for anything longer than some 73 years, and as much
     * below zero for anything shorter than that below zero. Moments that differ by less than twice that can be compared.
     */
    public static long boundedNanos(Duration duration) {
        if (Required.given("duration", duration).compareTo(LONGEST) >= 0) {
            return LONGEST_NANOS;
        }
        return duration.compareTo(SHORTEST) <= 0 ? -LONGEST_NANOS : duration.toNanos();
    }
}
