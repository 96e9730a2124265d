package dev.baton;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the callbacks of one election run. A supplied executor may block, throw anything, or run the task at once, so one
 * of the backend's threads calls it, with one task at a time. It delays no other election.
 */
final class CallbackThreads {
    private final Executor own;
    private final @Nullable Executor supplied;
    private final SerialExecutor feeder;

    CallbackThreads(Executor own, @Nullable Executor supplied, Consumer<Throwable> failed) {
        this.own = own;
        this.supplied = supplied;
        this.feeder = new SerialExecutor(own, failed);
    }

    /** Whether callbacks run on the backend's threads, which may be interrupted. */
    boolean areOurs() {
        return supplied == null;
    }

    /**
     * Clears the interrupt flag of the calling thread if the backend started that thread; answers whether the flag was
     * set.
     */
    boolean clearInterrupt() {
        return areOurs() && Thread.interrupted();
    }

    /**
     * Submits {@code task} to the executor of the callbacks. Never waits; throws nothing.
     *
     * @param refused receives what the executor threw instead of taking the task, on any thread; must be quick
     */
    void submit(Runnable task, Consumer<Throwable> refused) {
        Executor executor = supplied;
        try {
            if (executor == null) {
                own.execute(task);
            } else {
                feeder.execute(() -> offer(executor, task, refused));
            }
        } catch (Throwable e) {
            refused.accept(e);
        }
    }

    private static void offer(Executor executor, Runnable task, Consumer<Throwable> refused) {
        try {
            executor.execute(task);
        } catch (Throwable e) {
            refused.accept(e);
        }
    }

    /**
     * Runs {@code task} on one of the backend's threads, whatever executor was supplied; throws what the JVM throws when
     * it has no thread.
     */
    void elsewhere(Runnable task) {
        own.execute(task);
    }
}
