package dev.baton.interleaving;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Time that stands still until it is set, without timers. */
public final class StoppedClock implements Timekeeper {
    private volatile Moment now = new Moment(0, 0);

    /** Sets the clocks. */
    public void set(long nanos) {
        now = new Moment(nanos, nanos);
    }

    @Override
    public Moment now() {
        return now;
    }

    @Override
    public void execute(Runnable task) {
        throw new UnsupportedOperationException("nothing runs by itself");
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        throw new UnsupportedOperationException("time stands still");
    }

    @Override
    public RandomGenerator random() {
        throw new UnsupportedOperationException("nothing is left to chance");
    }
}
