package dev.baton.internal.session;

import dev.baton.spi.BackendException;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer that somebody waits for, and that comes by the deadline whatever the store does (rule 7.1). Its first completion
 * counts. Safe for use by many threads.
 */
public final class Pending<T> {
    private final CompletableFuture<T> stage = new CompletableFuture<>();
    private final Set<Pending<?>> unanswered;
    private final Timekeeper.@Nullable Timer timer;

    /**
     * @param late what the stage fails with when nothing else has completed it by {@code deadline}; asked only then,
     *     since hardly any answer is late and an exception is costly to make
     * @param unanswered where this is to be found until it is answered
     */
    Pending(Timekeeper time, Moment deadline, Supplier<BackendException> late, Set<Pending<?>> unanswered) {
        this.unanswered = unanswered;
        timer = time.schedule(Duration.ofNanos(Math.max(0, deadline.nanosSince(time.now()))), () -> fail(late.get()));
        unanswered.add(this);
        if (stage.isDone()) {
            unanswered.remove(this);
        }
    }

    CompletionStage<T> stage() {
        return stage;
    }

    /** Whether it has not been answered. */
    public boolean isOpen() {
        return !stage.isDone();
    }

    /** Answers {@code value}. */
    public void complete(T value) {
        settle();
        stage.complete(value);
    }

    /** Completes an answer that says no more than that. */
    public void done() {
        settle();
        stage.complete(null);
    }

    /** Answers that it failed. */
    public void fail(BackendException why) {
        settle();
        stage.completeExceptionally(why);
    }

    private void settle() {
        unanswered.remove(this);
        // A deadline that is already past may fire while this is still being made, on another thread.
        Timekeeper.Timer armed = timer;
        if (armed != null) {
            armed.cancel();
        }
    }
}
