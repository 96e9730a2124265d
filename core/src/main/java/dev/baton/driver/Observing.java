package dev.baton.driver;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendRuntime.Priority;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.LockBackend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** One observation of a backend, opened and closed on the sender thread; it may be closed before it has opened. */
public final class Observing implements AutoCloseable {
    private final ElectionName election;
    private final LockBackend backend;
    private final BackendRuntime runtime;
    private final ElectionTiming timing;
    private final ElectionWatcher watcher;
    private final Logger log;
    private LockBackend.@Nullable Observation observation;
    private boolean closed;

    private Observing(LockBackend backend, ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        this.election = election;
        this.backend = backend;
        this.runtime = backend.runtime();
        this.timing = timing;
        this.watcher = watcher;
        this.log = runtime.logger(Observing.class);
    }

    /** Begins to observe; any thread. */
    public static Observing open(
            LockBackend backend, ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        Observing observing = new Observing(backend, election, timing, watcher);
        observing.open();
        return observing;
    }

    private void open() {
        send(timing, () -> backend.observe(election, timing, watcher))
                .whenComplete((observed, failure) -> runtime.timekeeper().execute(() -> opened(observed, failure)));
    }

    /** Stops, without waiting; any thread, idempotent. */
    @Override
    public void close() {
        runtime.timekeeper().execute(() -> {
            closed = true;
            closeObservation();
        });
    }

    private void opened(LockBackend.@Nullable Observation observed, @Nullable Throwable failure) {
        observation = observed;
        if (closed) {
            closeObservation();
        } else if (failure != null && !runtime.isClosed()) {
            log.warn("{}: cannot observe, and tries again", election, failure);
            runtime.timekeeper().schedule(timing.renewDeadline(), this::reopen);
        }
    }

    private void reopen() {
        if (!closed) {
            open();
        }
    }

    private void closeObservation() {
        LockBackend.Observation observed = observation;
        observation = null;
        if (observed == null) {
            return;
        }
        send(ElectionTiming.DEFAULT, () -> {
                    observed.close();
                    return observed;
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug("{}: the observation was not closed", election, failure);
                    }
                });
    }

    private interface Step {
        LockBackend.Observation run();
    }

    private CompletionStage<LockBackend.Observation> send(ElectionTiming timing, Step step) {
        return runtime.send(
                Priority.ACQUIRE,
                runtime.timekeeper().now().plus(timing.renewDeadline()),
                () -> CompletableFuture.completedFuture(step.run()));
    }
}
