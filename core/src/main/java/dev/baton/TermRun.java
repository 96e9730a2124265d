package dev.baton;

import dev.baton.driver.Failures;
import dev.baton.driver.LiveTerm;
import dev.baton.driver.TermCallbacks.WorkReport;
import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The work of one term: its callbacks, the permits given out under it, and the stages that complete at its end. Whatever
 * the callbacks throw and whatever their executor does, the machine receives a beginning and an end.
 *
 * <p>The loop, the watchdog and the threads of the user's work call it; no user code runs under its lock.
 */
final class TermRun {
    private final ThreadCallbacks owner;
    private final String election;
    private final CallbackThreads threads;
    private final Logger log;
    private final LiveTerm term;
    private final Leadership leadership;
    private final WorkReport report;
    private final TermStages stages;

    private final Object lock = new Object();
    private final Set<Permit> permits = new LinkedHashSet<>();
    private boolean begun;
    private boolean settled;
    private boolean toldOfTheEnd;
    private boolean reported;
    private @Nullable String cancelled;
    private @Nullable Thread thread;
    private @Nullable StopRun stop;
    private volatile boolean exited;

    TermRun(ThreadCallbacks owner, LiveTerm term, Leadership leadership, WorkReport report) {
        this.owner = owner;
        this.election = owner.election();
        this.threads = owner.threads();
        this.log = owner.log();
        this.term = term;
        this.leadership = leadership;
        this.report = report;
        this.stages = new TermStages(election, leadership, threads, log);
    }

    Leadership leadership() {
        return leadership;
    }

    boolean isOf(LiveTerm other) {
        return term == other;
    }

    // -- onStartedLeading -----------------------------------------------------------------------------------------

    void start() {
        threads.submit(this::run, e -> {
            try {
                log.error("{}: the executor rejected onStartedLeading; the term ends", election, e);
            } finally {
                cancel(Printable.text("the executor rejected it: " + Failures.text(e)));
            }
        });
    }

    private void run() {
        synchronized (lock) {
            if (begun || settled) {
                return;
            }
            begun = true;
            thread = Thread.currentThread();
        }
        Throwable failure = null;
        try {
            report.began();
            owner.started().lead(leadership);
        } catch (Throwable e) {
            // Kotlin and Scala also throw checked exceptions that onStartedLeading does not declare.
            failure = e;
        }
        boolean first;
        boolean interrupted;
        synchronized (lock) {
            thread = null;
            first = !settled;
            settled = true;
            interrupted = threads.clearInterrupt();
        }
        try {
            if (isAnAnswerToTheEnd(failure)) {
                failure = null;
            }
        } finally {
            try {
                if (first) {
                    report.returned(failure);
                }
            } finally {
                stopIfClosed();
            }
        }
        owner.logOutcome("onStartedLeading", interrupted, failure);
    }

    /** Whether the failure only answers the interrupt at the end of the term. */
    private boolean isAnAnswerToTheEnd(@Nullable Throwable failure) {
        return failure instanceof InterruptedException && !leadership.acceptsWork();
    }

    /**
     * Runs onStoppedLeading once the work has returned, if the backend is closed: its loop has ended and asks for
     * nothing.
     */
    private void stopIfClosed() {
        EndReason reason = stages.endReason();
        boolean returned;
        synchronized (lock) {
            returned = begun && settled;
        }
        if (returned && reason != null && owner.isClosed()) {
            stop(reason);
        }
    }

    /** Cancels onStartedLeading if it has not begun; else interrupts it, and permits, once more when the term is over. */
    void interrupt() {
        boolean over = term.phase() == TermPhase.ENDED;
        synchronized (lock) {
            if (over && toldOfTheEnd) {
                return;
            }
            toldOfTheEnd = over;
            if (threads.areOurs() && thread != null) {
                thread.interrupt();
            }
            permits.forEach(Permit::interrupt);
        }
        cancel("the term ended before onStartedLeading began");
    }

    private void cancel(String why) {
        synchronized (lock) {
            if (begun || settled) {
                return;
            }
            settled = true;
            cancelled = why;
        }
        advance();
    }

    // -- onStoppedLeading -----------------------------------------------------------------------------------------

