package dev.baton.internal.session;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionWatcher;
import org.jspecify.annotations.Nullable;

/** A session with a store, and the elections that share it. Used in the {@link InlineSerialExecutor}, but for its ends. */
public interface ElectionSession {
    /** Begins to connect. Called once, outside the executor; the session may have been asked before. */
    void start();

    /** The claim's place in line; creates it where there is none. */
    Queued queued(Claim claim);

    /** The claim's place in line, or null. */
    @Nullable Queued find(Claim claim);

    /** Adds {@code watcher} to the observers of the election. */
    void observe(ElectionName election, ElectionWatcher watcher);

    /** Removes {@code watcher}. */
    void unobserve(ElectionName election, ElectionWatcher watcher);

    /** Ends the session. Outside the executor; blocks. May be called before {@link #start}, which does nothing then. */
    void close();

    /** A claim's place in line. */
    interface Queued {
        /** Asks for leadership, and completes {@code answer} later. */
        void acquire(Pending<Answer> answer);

        /** Asks for a proof that the claim still leads. */
        void renew(Pending<Answer> answer);

        /** Asks for the removal of everything that the claim wrote. */
        void withdraw(Pending<Void> answer);
    }
}
