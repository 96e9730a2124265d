package dev.baton.simulation;

import dev.baton.spi.Moment;

/**
 * The two clocks of one machine, as functions of true time. Both run at the machine's own rate; a suspension stops the
 * monotonic clock and not the wall clock.
 */
final class VirtualClock {
    private static final int MILLION = 1_000_000;

    /** Far enough for any world, near enough for the arithmetic; a timer that fires early looks again. */
    private static final long LONGEST_WAIT = 1_000_000_000_000L;

    private final int ppm;
    private final long monotonicOrigin;
    private long wallOrigin;
    private long suspended;
    private long suspendedSince = -1;
    private long shownAt = Long.MIN_VALUE;
    private Moment shown = new Moment(0, 0);

    /**
     * Clocks of a machine.
     *
     * @param ppm how much faster than true time they run, in millionths
     * @param monotonicOrigin what the monotonic clock shows at true time 0
     * @param wallOrigin what the wall clock shows at true time 0
     */
    VirtualClock(int ppm, long monotonicOrigin, long wallOrigin) {
        this.ppm = ppm;
        this.monotonicOrigin = monotonicOrigin;
        this.wallOrigin = wallOrigin;
    }

    /** What both show at {@code trueNanos}, which never precedes the last suspension. */
    Moment at(long trueNanos) {
        if (trueNanos != shownAt) {
            shown = read(trueNanos);
            shownAt = trueNanos;
        }
        return shown;
    }

    private Moment read(long trueNanos) {
        long asleep = suspended + (suspendedSince < 0 ? 0 : trueNanos - suspendedSince);
        return new Moment(monotonicOrigin + scaled(trueNanos - asleep), wallOrigin + scaled(trueNanos));
    }

    private long scaled(long trueNanos) {
        return trueNanos + Math.floorDiv(trueNanos * ppm, MILLION);
    }

    /** True nanoseconds from {@code trueNanos} until the monotonic clock shows {@code monotonic}, unless suspended. */
    long until(long monotonic, long trueNanos) {
        long left = Math.min(LONGEST_WAIT, monotonic - at(trueNanos).nanos());
        if (left <= 0) {
            return 0;
        }
        long begun = trueNanos - suspended;
        long end = scaled(begun) + left;
        long wait = left * MILLION / (MILLION + ppm);
        while (scaled(begun + wait) < end) {
            wait++;
        }
        return wait;
    }

    void jumpWall(long nanos) {
        wallOrigin += nanos;
        shownAt = Long.MIN_VALUE;
    }

    void suspend(long trueNanos) {
        suspendedSince = trueNanos;
        shownAt = Long.MIN_VALUE;
    }

    void wake(long trueNanos) {
        suspended += trueNanos - suspendedSince;
        suspendedSince = -1;
        shownAt = Long.MIN_VALUE;
    }
}
