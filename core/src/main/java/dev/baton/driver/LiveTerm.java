package dev.baton.driver;

import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.machine.Term;
import dev.baton.machine.Validity;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A term as the threads of the user's work see it. Every call reads the clock. Once a call has answered that the term is
 * over, it stays over, even if the loop does not know yet.
 */
public final class LiveTerm {
    private final Term term;
    private final Timekeeper clock;
    private final Consumer<Term> expired;
    private final Object lock = new Object();

    /** Made in advance: ending a term whose connection is about to be closed must not need memory. */
    private final Stage abandoned;

    private volatile Stage stage;

    private record Stage(
            TermPhase phase, Moment until, @Nullable EndReason reason) {
        boolean isOver() {
            return phase == TermPhase.ENDED;
        }
    }

    LiveTerm(Term term, Validity validity, Timekeeper clock, Consumer<Term> expired) {
        this.term = term;
        this.clock = clock;
        this.expired = expired;
        this.stage = new Stage(TermPhase.ACTIVE, validity.until(), null);
        this.abandoned = new Stage(TermPhase.ENDED, validity.until(), EndReason.DRAIN_TIMED_OUT);
    }

    /** The machine's name for it. */
    public Term term() {
        return term;
    }

    /** Where the term is, by the clock now. Any thread; neither blocks nor uses the network. */
    public TermPhase phase() {
        return now().phase();
    }

    /** Why the term ended, or null while it has not. */
    public @Nullable EndReason reason() {
        return now().reason();
    }

    /** Nanoseconds until the term ends unless renewed, by the clock that ends it first; 0 when it has ended. */
    public long remainingNanos() {
        Stage current = now();
        if (current.isOver()) {
            return 0;
        }
        Moment now = clock.now();
        long left = Math.min(current.until.nanos() - now.nanos(), current.until.wallNanos() - now.wallNanos());
        return Math.max(0, left);
    }

    private Stage now() {
        Stage current = stage;
        return current.isOver() || !clock.now().hasReached(current.until) ? current : expire();
    }

    private Stage expire() {
        synchronized (lock) {
            // The loop may have extended it since the first look.
            if (!stage.isOver() && clock.now().hasReached(stage.until)) {
                stage = new Stage(TermPhase.ENDED, stage.until, EndReason.EXPIRED);
                expired.accept(term);
            }
            return stage;
        }
    }

    /** Extends the term, unless a call has already answered that it is over. */
    boolean extend(Moment until) {
        synchronized (lock) {
            if (stage.isOver()) {
                return false;
            }
            stage = new Stage(stage.phase, until, null);
            return true;
        }
    }

    void drain() {
        synchronized (lock) {
            if (!stage.isOver()) {
                stage = new Stage(TermPhase.DRAINING, stage.until, null);
            }
        }
    }

    /** Ends the term whatever its work is doing; takes no memory. */
    void abandon() {
        synchronized (lock) {
            if (!stage.isOver()) {
                stage = abandoned;
            }
        }
    }

    void end(EndReason reason) {
        synchronized (lock) {
            if (!stage.isOver()) {
                stage = new Stage(TermPhase.ENDED, stage.until, reason);
            }
        }
    }
}
