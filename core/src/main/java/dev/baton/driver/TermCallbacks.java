package dev.baton.driver;

import dev.baton.event.EndReason;
import dev.baton.spi.Holder;
import org.jspecify.annotations.Nullable;

/**
 * Runs what the user wants run, somewhere else: every method is called on the loop, submits, and returns at once.
 */
public interface TermCallbacks {

    /** Submit onStartedLeading for this term; then report that it began and returned, or that it was cancelled. */
    void start(LiveTerm term, WorkReport report);

    /** Cancel onStartedLeading if it has not begun, and report that; else interrupt it. */
    void interrupt(LiveTerm term);

    /** Submit onStoppedLeading, and report when it has returned. */
    void stop(LiveTerm term, EndReason reason, WorkReport report);

    /** The term was asked to hand over. */
    void draining(LiveTerm term, EndReason reason);

    /** The term is over. */
    void ended(LiveTerm term, EndReason reason);

    /** Another holder is seen, or none. */
    void leaderChanged(@Nullable Holder holder);

    /** How the work of one term goes; any thread, each at most once. */
    interface WorkReport {
        /** onStartedLeading begins to run now. */
        void began();

        /** onStartedLeading returned, or threw {@code failure}. */
        void returned(@Nullable Throwable failure);

        /** onStartedLeading will never run. */
        void cancelled(String why);

        /** onStoppedLeading returned or threw. */
        void stopped();
    }
}