    /**
     * Runs onStoppedLeading, if there is one, and reports when it has returned and every permit has been given back.
     * While the term is valid, the callback waits for permits; after a loss it runs at once.
     */
    void stop(EndReason reason) {
        synchronized (lock) {
            if (stop != null) {
                return;
            }
            stop = new StopRun(lock, owner, term, leadership, reason, this::advance);
        }
        advance();
    }

    /**
     * Does what is due after a callback returned, a permit came back, or the term ended. A decision made under the lock
     * needs no memory afterwards, so no lack of memory loses it.
     */
    private void advance() {
        StopRun submitted = null;
        String unbegun = null;
        boolean stopped = false;
        synchronized (lock) {
            StopRun stopping = stop;
            if (cancelled != null) {
                unbegun = isFree() ? cancelled : null;
            } else if (stopping != null && stopping.waits()) {
                if (permits.isEmpty() || !stopping.isOrderly() || term.phase() == TermPhase.ENDED) {
                    stopping.becomeDue();
                    submitted = stopping;
                }
            } else if (stopping != null && stopping.isDone()) {
                stopped = isFree();
            }
        }
        if (submitted != null) {
            submitted.submit(exited);
        } else if (unbegun != null) {
            report.cancelled(unbegun);
        } else if (stopped) {
            report.stopped();
        }
    }

    /** Whether the end of the work may be reported now; called under the lock, true once. */
    private boolean isFree() {
        boolean free = permits.isEmpty() && !reported;
        reported |= free;
        return free;
    }

    // -- permits --------------------------------------------------------------------------------------------------

    /** A permit, unless new work may not begin. */
    Optional<Permit> permit(@Nullable Thread interruptible) {
        Permit permit = new Permit(this, interruptible);
        synchronized (lock) {
            // Under the lock, so that a look at the permits after the drain began sees every permit given before it.
            if (cancelled != null || !leadership.acceptsWork()) {
                return Optional.empty();
            }
            permits.add(permit);
        }
        return Optional.of(permit);
    }

    void giveBack(Permit permit) {
        boolean interrupted;
        synchronized (lock) {
            if (!permits.remove(permit)) {
                return;
            }
            Thread caller = Thread.currentThread();
            boolean inside = thread == caller || permits.stream().anyMatch(other -> other.thread() == caller);
            interrupted = permit.thread() == caller && permit.leftInterrupted() && !inside && Thread.interrupted();
        }
        advance();
        if (interrupted) {
            log.debug("{}: cleared the interrupt of a permit", election);
        }
    }

    // -- stages, and what others see ------------------------------------------------------------------------------

    void draining(EndReason reason) {
        stages.draining(reason);
    }

    void ended(EndReason reason) {
        try {
            stages.ended(reason);
        } finally {
            stopIfClosed();
            advance();
        }
    }

    /**
     * Tries again what failed for want of a thread, or was dropped.
     *
     * @return whether a callback or stage is still due
     */
    boolean watch(Moment now) {
        stages.complete();
        stopIfClosed();
        StopRun stopping;
        boolean returned;
        synchronized (lock) {
            stopping = stop;
            returned = begun && settled;
        }
        if (stopping != null) {
            stopping.watch(now);
        }
        advance();
        boolean stopped = !returned || owner.stopped() == null || (stopping != null && stopping.hasBegun());
        return !stopped || !stages.areComplete();
    }

    boolean isCurrent() {
        Thread caller = Thread.currentThread();
        synchronized (lock) {
            return thread == caller
                    || (stop != null && stop.thread() == caller)
                    || permits.stream().anyMatch(permit -> permit.thread() == caller);
        }
    }

    /** Takes callbacks and permits that called {@code System.exit} as returned, since they never return. */
    void settleExiting() {
        boolean start;
        StopRun stopping;
        synchronized (lock) {
            start = !settled && isExiting(thread);
            settled |= start;
            exited |= start;
            stopping = stop != null && !stop.isDone() && isExiting(stop.thread()) ? stop : null;
            permits.removeIf(permit -> isExiting(permit.thread()));
        }
        if (start) {
            log.info("{}: onStartedLeading called System.exit and is taken as returned", election);
            report.returned(null);
        }
        if (stopping != null) {
            log.info("{}: onStoppedLeading called System.exit and is taken as returned", election);
            stopping.finish();
        }
        advance();
    }

    private static boolean isExiting(@Nullable Thread thread) {
        return thread != null
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
    }
}
