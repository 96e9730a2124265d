package dev.baton.driver;

import dev.baton.event.EndReason;
import dev.baton.machine.Effect;
import dev.baton.machine.Term;
import dev.baton.spi.ElectionName;
import dev.baton.spi.Timekeeper;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The newest term of one election: carries out the machine's effects on it, and hands the reports of its callbacks to the
 * machine.
 */
final class CurrentTerm {
    private final ElectionName election;
    private final TermCallbacks callbacks;
    private final Timekeeper time;
    private final MachineLoop loop;
    private final Logger log;
    private final Reports reports = new Reports();
    private volatile @Nullable LiveTerm live;
    private volatile @Nullable LiveTerm over;
    private volatile @Nullable Report report;

    CurrentTerm(ElectionName election, TermCallbacks callbacks, Timekeeper time, MachineLoop loop, Logger log) {
        this.election = election;
        this.callbacks = callbacks;
        this.time = time;
        this.loop = loop;
        this.log = log;
    }

    /** The term, ended or not, or null before the first; any thread. */
    @Nullable LiveTerm live() {
        return live;
    }

    /** Carries out an effect on the term; on the loop. */
    void carryOut(Effect effect) {
        if (effect instanceof Effect.BeginTerm begin) {
            begin(begin);
            return;
        }
        LiveTerm term = live;
        if (term == null) {
            throw new IllegalStateException(effect + " without a term");
        }
        if (effect instanceof Effect.ExtendTerm extend) {
            if (!term.extend(extend.validity().until())) {
                expired(extend.term());
            }
        } else if (effect instanceof Effect.DrainTerm drain) {
            term.drain();
            callbacks.draining(term, drain.reason());
        } else if (effect instanceof Effect.EndTerm end) {
            term.end(end.reason());
            callbacks.ended(term, end.reason());
        } else if (effect instanceof Effect.InterruptWork) {
            callbacks.interrupt(term);
        } else if (effect instanceof Effect.StopWork stop) {
            callbacks.stop(term, stop.reason(), Objects.requireNonNull(report));
        }
    }

    private void begin(Effect.BeginTerm begin) {
        LiveTerm term = live;
        Report last = report;
        if (term == null || last == null || !term.term().equals(begin.term())) {
            last = new Report(begin.term(), this::deliverSoon);
            term = new LiveTerm(begin.term(), begin.validity(), time, this::expired);
            report = last;
            live = term;
        }
        callbacks.start(term, last);
    }

    private void deliverSoon() {
        try {
            time.execute(this::deliver);
        } catch (Throwable e) {
            loop.debug("a report of the work reaches the machine later", e);
        }
    }

    private void expired(Term term) {
        try {
            loop.post((machine, now) -> machine.expired(term, now));
        } catch (Throwable e) {
            loop.debug("the end of the term reaches the machine later", e);
        }
    }

    /** Whether a report of the callbacks has not reached the machine; any thread. */
    boolean isBehind() {
        Report last = report;
        return last != null && last.isBehind();
    }

    /** Hands the reports of the callbacks to the machine; on the loop. */
    void deliver() {
        Report last = report;
        if (last != null) {
            last.deliver(reports);
        }
    }

    // -- off the loop ---------------------------------------------------------------------------------------------

    /** Ends the term, if there is one, before this returns. */
    void abandon() {
        LiveTerm term = live;
        if (term != null) {
            term.abandon();
            endWork(term);
        }
    }

    /**
     * Ends the work of a term that has expired, once.
     *
     * @return the nanoseconds until the term ends unless renewed; {@link Long#MAX_VALUE} when there is none or its work
     *     was ended here
     */
    long watch() {
        LiveTerm term = live;
        if (term == null || term == over) {
            return Long.MAX_VALUE;
        }
        long left = term.remainingNanos();
        if (left == 0) {
            // Even if the loop has ended the term: it may have stalled before it ended the work.
            endWork(term);
            over = term;
        }
        return left;
    }

    private void endWork(LiveTerm term) {
        try {
            callbacks.interrupt(term);
            callbacks.ended(term, Objects.requireNonNullElse(term.reason(), EndReason.EXPIRED));
        } catch (IllegalStateException e) {
            log.debug("{}: the term ended before its work was begun", election, e);
        }
    }

    /** Hands the reports of the callbacks to the machine. */
    private final class Reports implements Report.Listener {
        @Override
        public boolean began(Term term) {
            return loop.handle((machine, now) -> machine.workBegan(term, now));
        }

        @Override
        public boolean returned(Term term, @Nullable String failure) {
            return loop.handle((machine, now) -> machine.workReturned(term, failure, now));
        }

        @Override
        public boolean cancelled(Term term, String why) {
            return loop.handle((machine, now) -> machine.workCancelled(term, why, now));
        }

        @Override
        public boolean stopped(Term term) {
            return loop.handle((machine, now) -> machine.workStopped(term, now));
        }
    }
}
