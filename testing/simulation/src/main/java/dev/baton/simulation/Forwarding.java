package dev.baton.simulation;

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
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Parts of the code as they are, for mutants to change one thing about them. */
final class Forwarding {
    private Forwarding() {}

    /** A backend as it is. */
    static class Backend implements LockBackend {
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
    static class Client implements Register {
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

    /** A runtime whose driver sees other clocks. */
    abstract static class Clocks implements BackendRuntime, Timekeeper {
        private final BackendRuntime right;

        Clocks(BackendRuntime right) {
            this.right = right;
        }

        Moment truly() {
            return right.timekeeper().now();
        }

        @Override
        public Timekeeper timekeeper() {
            return this;
        }

        @Override
        public void execute(Runnable task) {
            right.timekeeper().execute(task);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return right.timekeeper().schedule(delay, task);
        }

        @Override
        public RandomGenerator random() {
            return right.timekeeper().random();
        }

        @Override
        public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
            return right.send(priority, deadline, call);
        }

        @Override
        public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
            return right.sendNext(call);
        }

        @Override
        public Executor callbacks() {
            return right.callbacks();
        }

        @Override
        public boolean isClosed() {
            return right.isClosed();
        }

        @Override
        public Runnable register(OpenElection election) {
            return right.register(election);
        }

        @Override
        public void close() {
            right.close();
        }
    }
}
