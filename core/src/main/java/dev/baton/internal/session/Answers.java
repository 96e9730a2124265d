package dev.baton.internal.session;

import dev.baton.internal.Linkage;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The answers of a backend: each comes by its deadline, or when the backend closes, whatever becomes of the call (rule
 * 7.1). Safe for use by many threads.
 */
final class Answers {
    private final InlineSerialExecutor executor;
    private final BackendRuntime runtime;
    private final Function<String, BackendException> late;
    private final Supplier<BackendException> closed;
    private final Set<Pending<?>> unanswered = ConcurrentHashMap.newKeySet();

    /**
     * Answers of a backend on {@code runtime}, whose calls run in {@code executor}.
     *
     * @param late the sentence that the store did not answer a call in time, given what the call does
     * @param closed the sentence that the backend is closed
     */
    Answers(
            InlineSerialExecutor executor,
            BackendRuntime runtime,
            Function<String, BackendException> late,
            Supplier<BackendException> closed) {
        this.executor = executor;
        this.runtime = runtime;
        this.late = late;
        this.closed = closed;
    }

    /**
     * Runs {@code call} in the lane; it keeps the answer and completes it later. {@code what} names the call in messages.
     */
    <T> CompletionStage<T> answer(Moment deadline, Supplier<String> what, Consumer<Pending<T>> call) {
        Pending<T> pending = new Pending<>(executor, deadline, () -> late.apply(what.get()), unanswered);
        executor.execute(() -> {
            try {
                call.accept(pending);
            } catch (Throwable e) {
                pending.fail(new BackendException("could not " + what.get() + ": " + Linkage.describe(e), e));
            }
        });
        if (runtime.isClosed()) {
            pending.fail(closed.get());
        }
        return pending.stage();
    }

    /** Fails every answer that is still pending: the backend is closed. */
    void close() {
        unanswered.forEach(pending -> pending.fail(closed.get()));
    }
}
