package dev.baton.driver;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The one timer of an election, which wakes its loop when something is due. Set on the loop. */
final class WakeTimer {
    private final Timekeeper time;
    private final Runnable wake;
    private Timekeeper.@Nullable Timer timer;
    private @Nullable Moment timerAt;
    private volatile @Nullable Moment wakesAt;

    WakeTimer(Timekeeper time, Runnable wake) {
        this.time = time;
        this.wake = wake;
    }

    /** When it is due, or null when nothing is; any thread. */
    @Nullable Moment wakesAt() {
        return wakesAt;
    }

    /** Wakes the loop at the sooner of the two moments, null meaning never. */
    void set(@Nullable Moment one, @Nullable Moment other) {
        Moment at = soonest(one, other);
        wakesAt = at;
        if (timer != null && at != null && at.equals(timerAt)) {
            return;
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        timerAt = at;
        if (at != null) {
            long delay = Math.max(0, at.nanosSince(time.now()));
            timer = time.schedule(Duration.ofNanos(delay), this::wake);
        }
    }

    private static @Nullable Moment soonest(@Nullable Moment one, @Nullable Moment other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return other.isBefore(one) ? other : one;
    }

    private void wake() {
        timer = null;
        wake.run();
    }
}
