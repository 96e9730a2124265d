package dev.baton.migration;

import dev.baton.fixture.VirtualTime;
import dev.baton.register.InMemoryRegister;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One process's way to a store that all share: it takes time, and it can be cut. */
final class Link implements Register {
    private static final long MOST_NANOS = 20_000_000;

    private record Watch(ElectionName election, RegisterWatcher watcher) {}

    private final InMemoryRegister store;
    private final VirtualTime world;
    private final BackendRuntime runtime;
    private final List<Watch> watches = new ArrayList<>();
    private boolean cut;

    Link(InMemoryRegister store, VirtualTime world, BackendRuntime runtime) {
        this.store = store;
        this.world = world;
        this.runtime = runtime;
    }

    void cut() {
        cut = true;
        watches.forEach(watch -> watch.watcher().live(false));
    }

    void heal() {
        cut = false;
        for (Watch watch : watches) {
            watch.watcher().live(true);
            store.read(watch.election())
                    .thenAccept(
                            found -> found.ifPresent(entry -> watch.watcher().changed(entry, entry.revision())));
        }
    }

    private void travel(Runnable arrive) {
        world.schedule(Duration.ofNanos(1 + world.random().nextLong(MOST_NANOS)), () -> {
            if (!cut) {
                arrive.run();
            }
        });
    }

    private <T> CompletionStage<T> call(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        travel(() -> call.get()
                .whenComplete((value, failure) -> travel(() -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        answer.complete(value);
                    }
                })));
        return answer;
    }

    @Override
    public String kind() {
        return "link";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        return call(() -> store.read(election));
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        return call(() -> store.write(election, expected, next));
    }

    @Override
    public LockBackend.Observation watch(ElectionName election, RegisterWatcher watcher) {
        Watch begun = new Watch(election, watcher);
        watches.add(begun);
        LockBackend.Observation observation = store.watch(election, new RegisterWatcher() {
            @Override
            public void live(boolean live) {
                watcher.live(live && !cut);
            }

            @Override
            public void changed(@Nullable Entry entry, long revision) {
                travel(() -> watcher.changed(entry, revision));
            }
        });
        return () -> {
            watches.remove(begun);
            observation.close();
        };
    }

    @Override
    public void close() {
        runtime.close();
    }
}
