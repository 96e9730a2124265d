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
     * @return forgets it again
     */
    Runnable register(OpenElection election);

    /** What a runtime does with the elections that are open when it is closed. */
    interface OpenElection {
        /** Hands over and stops; completes when it has, or when it has taken too long. */
        CompletionStage<Void> closeAsync();

        /** Ends the term before returning: called of elections that have not stopped when the connection is closed. */
        void abandon();
    }

    /**
     * Closes the registered elections, ends the terms of those that did not hand over in time, then ends the threads.
     * When this returns no term of this runtime is valid, so the connection may be closed. Idempotent, throws nothing,
     * waits boundedly.
     */
    @Override
    void close();

    /** Requests in flight of an instance: a client that multiplexes more on one connection queues them out of our order. */
    int IN_FLIGHT = 128;

    /** As {@link #start(String, boolean, int)}, with {@link #IN_FLIGHT} requests. */
    static BackendRuntime start(String kind, boolean shutdownHook) {
        return start(kind, shutdownHook, IN_FLIGHT);
    }

    /**
     * A runtime on real clocks and threads, named after {@code kind}.
     *
     * @param shutdownHook whether leaderships are handed over when the JVM ends; if not, whoever ends it closes the backend
     * @param inFlight how many requests may be unanswered at once, at least 1: few where each takes a connection of its own
     */
    static BackendRuntime start(String kind, boolean shutdownHook, int inFlight) {
        if (inFlight < 1) {
            throw new IllegalArgumentException(
                    "inFlight " + inFlight + " must be at least 1, or nothing would ever be sent; use IN_FLIGHT");
        }
        return ThreadedRuntime.start(kind, shutdownHook, inFlight);
    }
}
