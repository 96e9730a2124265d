package dev.baton.simulation.threads.process;

import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.simulation.threads.Simulated;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A register that is slow, silent, fails, throws, and forgets. It runs on threads of its client's. */
final class Store implements Register {
    private final BackendRuntime runtime;
    private final Surroundings around;
    private final Handover handover;
    private final boolean watches;
    private final Map<ElectionName, Entry> entries = new HashMap<>();
    private final Map<ElectionName, List<RegisterWatcher>> watchers = new HashMap<>();
    private final Map<ElectionName, Long> claimedAt = new HashMap<>();
    private final Map<ElectionName, Grants> grants = new HashMap<>();
    private long revision;

    /** Hears of a claim that is given back. */
    interface Handover {
        void released(ElectionName election);
    }

    Store(BackendRuntime runtime, Surroundings around, Handover handover) {
        this.runtime = runtime;
        this.around = around;
        this.handover = handover;
        this.watches = !around.oneIn(3);
    }

    /** When the newest write of a claim came in, by which a term that it may have extended is over a renewDeadline later. */
    long claimedAt(ElectionName election) {
        return claimedAt.getOrDefault(election, Long.MIN_VALUE / 2);
    }

    /** When the newest two writes of a claim that were answered came in, or the only one twice. */
    private record Grants(String nonce, long before, long last) {}

    /**
     * When a write of the newest claim came in whose answer its term has known of: the last but one, since the term may have
     * ended while the answer to the last was under way.
     */
    long grantedAt(ElectionName election) {
        Grants known = grants.get(election);
        return known == null ? Long.MIN_VALUE / 2 : known.before;
    }

    private void granted(ElectionName election, String nonce, long cameAt) {
        Grants known = grants.get(election);
        long before = known != null && known.nonce.equals(nonce) ? known.last : cameAt;
        grants.put(election, new Grants(nonce, before, cameAt));
    }

    @Override
    public String kind() {
        return "simulated";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        checkCaller();
        return answer(() -> CompletableFuture.completedFuture(Optional.ofNullable(entries.get(election))));
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        checkCaller();
        Simulated.trace("store: " + election + " " + (next.isFree() ? "released" : "claimed") + " over "
                + (expected == null ? 0 : expected.revision()));
        if (next.isFree()) {
            handover.released(election);
        } else {
            claimedAt.put(election, Simulated.now());
        }
        long cameAt = Simulated.now();
        return answer(() -> replace(election, expected, next)).whenComplete((entry, failure) -> {
            if (entry != null && !next.isFree()) {
                granted(election, next.nonce(), cameAt);
            }
        });
    }

    private CompletableFuture<Entry> replace(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        Entry current = entries.get(election);
        boolean stands =
                current == null ? expected == null : expected != null && expected.revision() == current.revision();
        if (!stands) {
            return CompletableFuture.failedFuture(new ConflictException("it stands at " + current));
        }
        Entry entry = new Entry(next, ++revision, null);
        entries.put(election, entry);
        tell(election, entry, entry.revision());
        return CompletableFuture.completedFuture(entry);
    }

    private void checkCaller() {
        if (!Thread.currentThread().getName().endsWith("-sender")) {
            throw Simulated.violation(
                    "the store is called on " + Thread.currentThread().getName());
        }
    }

    private <T> CompletionStage<T> answer(Supplier<CompletableFuture<T>> work) {
        if (around.strikes(Trouble.STORE_THROWS, 8)) {
            around.raise();
        }
        if (around.isSilent()) {
            return new CompletableFuture<>();
        }
        if (around.strikes(Trouble.STORE_FAILS, 6)) {
            CompletableFuture<T> unused = around.oneIn(2) ? work.get() : new CompletableFuture<>();
            return CompletableFuture.failedFuture(
                    around.oneIn(2) ? new BackendException("the store fails") : around.anything());
        }
        if (around.oneIn(2)) {
            return work.get();
        }
        CompletableFuture<T> later = new CompletableFuture<>();
        long nanos = around.isHealed() ? 1_000_000 : Simulated.chance().nextLong(1, 50_000_000);
        Simulated.spawn("client", () -> {
            Simulated.await(() -> false, nanos);
            CompletableFuture<T> unused = work.get().whenComplete((value, failure) -> {
                if (failure != null) {
                    later.completeExceptionally(failure);
                } else {
                    later.complete(value);
                }
            });
        });
        return later;
    }

    /** As an operator might. */
    void delete(ElectionName election) {
        entries.remove(election);
        tell(election, null, ++revision);
    }

    @Override
    public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
        checkCaller();
        if (around.strikes(Trouble.STORE_THROWS, 8)) {
            around.raise();
        }
        if (!watches) {
            return null;
        }
        watchers.computeIfAbsent(election, name -> new ArrayList<>()).add(watcher);
        watcher.live(true);
        Entry entry = entries.get(election);
        watcher.changed(entry, entry == null ? revision : entry.revision());
        return () -> watchers.getOrDefault(election, new ArrayList<>()).remove(watcher);
    }

    private void tell(ElectionName election, @Nullable Entry entry, long at) {
        List.copyOf(watchers.getOrDefault(election, List.of())).forEach(watcher -> watcher.changed(entry, at));
    }

    @Override
    public void close() {
        runtime.close();
    }
}
