package dev.baton;

import dev.baton.driver.LiveTerm;
import dev.baton.event.EndReason;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The run of onStoppedLeading of one term, on the executor or, if that fails, on one of the backend's threads. It shares
 * the lock of its {@link TermRun}.
 */
final class StopRun {
    private final Object lock;
    private final ThreadCallbacks owner;
    private final String election;
    private final CallbackThreads threads;
    private final Logger log;
    private final LiveTerm term;
    private final Leadership leadership;
    private final EndReason reason;
    private final Runnable finished;
    private boolean waits = true;
    private boolean begun;
    private boolean done;
    private volatile boolean refused;
    private volatile @Nullable Moment beginBy;
    private @Nullable Thread thread;

    /** @param finished runs when the callback has returned, outside the lock */
    StopRun(
            Object lock,
            ThreadCallbacks owner,
            LiveTerm term,
            Leadership leadership,
            EndReason reason,
            Runnable finished) {
        this.lock = lock;
        this.owner = owner;
        this.election = owner.election();
        this.threads = owner.threads();
        this.log = owner.log();
        this.term = term;
        this.leadership = leadership;
        this.reason = reason;
        this.finished = finished;
    }

    // -- under the lock -------------------------------------------------------------------------------------------

    /** Whether the run is not due yet. */
    boolean waits() {
        return waits;
    }

    boolean isOrderly() {
        return reason.isOrderly();
    }

    /** Marks the run as due: the executor has to begin it in time. */
    void becomeDue() {
        beginBy = owner.latestBegin();
        waits = false;
    }

    boolean isDone() {
        return done;
    }

    /** The thread that runs the callback now, or null. */
    @Nullable Thread thread() {
        return thread;
    }

    // -- outside the lock -----------------------------------------------------------------------------------------

    /** Submits the callback; {@code exited} means that onStartedLeading has called {@code System.exit}. */
    void submit(boolean exited) {
        StoppedLeading callback = owner.stopped();
        if (callback == null) {
            finish();
        } else if (exited || owner.isClosed()) {
            // A thread inside System.exit never comes back to its executor, and a closed runtime does not try again.
            elsewhere();
        } else {
            threads.submit(() -> run(callback), e -> {
                refused = true;
                elsewhere();
                log.error("{}: the executor rejected onStoppedLeading; another thread runs it", election, e);
            });
        }
    }

    /**
     * Runs the callback on one of the backend's threads. If there is none, {@link #watch} tries again: nothing is handed
     * over before the callback has run.
     */
    private void elsewhere() {
        StoppedLeading callback = owner.stopped();
        if (callback == null) {
            return;
        }
        try {
            threads.elsewhere(() -> run(callback));
        } catch (Throwable e) {
            refused = true;
            log.warn("{}: no thread for onStoppedLeading; trying again", election, e);
        }
    }

    boolean hasBegun() {
        synchronized (lock) {
            return begun;
        }
    }

    void watch(Moment now) {
        boolean due;
        Moment limit = beginBy;
        synchronized (lock) {
            due = !begun && limit != null && (refused || !now.isBefore(limit));
        }
        if (due) {
            elsewhere();
        }
    }

    private void run(StoppedLeading callback) {
        // Before the run counts as begun: if this fails for want of memory, the callback runs again.
        EndReason told = reason();
        synchronized (lock) {
            if (begun) {
                return;
            }
            begun = true;
            thread = Thread.currentThread();
        }
        Throwable failure = null;
        try {
            callback.stopped(leadership, told);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            failure = e;
        }
        boolean interrupted;
        synchronized (lock) {
            thread = null;
            interrupted = threads.clearInterrupt();
        }
        finish();
        owner.logOutcome("onStoppedLeading", interrupted, failure);
    }

    /** The reason, unless the term was lost while it handed over. */
    private EndReason reason() {
        EndReason ended = term.reason();
        return reason.isOrderly() && ended != null ? ended : reason;
    }

    void finish() {
        synchronized (lock) {
            done = true;
        }
        finished.run();
    }
}
