package dev.baton;

import dev.baton.driver.LiveTerm;
import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.spi.FencingToken;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One term: the proof, while it lasts, that this process leads.
 *
 * <p>A term is {@link TermPhase#ACTIVE}, then {@link TermPhase#DRAINING} if it was asked to hand over, then
 * {@link TermPhase#ENDED}, for good: the next leadership is another object with a greater token. All methods may be
 * called from any thread, never block and never use the network; each reads the clock anew.
 */
public final class Leadership {
    private final LiveTerm term;
    private final Runnable stepDown;
    private final CompletableFuture<EndReason> draining = new CompletableFuture<>();
    private final CompletableFuture<EndReason> ended = new CompletableFuture<>();

    Leadership(LiveTerm term, Runnable stepDown) {
        this.term = term;
        this.stepDown = stepDown;
    }

    /** Greater than the token of every earlier term; send it with every write to a resource that compares it. */
    public FencingToken fencingToken() {
        return term.term().token();
    }

    /** Where this term is, by the clock now. */
    public TermPhase phase() {
        return term.phase();
    }

    /**
     * Whether this process still leads, by the clock now. True while draining, for work in flight. Between this answer
     * and what follows it the process may pause; only {@link #fencingToken()} guards that gap.
     */
    public boolean isValid() {
        return term.phase() != TermPhase.ENDED;
    }

    /** Whether new work may begin: valid, and not asked to hand over. The condition for a work loop. */
    public boolean acceptsWork() {
        return term.phase() == TermPhase.ACTIVE;
    }

    /** How long this term stays valid if it is not renewed any more; zero when it has ended. */
    public Duration remaining() {
        return Duration.ofNanos(term.remainingNanos());
    }

    /**
     * Checks {@link #isValid()} before a step that only a leader may take.
     *
     * @return this
     * @throws LeadershipLostException when the term has ended
     */
    public Leadership requireValid() {
        if (!isValid()) {
            throw new LeadershipLostException(fencingToken(), term.reason());
        }
        return this;
    }

    /**
     * Asks to hand over: the candidate stays in the contest and lets other candidates acquire first. Returns at once;
     * does nothing when this term has ended, even if this candidate leads again in another term.
     */
    public void stepDown() {
        if (isValid()) {
            stepDown.run();
        }
    }

    /**
     * Completes when the term is asked to hand over or has ended, whichever comes first, on one of the backend's threads.
     * Neither a callback nor its executor delays it.
     */
    public CompletionStage<EndReason> draining() {
        return draining.minimalCompletionStage();
    }

    /** Completes when the term has ended, on the same kind of thread as {@link #draining()}. */
    public CompletionStage<EndReason> ended() {
        return ended.minimalCompletionStage();
    }

    CompletableFuture<EndReason> drainingFuture() {
        return draining;
    }

    CompletableFuture<EndReason> endedFuture() {
        return ended;
    }

    /** {@code term 42 (ACTIVE)}. */
    @Override
    public String toString() {
        return "term " + fencingToken().shortText() + " (" + phase() + ")";
    }
}
