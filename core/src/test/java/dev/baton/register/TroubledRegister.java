package dev.baton.register;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A register on real threads that stops answering, or cannot watch, when a test wants it so. */
public final class TroubledRegister implements Register {
    private final InMemoryRegister memory;
    private final boolean watches;
    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean silent;

    public TroubledRegister(boolean watches) {
        this.memory = InMemoryRegister.on(BackendRuntime.start("troubled", false));
        this.watches = watches;
    }

    public LockBackend backend() {
        return new RegisterBackend(this, 0);
    }

    /** Answers nothing while {@code value}. */
    public void silent(boolean value) {
        silent = value;
    }

    /** The threads on which it was called. */
    public Set<String> threads() {
        return threads;
    }

    public void delete(ElectionName election) {
        memory.delete(election);
    }

    @Override
    public String kind() {
        return "troubled";
    }

    @Override
    public BackendRuntime runtime() {
        return memory.runtime();
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        threads.add(Thread.currentThread().getName());
        return silent ? new CompletableFuture<>() : memory.read(election);
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        threads.add(Thread.currentThread().getName());
        return silent ? new CompletableFuture<>() : memory.write(election, expected, next);
    }

    @Override
    public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
        threads.add(Thread.currentThread().getName());
        return watches ? memory.watch(election, watcher) : null;
    }

    @Override
    public void close() {
        memory.close();
    }
}
