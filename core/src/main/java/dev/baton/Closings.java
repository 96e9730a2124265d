package dev.baton;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;

/** The close calls of one election that have not completed. Any thread. */
final class Closings {
    private final String election;
    private final Timekeeper time;
    private final Duration timeout;
    private final Executor stages;
    private final Logger log;
    private final Set<Closing> open = ConcurrentHashMap.newKeySet();

    /**
     * @param timeout how long a close may take
     * @param stages where the stages of {@code closeAsync} complete
     */
    Closings(String election, BackendRuntime runtime, Duration timeout, Executor stages, Logger log) {
        this.election = election;
        this.time = runtime.timekeeper();
        this.timeout = timeout;
        this.stages = stages;
        this.log = log;
    }

    Closing begin() {
        Closing closing = new Closing();
        open.add(closing);
        return closing;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    void complete() {
        open.forEach(Closing::complete);
    }

    /** Completes the calls whose timeout has passed. The watchdog calls this, since the loop may stand still. */
    void watch(Moment now) {
        open.forEach(closing -> closing.watch(now));
    }

    /** One call of close: it ends when the driver has stopped, when the backend has, or after the timeout. */
    final class Closing {
        private final Moment until = time.now().plus(timeout);
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private final CompletableFuture<Void> told = new CompletableFuture<>();
        private final Timekeeper.Timer patience = time.schedule(timeout, this::complete);

        CompletionStage<Void> told() {
            return told.minimalCompletionStage();
        }

        CompletableFuture<Void> done() {
            return done;
        }

        private void complete() {
            patience.cancel();
            done.complete(null);
            try {
                stages.execute(() -> told.complete(null));
                open.remove(this);
            } catch (Throwable e) {
                log.debug("{}: the stage of closeAsync completes later", election, e);
            }
        }

        /** Completes on this thread, before the stage is returned: no code depends on the stage yet. */
        void completeUnheard() {
            patience.cancel();
            open.remove(this);
            done.complete(null);
            told.complete(null);
        }

        private void watch(Moment now) {
            if (done.isDone() || !now.isBefore(until)) {
                complete();
            }
        }
    }
}
