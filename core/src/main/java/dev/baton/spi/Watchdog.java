package dev.baton.spi;

import dev.baton.spi.BackendRuntime.OpenElection;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Looks after a runtime from a thread of its own, so that a loop which stands still is noticed, and what has expired ends
 * all the same. One round after another; whatever a round throws, the next one comes.
 */
final class Watchdog implements Runnable {
    private static final long IDLE_NANOS = 1_000_000_000;
    private static final long LEAST_NANOS = 5_000_000;

    /** What failed in a round is looked at again so soon: something may expire meanwhile. */
    private static final long AGAIN_NANOS = 50_000_000;

    /** Rounds after the runtime has closed, ten seconds: for that long what is still owed to users is tried again. */
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

    /** The heartbeat, which takes no memory on the loop: when that was given one, and whether it took it and came to it. */
    private volatile long givenAt;

    private volatile boolean beaten = true;
    private volatile long dueAt;
    private boolean taken = true;

    /** @param round what else to do each time */
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
                // Said in the next round: saying it may fail for the same reason.
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
        // Nobody has a reason to interrupt this thread; a flag left set would keep it from waiting.
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
            // Its thread died, and no other could be had then.
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

    /** Begins a round now: something has to be looked after that was not there before. */
    void wake() {
        LockSupport.unpark(thread);
    }

    void end() {
        ended = true;
        wake();
    }
}
