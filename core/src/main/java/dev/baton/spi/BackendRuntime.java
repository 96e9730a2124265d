package dev.baton.spi;

import dev.baton.internal.Required;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock and the threads of one backend instance: one loop for every decision, one sender for every call to the store,
 * a watchdog over both, and threads for callbacks, events and log lines that exist only while there are some (rules 1.3,
 * 8.3). No user code runs on the loop, the sender or the watchdog.
 */
public interface BackendRuntime extends AutoCloseable {

    /** The order in which requests leave when several wait (rule 8.4). */
    enum Priority {
        /** Keeps a term alive, or ends one that a standby waits for. */
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
     * Makes a further call of a request already in flight, on the sender thread, before any waiting request. An adapter
     * uses it where one answer takes several calls. A call that throws fails the stage.
     */
    <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call);

    /**
     * The executor of callbacks unless the user supplies another: platform threads that exist only while callbacks run.
     * It takes every task, also after close, as long as the JVM has threads.
     */
    Executor callbacks();

    /**
     * Calls an event sink: in order, soon, on a thread of its own. Never waits; throws nothing. A report without room in
     * the queue is dropped, counted and logged. The default runs the report at once on the calling thread, as virtual
     * time needs it.
     */
    default void tell(Runnable report) {
        try {
            report.run();
        } catch (Throwable e) {
            logger("dev.baton.spi.BackendRuntime").error("an event sink failed", e);
        }
    }

    /**
     * A logger for the loop, the sender and other threads that must not wait: another thread writes its lines, in order.
     * The default is the ordinary logger.
     */
    default Logger logger(String name) {
        return LoggerFactory.getLogger(name);
    }

    /** {@link #logger(String)} by the name of {@code type}. */
    default Logger logger(Class<?> type) {
        return logger(type.getName());
    }

    /**
     * Waits until all reports and log lines so far are written, for some seconds at most, once for a sink or a log that
     * hangs, and never for the calling thread.
     */
    default void flush() {}

    /** For how long the loop has left a task waiting; zero while it moves. Any thread. */
    default Duration stalled() {
        return Duration.ZERO;
    }

    /** Whether the runtime has been closed. */
    boolean isClosed();

    /**
     * Registers an open election, to be closed before the runtime is.
     *
     * @return removes the election
     */
    Runnable register(OpenElection election);

    /** An open election, as the runtime closes it and watches over it. */
    interface OpenElection {
        /** Hands over and stops; completes when it has, or when it has taken too long. */
        CompletionStage<Void> closeAsync();

        /** Ends the term before returning; called for elections that have not stopped when the connection is closed. */
        void abandon();

        /** How long {@link #closeAsync} takes at most; a caller waits no longer, by its own clock. */
        default Duration closeTimeout() {
            return Duration.ofMinutes(1);
        }

        /**
         * Watches over the election off the loop: ends an expired term and interrupts its work even if the loop stands
         * still. Quick, and never under a lock that user code can hold.
         *
         * <p>The watchdog calls it for some seconds after the runtime has closed, until it answers {@link #SETTLED}:
         * callbacks and stages that had no thread run then.
         *
         * @return the time until the next call, at the latest
         */
        default Duration watch() {
            return SETTLED;
        }

        /** The answer when nothing is due. */
        Duration SETTLED = Duration.ofDays(1);
    }

    /**
     * Closes the registered elections, ends the terms that did not hand over in time, then ends the threads. When this
     * returns no term of this runtime is valid, so the connection may be closed. Idempotent, throws nothing, waits
     * boundedly.
     */
    @Override
    void close();

    /**
     * Requests in flight of an instance: a client that multiplexes more on one connection would queue them in another
     * order.
     */
    int IN_FLIGHT = 128;

    /** As {@link #start(String, boolean, int)}, with {@link #IN_FLIGHT} requests. */
    static BackendRuntime start(String kind, boolean shutdownHook) {
        return start(kind, shutdownHook, IN_FLIGHT);
    }

    /**
     * A runtime on real clocks and threads, named after {@code kind}.
     *
     * @param shutdownHook whether leaderships are handed over when the JVM ends; if not, the application closes the
     *     backend
     * @param inFlight how many requests may be unanswered at once, at least 1: few where each takes a connection of its own
     * @throws IllegalArgumentException when {@code inFlight} is less than 1
     */
    static BackendRuntime start(String kind, boolean shutdownHook, int inFlight) {
        if (inFlight < 1) {
            throw new IllegalArgumentException(
                    "inFlight " + inFlight + " must be at least 1, or nothing would ever be sent; use IN_FLIGHT");
        }
        return ThreadedRuntime.start(Required.given("kind", kind), shutdownHook, inFlight);
    }
}
