package dev.baton.register;

import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One process's connection to a {@link Store}, which delays, fails or loses the calls that the test names. */
final class ScriptedRegister implements Register {
    /** What becomes of a call. */
    enum Fate {
        /** Reaches the store and is answered. */
        ANSWERED,
        /** Does not reach the store, and fails. */
        FAILED,
        /** Reaches the store, which refuses it for certain. */
        REFUSED,
        /** As REFUSED, but the answer waits for {@link #answerHeld()}. */
        REFUSED_LATE,
        /** Reaches the store, then once more, and is answered of the second time: it stands elsewhere. */
        LANDED_TWICE,
        /** Reaches the store, then once more, when the store refuses it for certain. */
        LANDED_THEN_REFUSED,
        /** Reaches the store, and its answer is an error. */
        LANDED_BUT_FAILED,
        /** Reaches the store, but its answer waits for {@link #answerHeld()}. */
        LANDED_ANSWER_HELD,
        /** Waits on its way for {@link #landHeld()}, and is then answered. */
        HELD,
        /** As HELD, but fails at once. */
        FAILED_LANDS_LATER
    }

    final List<String> calls = new ArrayList<>();
    private final Store store;
    private final BackendRuntime runtime;
    private final boolean watches;
    private final Deque<Fate> reads = new ArrayDeque<>();
    private final Deque<Fate> writes = new ArrayDeque<>();
    private final Deque<Runnable> landing = new ArrayDeque<>();
    private final Deque<Runnable> answering = new ArrayDeque<>();
    private final List<RegisterWatcher> watchers = new ArrayList<>();
    private boolean deliversChanges = true;

    ScriptedRegister(Store store, BackendRuntime runtime, boolean watches) {
        this.store = store;
        this.runtime = runtime;
        this.watches = watches;
    }

    // -- the script -----------------------------------------------------------------------------------------------

    void nextReads(Fate... fates) {
        reads.addAll(List.of(fates));
    }

    void nextWrites(Fate... fates) {
        writes.addAll(List.of(fates));
    }

    /** Whether all reads that were to have a fate of their own have been made. */
    boolean hasNoReadsLeft() {
        return reads.isEmpty();
    }

    /** What was held on its way reaches the store now. */
    void landHeld() {
        drain(landing);
    }

    /** What was held on its way back is answered now. */
    void answerHeld() {
        drain(answering);
    }

    void deliverChanges(boolean value) {
        deliversChanges = value;
    }

    void sayLive(boolean live) {
        List.copyOf(watchers).forEach(watcher -> watcher.live(live));
    }

    List<RegisterWatcher> watchers() {
        return watchers;
    }

    private static void drain(Deque<Runnable> held) {
        for (Runnable next = held.poll(); next != null; next = held.poll()) {
            next.run();
        }
    }

    // -- the register ---------------------------------------------------------------------------------------------

    @Override
    public String kind() {
        return "scripted";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        calls.add("read");
        return fated(reads, answer -> {
            Optional<Entry> found = Optional.ofNullable(store.entry());
            return () -> answer.complete(found);
        });
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        calls.add(expected == null ? "create" : "write");
        return fated(writes, answer -> {
            Entry written = store.write(expected, next);
            return written != null
                    ? () -> answer.complete(written)
                    : () -> answer.completeExceptionally(new ConflictException("it stands elsewhere"));
        });
    }

    /** Carries a call out on the store; returns the step that answers its caller. */
    private interface Landing<T> {
        Runnable land(CompletableFuture<T> answer);
    }

    private <T> CompletionStage<T> fated(Deque<Fate> fates, Landing<T> landing) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Fate fate = fates.isEmpty() ? Fate.ANSWERED : fates.remove();
        switch (fate) {
            case ANSWERED -> landing.land(answer).run();
            case FAILED -> answer.completeExceptionally(new BackendException("the connection was refused"));
            case REFUSED -> answer.completeExceptionally(BackendException.notWritten("it is not permitted"));
            case REFUSED_LATE ->
                answering.add(() -> answer.completeExceptionally(BackendException.notWritten("it was not permitted")));
            case LANDED_TWICE -> {
                landing.land(answer);
                landing.land(answer).run();
            }
            case LANDED_THEN_REFUSED -> {
                landing.land(answer);
                answer.completeExceptionally(BackendException.notWritten("it is not permitted any more"));
            }
            case LANDED_BUT_FAILED -> {
                landing.land(answer);
                answer.completeExceptionally(new BackendException("the connection was reset"));
            }
            case LANDED_ANSWER_HELD -> answering.add(landing.land(answer));
            case HELD -> this.landing.add(() -> landing.land(answer).run());
            case FAILED_LANDS_LATER -> {
                this.landing.add(() -> landing.land(answer));
                answer.completeExceptionally(new BackendException("the connection was reset"));
            }
        }
        return answer;
    }

    @Override
    public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
        if (!watches) {
            return null;
        }
        calls.add("watch");
        watchers.add(watcher);
        BiConsumer<@Nullable Entry, Long> changes = (entry, revision) -> {
            if (deliversChanges) {
                watcher.changed(entry, revision);
            }
        };
        store.watch(changes);
        watcher.live(true);
        watcher.changed(
                store.entry(),
                store.entry() == null ? store.revision() : store.entry().revision());
        return () -> {
            calls.add("unwatch");
            watchers.remove(watcher);
            store.unwatch(changes);
        };
    }

    @Override
    public void close() {
        runtime.close();
    }
}
