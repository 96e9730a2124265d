package dev.baton.driver;

import dev.baton.event.EndReason;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * Runs what the user wants run, somewhere else: every method is called on the loop, submits, and returns at once.
 * {@link #interrupt} and {@link #ended} are called off the loop, too, when that stands still, and may come twice.
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
     * Try again what could not be done before; called off the loop, every now and then.
     *
     * @return whether something of the newest term has still to be told
     */
    default boolean watch(Moment now) {
        return false;
    }

    /** How the work of one term goes; any thread, each at most once. Nothing is thrown. */
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
