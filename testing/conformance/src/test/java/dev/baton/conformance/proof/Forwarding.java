package dev.baton.conformance.proof;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A backend that does what another does, until somebody changes a part of it. */
class Forwarding implements LockBackend {
    final LockBackend right;

    Forwarding(LockBackend right) {
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

    /** A watcher that passes on what it hears. */
    static class Repeating implements ElectionWatcher {
        final ElectionWatcher to;

        Repeating(ElectionWatcher to) {
            this.to = to;
        }

        @Override
        public void watching(boolean live) {
            to.watching(live);
        }

        @Override
        public void held(Holder holder, Duration chanceIn) {
            to.held(holder, chanceIn);
        }

        @Override
        public void vacant() {
            to.vacant();
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            to.yourTurn(claim, granted);
        }

        @Override
        public void lost(Claim claim, String how) {
            to.lost(claim, how);
        }
    }

    /** A runtime that does what another does. */
    static class Runs implements BackendRuntime {
        final BackendRuntime right;

        Runs(BackendRuntime right) {
            this.right = right;
        }

        @Override
        public Timekeeper timekeeper() {
            return right.timekeeper();
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
