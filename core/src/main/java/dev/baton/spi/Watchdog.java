package dev.baton.spi;

import dev.baton.spi.BackendRuntime.OpenElection;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Watches over a runtime on a thread of its own: it detects a loop that stands still, and ends expired terms all the
 * same. It makes one round after another, whatever a round throws.
 */
final class Watchdog implements Runnable {
    private static final long IDLE_NANOS = 1_000_000_000;
    private static final long LEAST_NANOS = 5_000_000;

    /** The pause after a round that failed: a term may expire meanwhile. */
    private static final long AGAIN_NANOS = 50_000_000;

    /**
     * Rounds after the runtime has closed, ten seconds: for that long it tries callbacks and stages that are still due.
     */
    private static final int LAST_ROUNDS = 200;

    private final Timekeeper clock;
    private final Iterable<OpenElection> elections;
    private final ScheduledThreadPoolExecutor loop;
    private final Runnable round;
    private final Logger log;
    private volatile boolean ended;
    private volatile @Nullable Thread thread;
    private @Nullable Throwable failure;
    private boolean settled;
    private int lastRounds;

    /**
     * The heartbeat of the loop, which needs no memory there: when the last one was given, and whether the loop has run
     * it.
     */
    private volatile long givenAt;

    private volatile boolean beaten = true;
    private volatile long dueAt;
    private boolean taken = true;

    /** @param round runs in each round */
    Watchdog(
            Timekeeper clock,
            Iterable<OpenElection> elections,
            ScheduledThreadPoolExecutor loop,
            Runnable round,
            Logger log) {
        this.clock = clock;
        this.elections = elections;
        this.loop = loop;
        this.round = round;
        this.log = log;
        long now = clock.now().nanos();
        givenAt = now;
        dueAt = now + IDLE_NANOS;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        while (!ended) {
            long wait = AGAIN_NANOS;
            try {
                long next = round();
                // Even reading the clock takes memory.
                dueAt = clock.now().nanos() + next;
                wait = next;
            } catch (Throwable e) {
                // The next round logs it: logging may fail for the same reason now.
                failure = e;
            }
            pause(wait);
        }
        while (!settled && lastRounds++ < LAST_ROUNDS) {
            settle();
        }
    }

    private void pause(long nanos) {
        LockSupport.parkNanos(this, nanos);
        // Nothing interrupts this thread for a reason, and a flag left set would keep it from waiting.
        Thread.interrupted();
    }

    private long round() {
        Throwable last = failure;
        failure = null;
        if (last != null) {
            log.error("a round of the watchdog failed", last);
        }
        beat();
        round.run();
        return Math.max(LEAST_NANOS, Math.min(IDLE_NANOS, watchAll()));
    }

    private long watchAll() {
        long wait = OpenElection.SETTLED.toNanos();
        for (OpenElection election : elections) {
            try {
                wait = Math.min(wait, election.watch().toNanos());
            } catch (Throwable e) {
                failure = e;
                wait = Math.min(wait, AGAIN_NANOS);
            }
        }
        return wait;
    }

    private void settle() {
        try {
            settled = watchAll() >= OpenElection.SETTLED.toNanos();
        } catch (Throwable e) {
            failure = e;
        }
        if (!settled) {
            pause(AGAIN_NANOS);
        }
    }

    private void beat() {
        if (!taken) {
            give();
        } else if (beaten) {
            givenAt = clock.now().nanos();
            beaten = false;
            taken = false;
            give();
        } else if (loop.getPoolSize() == 0) {
            // Its thread died, and the JVM had no other then.
            loop.prestartCoreThread();
        }
    }

    private void give() {
        loop.execute(() -> beaten = true);
        taken = true;
    }

    /** How long the loop has left a task waiting, or this watchdog a round. */
    long stalledNanos() {
        long now = clock.now().nanos();
        return Math.max(0, beaten ? now - dueAt : now - givenAt);
    }

    /** Begins a round now, since an election was added or the watchdog ends. */
    void wake() {
        LockSupport.unpark(thread);
    }

    void end() {
        ended = true;
        wake();
    }
}
