package dev.baton.driver;

import dev.baton.event.EndReason;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * Runs the user's callbacks on other threads: the loop calls every method, which submits and returns at once. The
 * watchdog also calls {@link #interrupt} and {@link #ended} when the loop stands still, so that these may come twice.
 */
public interface TermCallbacks {

    /** Submit onStartedLeading for this term; then report that it began and returned, or that it was cancelled. */
    void start(LiveTerm term, WorkReport report);

    /** Cancel onStartedLeading if it has not begun, and report that; else interrupt it. */
    void interrupt(LiveTerm term);

    /** Submit onStoppedLeading, and report when it has returned and no permit is left. */
    void stop(LiveTerm term, EndReason reason, WorkReport report);

    /** The term was asked to hand over. */
    void draining(LiveTerm term, EndReason reason);

    /** The term is over. */
    void ended(LiveTerm term, EndReason reason);

    /** Another holder is seen, or none. */
    void leaderChanged(@Nullable Holder holder);

    /**
     * Try again what failed before; the watchdog calls this now and then.
     *
     * @return whether a callback or stage of the newest term is still due
     */
    default boolean watch(Moment now) {
        return false;
    }

    /** Reports the progress of the work of one term; any thread, each method at most once. Throws nothing. */
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
