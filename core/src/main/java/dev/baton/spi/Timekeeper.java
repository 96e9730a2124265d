package dev.baton.spi;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The only source of time, timers and chance: real, or a simulation's. Queue and clock are one, so that virtual time
 * never runs ahead of what was due.
 *
 * <p>Tasks run one after another on one thread, the loop. They must be short and must not block.
 */
public interface Timekeeper {

    /** Both clocks, now. Any thread. */
    Moment now();

    /** Runs {@code task} on the loop as soon as possible, in order of arrival. Any thread. Dropped after close. */
    void execute(Runnable task);

    /** Runs {@code task} on the loop no sooner than {@code delay} from now. Any thread. Dropped after close. */
    Timer schedule(Duration delay, Runnable task);

    /** Chance for jitter and nonces. Any thread. */
    RandomGenerator random();

    /** A pending task. */
    interface Timer {
        /** Forgets the task unless it has begun. Idempotent. */
        void cancel();
    }
}
