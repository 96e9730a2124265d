package dev.baton.migration;

import dev.baton.spi.BackendException;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Timekeeper;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One of the two backends: called on its own sender thread; its answers run on the loop that decides.
 *
 * @param backend the backend
 * @param loop the loop that makes all decisions
 */
record Side(LockBackend backend, Timekeeper loop) {

    /** Makes a call for a request that {@link DualBackend}'s own sender has already admitted. */
    <T> void call(Function<LockBackend, CompletionStage<T>> call, BiConsumer<@Nullable T, @Nullable Throwable> then) {
        backend.runtime()
                .sendNext(() -> call.apply(backend))
                .whenComplete((value, failure) -> loop.execute(
                        () -> then.accept(value, failure == null ? null : BackendException.unwrapped(failure))));
    }
}
