package dev.baton.simulation.exhaustive;

import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Parts of the code as they are, for mistakes to change one thing about them. */
final class Forwarding {
    private Forwarding() {}

    /** A backend as it is. */
    abstract static class Backend implements LockBackend {
        private final LockBackend right;

        Backend(LockBackend right) {
            this.right = right;
        }

        @Override
        public String kind() {
            return right.kind();
        }

        @Override
        public BackendRuntime runtime() {
            return right.runtime();
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return right.acquire(claim, deadline);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            return right.renew(claim, deadline);
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            return right.withdraw(claim, deadline);
        }

        @Override
        public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
            return right.observe(election, timing, watcher);
        }

        @Override
        public void close() {
            right.close();
        }
    }

    /** A register as it is. */
    abstract static class Client implements Register {
        private final Register right;

        Client(Register right) {
            this.right = right;
        }

        @Override
        public String kind() {
            return right.kind();
        }

        @Override
        public BackendRuntime runtime() {
            return right.runtime();
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            return right.read(election);
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return right.write(election, expected, next);
        }

        @Override
        public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
            return right.watch(election, watcher);
        }

        @Override
        public void close() {
            right.close();
        }
    }
}
