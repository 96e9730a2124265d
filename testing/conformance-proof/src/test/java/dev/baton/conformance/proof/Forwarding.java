package dev.baton.conformance.proof;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What stands around a backend as it is, until somebody changes a part of it. */
final class Forwarding {
    private Forwarding() {}

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
