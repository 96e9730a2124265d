package dev.baton.conformance.proof;

import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One process's client of a register in memory that many share, over a link to which things happen. */
class FaultyRegister implements Register {
    private static final Duration REFUSED_FOR = Duration.ofMillis(50);

    private final Register shared;
    private final Link link;
    private final BackendRuntime runtime;
    final Duration timeout;

    FaultyRegister(Register shared, Link link, BackendRuntime runtime, Duration timeout) {
        this.shared = shared;
        this.link = link;
        this.runtime = runtime;
        this.timeout = timeout;
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
        return timed(() -> link.isRefused(Link.Refused.READS)
                        ? CompletableFuture.failedFuture(new BackendException(Link.NOT_PERMITTED_TO_READ))
                        : shared.read(election))
                .thenApply(found -> found.map(this::understood));
    }

    /** What this client makes of an entry that it reads or hears of. */
    Entry understood(Entry entry) {
        return entry;
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        return timed(() -> link.isRefused(Link.Refused.WRITES)
                ? CompletableFuture.failedFuture(BackendException.notWritten("memory does not permit to write"))
                : shared.write(election, expected, next));
    }

    /** A connection on which a request timed out is not used again. */
    <T> CompletionStage<T> timed(Supplier<CompletionStage<T>> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        var timer = runtime.timekeeper().schedule(timeout, () -> {
            if (answer.completeExceptionally(new BackendException("memory did not answer in time; retrying"))) {
                timedOut();
            }
        });
        link.request(request).whenComplete((value, failure) -> {
            timer.cancel();
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else {
                answer.complete(value);
            }
        });
        return answer;
    }

    void timedOut() {
        link.reconnect();
    }

    @Override
    public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
        Watching watching = new Watching(election, watcher);
        watching.begin();
        return watching;
    }

    /** How long after a refusal a watch is asked for again. */
    @Nullable Duration pause() {
        return REFUSED_FOR;
    }

    /** A watch, asked for again and again while it is refused. */
    private final class Watching implements LockBackend.Observation, RegisterWatcher {
        private final ElectionName election;
        private final RegisterWatcher watcher;
        private final Runnable ended = this::refused;
        private LockBackend.@Nullable Observation watch;
        private boolean closed;

        Watching(ElectionName election, RegisterWatcher watcher) {
            this.election = election;
            this.watcher = watcher;
        }

        synchronized void begin() {
            if (closed) {
                return;
            }
            if (link.watches(ended)) {
                watch = shared.watch(election, this);
            } else {
                refused();
            }
        }

        private synchronized void refused() {
            end();
            watcher.live(false);
            Duration pause = pause();
            if (pause != null) {
                runtime.timekeeper().schedule(pause, this::begin);
            }
        }

        private void end() {
            if (watch != null) {
                watch.close();
                watch = null;
            }
        }

        @Override
        public void live(boolean live) {
            link.tell(() -> watcher.live(live));
        }

        @Override
        public void changed(@Nullable Entry entry, long revision) {
            link.tell(() -> watcher.changed(entry == null ? null : understood(entry), revision));
        }

        @Override
        public synchronized void close() {
            closed = true;
            link.forget(ended);
            end();
        }
    }

    @Override
    public void close() {
        runtime.close();
    }
}
