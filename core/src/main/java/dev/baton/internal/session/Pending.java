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
 * A pending answer, which comes by the deadline whatever the store does (rule 7.1). Its first completion counts. Safe for
 * use by many threads.
 */
public final class Pending<T> {
    private final CompletableFuture<T> stage = new CompletableFuture<>();
    private final Set<Pending<?>> unanswered;
    private final Timekeeper.@Nullable Timer timer;

    /**
     * @param late makes the failure of the stage when nothing else has completed it by {@code deadline}; made only then,
     *     since few answers are late and an exception is costly
     * @param unanswered contains this until it is answered
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

    /** Completes the answer with {@code value}. */
    public void complete(T value) {
        settle();
        stage.complete(value);
    }

    /** Completes an answer without a value. */
    public void done() {
        settle();
        stage.complete(null);
    }

    /** Fails the answer. */
    public void fail(BackendException why) {
        settle();
        stage.completeExceptionally(why);
    }

    private void settle() {
        unanswered.remove(this);
        // A deadline that is already past may fire on another thread while this is under construction.
        Timekeeper.Timer armed = timer;
        if (armed != null) {
            armed.cancel();
        }
    }
}
