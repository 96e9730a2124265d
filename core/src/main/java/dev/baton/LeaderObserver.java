package dev.baton;

import dev.baton.driver.Observing;
import dev.baton.internal.Required;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Printable;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Observes the leader of an election without being a candidate in it. Its answers are for display. All methods may be
 * called from any thread.
 */
public final class LeaderObserver implements AutoCloseable {
    private final ElectionName election;
    private final BackendRuntime runtime;
    private final Logger log;
    private final Consumer<Optional<Holder>> listener;
    private final SerialExecutor lane;
    private volatile @Nullable Holder holder;
    private volatile boolean live;
    private volatile boolean closed;
    private final Observing observing;

    private LeaderObserver(
            ElectionName election, LockBackend backend, ElectionTiming timing, Consumer<Optional<Holder>> listener) {
        this.election = election;
        this.runtime = backend.runtime();
        this.listener = listener;
        this.log = runtime.logger(LeaderObserver.class);
        this.lane = new SerialExecutor(
                new BuildersContext(runtime.callbacks()), e -> log.error("{}: a listener failed", election, e));
        this.observing = Observing.open(backend, election, timing, new Watcher());
    }

    /** The leader last seen; empty while unknown or vacant. */
    public Optional<Holder> currentLeader() {
        return Optional.ofNullable(holder);
    }

    /** Whether the watch is live, so that changes arrive as they happen. */
    public boolean isLive() {
        return live;
    }

    /** Stops observing, without waiting; the listener receives nothing more. Idempotent; throws nothing. */
    @Override
    public void close() {
        closed = true;
        live = false;
        observing.close();
    }

    private void sees(@Nullable Holder next) {
        runtime.timekeeper().execute(() -> {
            if (closed) {
                return;
            }
            boolean same = next == null ? holder == null : next.sameAs(holder);
            holder = next;
            if (!same) {
                tell(Optional.ofNullable(next));
            }
        });
    }

    private void tell(Optional<Holder> leader) {
        try {
            lane.execute(() -> {
                if (!closed) {
                    listener.accept(leader);
                }
            });
        } catch (RejectedExecutionException e) {
            log.warn("{}: a change of leader could not be submitted to the listener", election, e);
        }
    }

    private final class Watcher implements ElectionWatcher {
        @Override
        public void watching(boolean isLive) {
            live = isLive && !closed;
        }

        @Override
        public void held(Holder seen, Chance chance) {
            sees(seen);
        }

        @Override
        public void vacant() {
            sees(null);
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            log.debug("{}: an observer has no claim, but the backend offered a turn to {}", election, claim);
        }

        @Override
        public void lost(Claim claim, String how) {
            log.debug("{}: {} lost: {}", election, claim, Printable.text(how));
        }
    }

    /** Collects what an observer needs. */
    public static final class Builder {
        private final LockBackend backend;
        private final ElectionName election;
        private ElectionTiming timing = ElectionTiming.DEFAULT;
        private Consumer<Optional<Holder>> listener = leader -> {};

        Builder(LockBackend backend, ElectionName election) {
            this.backend = backend;
            this.election = election;
        }

        /**
         * Receives each change of leader: the new leader, or empty when no candidate is seen to lead; nothing once
         * closed. Called on the backend's threads, one change after another. An exception is logged.
         */
        public Builder onLeaderChange(Consumer<Optional<Holder>> value) {
            listener = Required.given("onLeaderChange", value);
            return this;
        }

        /** The candidates' timing, so that the observer shares their session; {@link ElectionTiming#DEFAULT} unless set. */
        public Builder timing(ElectionTiming value) {
            timing = Required.given("timing", value);
            return this;
        }

        /** Begins to observe and returns at once. */
        public LeaderObserver start() {
            return new LeaderObserver(election, backend, timing, listener);
        }
    }
}
