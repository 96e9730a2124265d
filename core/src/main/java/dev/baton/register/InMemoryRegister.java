package dev.baton.register;

import dev.baton.internal.Required;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A register in this JVM's memory: elections between candidates of one process, and the reference for other registers.
 *
 * <p>Open one with {@link #open()} and hand the backend to every candidate; the records live as long as the backend.
 */
public final class InMemoryRegister implements Register {
    private final BackendRuntime runtime;
    private final Map<ElectionName, Entry> entries = new HashMap<>();
    private final Map<ElectionName, Set<RegisterWatcher>> watchers = new ConcurrentHashMap<>();
    private long revision;

    private InMemoryRegister(BackendRuntime runtime) {
        this.runtime = runtime;
    }

    /** A backend on an empty register; the caller closes it. */
    public static LockBackend open() {
        return new RegisterBackend(on(BackendRuntime.start("memory", true)), 0);
    }

    /** An empty register on {@code runtime}, which it closes. */
    public static InMemoryRegister on(BackendRuntime runtime) {
        return new InMemoryRegister(Required.given("runtime", runtime));
    }

    @Override
    public String kind() {
        return "memory";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        synchronized (entries) {
            return CompletableFuture.completedFuture(Optional.ofNullable(entries.get(election)));
        }
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        Entry entry;
        synchronized (entries) {
            Entry current = entries.get(election);
            boolean stands =
                    current == null ? expected == null : expected != null && expected.revision() == current.revision();
            if (!stands) {
                return CompletableFuture.failedFuture(
                        new ConflictException(election + " stands at " + current + ", not at " + expected));
            }
            entry = new Entry(next, ++revision, null);
            entries.put(election, entry);
        }
        tell(election, entry, entry.revision());
        return CompletableFuture.completedFuture(entry);
    }

    /** Deletes an entry, as an operator might. */
    public void delete(ElectionName election) {
        long at;
        synchronized (entries) {
            entries.remove(election);
            at = ++revision;
        }
        tell(election, null, at);
    }

    @Override
    public LockBackend.Observation watch(ElectionName election, RegisterWatcher watcher) {
        watchers.computeIfAbsent(election, name -> ConcurrentHashMap.newKeySet())
                .add(watcher);
        watcher.live(true);
        synchronized (entries) {
            Entry entry = entries.get(election);
            watcher.changed(entry, entry == null ? revision : entry.revision());
        }
        return () -> watchers.getOrDefault(election, Set.of()).remove(watcher);
    }

    private void tell(ElectionName election, @Nullable Entry entry, long at) {
        watchers.getOrDefault(election, Set.of()).forEach(watcher -> watcher.changed(entry, at));
    }

    @Override
    public void close() {
        runtime.close();
    }
}
