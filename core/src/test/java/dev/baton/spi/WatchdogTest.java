package dev.baton.spi;

import static dev.baton.fixture.Waits.await;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** A watchdog that finds no memory, not even to read the clock, goes on once there is some. */
@Timeout(300)
class WatchdogTest {
    private final PoorClock clock = new PoorClock();
    private final AtomicInteger beats = new AtomicInteger();
    private final AtomicInteger rounds = new AtomicInteger();
    private final ScheduledThreadPoolExecutor loop =
            new ScheduledThreadPoolExecutor(1, BackendThreads.daemons("test-loop")) {
                @Override
                public void execute(Runnable task) {
                    beats.incrementAndGet();
                    super.execute(task);
                }
            };
    private final Watchdog watchdog =
            new Watchdog(clock, Set.of(), loop, rounds::incrementAndGet, LoggerFactory.getLogger(WatchdogTest.class));

    @AfterEach
    void end() {
        clock.poor = "";
        watchdog.end();
        loop.shutdownNow();
    }

    private void start() {
        BackendThreads.daemon("test-watchdog", watchdog).start();
        await().until(() -> rounds.get() > 0 && beats.get() > 0);
    }

    private void goesOn() {
        int beaten = beats.get();
        int gone = rounds.get();
        await().until(() -> {
            watchdog.wake();
            return rounds.get() > gone + 2 && beats.get() > beaten + 2;
        });
    }

    @Test
    void goesOnAfterItCouldNotReadTheClock() {
        start();
        clock.poor = "test-watchdog";
        await().until(() -> {
            watchdog.wake();
            return clock.refused.get() > 3;
        });
        clock.poor = "";
        goesOn();
    }

    /** The heartbeat must not be lost with the memory that its answer would take. */
    @Test
    void heartbeatComesBackFromALoopThatCannotReadTheClock() {
        clock.poor = "test-loop";
        start();
        goesOn();
    }

    /** Has no memory for threads of that name. */
    private static final class PoorClock implements Timekeeper {
        private final AtomicInteger refused = new AtomicInteger();
        private volatile String poor = "";

        @Override
        public Moment now() {
            if (Thread.currentThread().getName().equals(poor)) {
                refused.incrementAndGet();
                // Stands for what JUnit would take for its own end.
                throw new InternalError("planted for want of memory");
            }
            long nanos = System.nanoTime();
            return new Moment(nanos, nanos);
        }

        @Override
        public void execute(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public RandomGenerator random() {
            throw new UnsupportedOperationException();
        }
    }
}
