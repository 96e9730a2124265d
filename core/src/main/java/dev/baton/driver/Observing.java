package dev.baton.driver;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendRuntime.Priority;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Printable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One observation of a backend, opened and closed on the sender thread; it may be closed before it has opened. */
public final class Observing implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Observing.class);

    private final ElectionName election;
    private final LockBackend backend;
    private final BackendRuntime runtime;
    private LockBackend.@Nullable Observation observation;
    private boolean closed;

    private Observing(ElectionName election, LockBackend backend) {
        this.election = election;
        this.backend = backend;
        this.runtime = backend.runtime();
    }

    /** Begins to observe; any thread. */
    public static Observing open(
            LockBackend backend, ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        Observing observing = new Observing(election, backend);
        observing
                .send(timing, () -> observing.backend.observe(election, timing, watcher))
                .whenComplete((observed, failure) ->
                        observing.runtime.timekeeper().execute(() -> observing.opened(observed, failure)));
        return observing;
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
        if (failure != null) {
            log.warn("{}: cannot observe", election, Printable.failure(failure));
        } else if (closed) {
            closeObservation();
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
                        log.debug("{}: the observation was not closed", election, Printable.failure(failure));
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
