package dev.baton;

import dev.baton.event.EndReason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The stages of one term that complete when it drains and when it ends. Any thread. */
final class TermStages {
    private final String election;
    private final Leadership leadership;
    private final CallbackThreads threads;
    private final Logger log;
    private volatile @Nullable EndReason drainReason;
    private volatile @Nullable EndReason endReason;

    TermStages(String election, Leadership leadership, CallbackThreads threads, Logger log) {
        this.election = election;
        this.leadership = leadership;
        this.threads = threads;
        this.log = log;
    }

    void draining(EndReason reason) {
        drainReason = reason;
        complete();
    }

    void ended(EndReason reason) {
        endReason = reason;
        complete();
    }

    /** Why the term ended, or null while it has not. */
    @Nullable EndReason endReason() {
        return endReason;
    }

    /** Whether every stage is complete. */
    boolean areComplete() {
        return leadership.endedFuture().isDone();
    }

    /**
     * Completes the stages on one of the backend's threads, so that neither a hanging callback nor an executor delays
     * them. If code that depends on the draining stage blocks, the ended stage completes when the watchdog calls this
     * again.
     */
    void complete() {
        EndReason end = endReason;
        EndReason drain = end == null ? drainReason : end;
        if (drain == null || leadership.endedFuture().isDone()) {
            return;
        }
        if (end == null && leadership.drainingFuture().isDone()) {
            return;
        }
        try {
            threads.elsewhere(() -> {
                leadership.drainingFuture().complete(drain);
                if (end != null) {
                    leadership.endedFuture().complete(end);
                }
            });
        } catch (Throwable e) {
            log.warn("{}: no thread to complete the stages of a term; trying again", election, e);
        }
    }
}
