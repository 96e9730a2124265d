package dev.baton.resilience4j;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.register.InMemoryRegister;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The register in memory keeps every rule with the decorator around it, too. */
class DecoratedConformanceTest extends LockBackendConformance {
    @Override
    protected BackendHarness harness() {
        return new DecoratedHarness(new InMemory());
    }

    /** One store for all instances, each on a runtime of its own. */
    private static final class InMemory implements BackendHarness {
        private final InMemoryRegister store = InMemoryRegister.on(BackendRuntime.start("memory-store", false));

        @Override
        public String name() {
            return "in memory";
        }

        @Override
        public LockBackend open() {
            return new RegisterBackend(new Sharing(store, BackendRuntime.start("memory", false)), 0);
        }

        @Override
        public ElectionTiming timing() {
            return ElectionTiming.of(Duration.ofMillis(900), Duration.ofMillis(600), Duration.ofMillis(60));
        }

        @Override
        public void delete(ElectionName election) {
            store.delete(election);
        }

        @Override
        public OptionalInt standing(ElectionName election) throws Exception {
            Optional<Register.Entry> entry =
                    store.read(election).toCompletableFuture().get();
            return OptionalInt.of(entry.isPresent() && !entry.get().record().isFree() ? 1 : 0);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private record Sharing(Register store, BackendRuntime runtime) implements Register {
        @Override
        public String kind() {
            return "memory";
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            return store.read(election);
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return store.write(election, expected, next);
        }

        @Override
        public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
            return store.watch(election, watcher);
        }

        @Override
        public void close() {
            runtime.close();
        }
    }
}
