package dev.baton.spi;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The clock and the threads of one backend instance: one loop for every decision, one sender for every call to the
 * store, and threads for callbacks that exist only while callbacks run (rules 1.3, 8.3).
 */
public interface BackendRuntime extends AutoCloseable {

    /** The order in which requests leave when several wait (rule 8.4). */
    enum Priority {
        /** Keeps a term alive, or ends one for a standby that waits. */
        RENEW,
        /** Everything else. */
        ACQUIRE
    }

    /** Clock, loop and chance. */
    Timekeeper timekeeper();

    /**
     * Makes a call to the backend on the sender thread: renewals before acquires, earliest deadline first, a bounded
     * number in flight. A call that throws fails the stage. The stage fails when the runtime is closed first.
     */
    <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call);

    /**
     * Makes a further call of a request already in flight on the sender thread, before any waiting request: what an
     * adapter uses whose answers take several calls. A call that throws fails the stage.
     */
    <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call);

    /** Where callbacks run unless the user supplies another executor; virtual threads where the JVM has them. */
    Executor callbacks();

    /** Whether the runtime has been closed. */
    boolean isClosed();

    /**
     * Registers an open election, to be closed before the runtime is.
     *
     * @param close begins to close it and answers when it is closed; called by each that closes the runtime
     * @return forgets it again
     */
    Runnable register(Supplier<CompletionStage<Void>> close);

    /** Closes the registered elections, then the threads. Idempotent, throws nothing, waits boundedly. */
    @Override
    void close();

    /**
     * A runtime on real clocks and threads, named after {@code kind}, with a shutdown hook that hands leaderships over
     * when the JVM ends.
     */
    static BackendRuntime start(String kind) {
        return ThreadedRuntime.start(kind, true);
    }

    /** As {@link #start(String)}, without a shutdown hook: whoever ends the JVM closes the backend. */
    static BackendRuntime startWithoutShutdownHook(String kind) {
        return ThreadedRuntime.start(kind, false);
    }
}
