package dev.baton.spi;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * One connection to one store, which decides any number of elections.
 *
 * <p>The rules that an implementation keeps are numbered in {@code docs/spi-specification.md} and cited here. All
 * methods are called off the timer thread, return promptly, and answer through stages that complete in bounded time
 * (rule 7.1), on any thread. At most one call is in flight for a claim (rule 1.2). The opener closes the backend; nothing
 * is static (rule 8.2).
 */
public interface LockBackend extends AutoCloseable {

    /** The kind of store, in one lower-case word, for thread names, logs and messages. */
    String kind();

    /** The clock, the timers and the threads of this instance, shared by all its elections (rule 8.3). */
    BackendRuntime runtime();

    /**
     * Checks the rules that this store adds to those of {@link ElectionTiming}, before anything is sent.
     *
     * @throws IllegalArgumentException naming the value, the rule and the way out
     */
    default void check(ElectionName election, ElectionTiming timing) {}

    /**
     * The time that the work of a deposed leader is certain to have before another candidate may lead, by what this store
     * can prove; never more than {@link ElectionTiming#windDownBudget()}.
     */
    default Duration windDownBudget(ElectionTiming timing) {
        return timing.windDownBudget();
    }

    /**
     * Tries to make the claim hold (rules 1.1, 2.1, 2.2). May leave the claim waiting in line, where the store has one:
     * a refused claim is still {@linkplain #withdraw withdrawn}. Called again with the same claim after a refusal or a
     * failure, when it first settles what earlier calls may have written (rule 3.3).
     *
     * @param deadline when the answer is of no more use; the stage completes by then (rule 7.1)
     * @return a granted or refused answer; or a failure, which means unknown (rule 3.1)
     */
    CompletionStage<Answer> acquire(Claim claim, Moment deadline);

    /**
     * Extends a claim that was granted (rule 1.1). Never re-creates a claim that is gone, nor retakes one that another
     * candidate took: that is a refusal (rule 4.4).
     *
     * @param deadline as for {@link #acquire}
     */
    CompletionStage<Answer> renew(Claim claim, Moment deadline);

    /**
     * Removes whatever the claim has written or may still write, and touches no other claim (rules 4.1, 5.1). A standby
     * may acquire at once afterwards (rule 5.2).
     *
     * @param deadline as for {@link #acquire}
     * @return completes normally only when the store confirmed that the claim is gone and cannot come back; fails when
     *     that is not known yet, and is then called again
     */
    CompletionStage<Void> withdraw(Claim claim, Moment deadline);

    /**
     * Begins to report on an election (rules 6.1, 6.2). The watcher receives the holder at once, or as soon as it is
     * known.
     *
     * @param timing the observer's, by which a session store chooses the session
     * @return closes the observation, without waiting; idempotent
     */
    Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher);

    /** Closes the connection and the runtime. Idempotent, throws nothing, waits boundedly. */
    @Override
    void close();

    /** A running observation. */
    interface Observation extends AutoCloseable {
        @Override
        void close();
    }
}
