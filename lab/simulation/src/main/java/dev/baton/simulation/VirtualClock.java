package dev.baton.simulation;

import dev.baton.spi.Moment;
import java.util.ArrayList;
import java.util.List;

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
    private final List<Stretch> stretches = new ArrayList<>();
    private Stretch current;
    private long shownAt = Long.MIN_VALUE;
    private Moment shown = new Moment(0, 0);

    /** From {@code since} in true time on, nothing was done to the clocks. */
    private record Stretch(long since, long wallOrigin, long asleep, boolean isSuspended) {
        long awake(long trueNanos) {
            return (isSuspended ? since : trueNanos) - asleep;
        }
    }

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
        this.current = new Stretch(0, wallOrigin, 0, false);
        stretches.add(current);
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
        return new Moment(monotonicOrigin + scaled(current.awake(trueNanos)), current.wallOrigin + scaled(trueNanos));
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
        long begun = current.awake(trueNanos);
        return unscaled(scaled(begun) + left) - begun;
    }

    /** When in true time, from {@code trueNanos} on, either clock showed {@code until}, or will if nothing is done to it. */
    long reached(Moment until, long trueNanos) {
        long reached = Long.MAX_VALUE;
        for (Stretch stretch : stretches) {
            if (reached < stretch.since) {
                break;
            }
            long byWall = unscaled(until.wallNanos() - stretch.wallOrigin);
            long awake = unscaled(until.nanos() - monotonicOrigin);
            boolean wakesLater = stretch.isSuspended && stretch.awake(stretch.since) < awake;
            long first = wakesLater ? byWall : Math.min(byWall, awake + stretch.asleep);
            reached = Math.max(first, Math.max(trueNanos, stretch.since));
        }
        return reached;
    }

    /** The first true time at which so much has passed by these clocks. */
    private long unscaled(long shown) {
        long trueNanos = Math.floorDiv(shown * MILLION, MILLION + ppm);
        while (scaled(trueNanos) < shown) {
            trueNanos++;
        }
        return trueNanos;
    }

    void jumpWall(long trueNanos, long nanos) {
        begin(trueNanos, current.wallOrigin + nanos, current.isSuspended);
    }

    void suspend(long trueNanos) {
        begin(trueNanos, current.wallOrigin, true);
    }

    void wake(long trueNanos) {
        begin(trueNanos, current.wallOrigin, false);
    }

    private void begin(long trueNanos, long wallOrigin, boolean isSuspended) {
        current = new Stretch(trueNanos, wallOrigin, trueNanos - current.awake(trueNanos), isSuspended);
        stretches.add(current);
        shownAt = Long.MIN_VALUE;
    }
}
