package dev.baton.campaign.process;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Code of others at its worst: it hangs and lets nobody interrupt it, throws what no method declares, and, as an executor,
 * blocks, rejects, drops and delays what it is given. Each time it hangs for no longer than a bound, so that a campaign
 * comes to an end. Safe for use by many threads.
 */
final class Mischief {
    private static final int ONE_IN = 6;

    private final SplittableRandom random;
    private final Duration longest;

    /** @param longest it hangs */
    Mischief(long seed, Duration longest) {
        this.random = new SplittableRandom(seed);
        this.longest = longest;
    }

    /** Hangs, throws, or does nothing, which is what it does most of the time. */
    void strike() {
        switch (next(3 * ONE_IN)) {
            case 0 -> hang(longest);
            case 1 -> Mischief.<RuntimeException>sneak(new Exception("not declared by anything"));
            case 2 -> throw new OutOfMemoryError("said, not meant");
            default -> {
                // Behaves.
            }
        }
    }

    /** A sink that tells {@code sink} first. */
    EventSink around(EventSink sink) {
        return new EventSink() {
            @Override
            public void accept(ElectionEvent event) {
                sink.accept(event);
                strike();
            }
        };
    }

    /** An executor with a thread for each task that it runs. */
    Executor executor() {
        return task -> {
            switch (next(6 * ONE_IN)) {
                case 0 -> throw new RejectedExecutionException("no more tasks today");
                case 1 -> {
                    // Dropped.
                }
                case 2 -> {
                    hang(longest);
                    start(task);
                }
                case 3, 4 ->
                    start(() -> {
                        hang(longest.dividedBy(8));
                        task.run();
                    });
                default -> start(task);
            }
        };
    }

    /** A log that hangs now and then, as where nobody reads the standard output, or fails. */
    AppenderBase<ILoggingEvent> appender() {
        return new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                strike();
            }
        };
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "unruly");
        thread.setDaemon(true);
        thread.start();
    }

    private synchronized int next(int bound) {
        return random.nextInt(bound);
    }

    /** Whoever interrupts it is not heard. */
    private void hang(Duration most) {
        long left = (long) (most.toNanos() * (next(1_000) / 1_000.0));
        long until = System.nanoTime() + left;
        boolean interrupted = false;
        for (; left > 0; left = until - System.nanoTime()) {
            try {
                Thread.sleep(Duration.ofNanos(left).toMillis() + 1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
