package dev.baton.machine;

import dev.baton.event.EndReason;
import org.jspecify.annotations.Nullable;

/**
 * The progress of the user's callbacks for a term. Callbacks may outlive their term: a candidate contends again only once
 * there is no work left.
 *
 * @param term the term they belong to
 * @param stage where they are
 * @param why why the work has to stop, or null while it need not
 */
record Work(Term term, Stage stage, @Nullable EndReason why) {
    enum Stage {
        /** onStartedLeading has been submitted and has not begun. */
        PENDING,
        /** onStartedLeading runs. */
        RUNNING,
        /** onStartedLeading has returned; onStoppedLeading is still to come. */
        RETURNED,
        /** onStoppedLeading has been submitted. */
        STOPPING
    }

    static Work submitted(Term term) {
        return new Work(term, Stage.PENDING, null);
    }

    boolean is(Stage other) {
        return stage == other;
    }

    Work at(Stage next) {
        return new Work(term, next, why);
    }

    /**
     * This work, asked to stop; onStoppedLeading is due as soon as onStartedLeading has returned. A term that hands over
     * may be lost meanwhile: onStoppedLeading must then not receive an orderly reason.
     */
    Work stop(EndReason reason, Effects effects) {
        boolean told = stage == Stage.STOPPING || (why != null && (reason.isOrderly() || !why.isOrderly()));
        return told ? this : new Work(term, stage, reason).advance(effects);
    }

    /** onStartedLeading has returned. */
    Work returned(Effects effects) {
        return at(Stage.RETURNED).advance(effects);
    }

    private Work advance(Effects effects) {
        if (why == null || stage != Stage.RETURNED) {
            return this;
        }
        effects.add(new Effect.StopWork(term, why));
        return at(Stage.STOPPING);
    }
}
