package dev.baton.conformance.proof;

import dev.baton.spi.BackendException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The way from one instance to a store in memory, and what can befall it. */
final class Link {
    /** What something says that is not the store. */
    static final String NOT_FOUND = "404 page not found";

    static final String NOT_PERMITTED_TO_READ = "memory does not permit to read";

    private enum State {
        OPEN,
        SILENT,
        ANSWERS_LOST,
        DEAD
    }

    private final Queue<Runnable> held = new ArrayDeque<>();
    private final Set<Integer> stranded = new HashSet<>();
    private State state = State.OPEN;
    private Duration delay = Duration.ZERO;
    private boolean deaf;
    private int connection;
    private boolean repeating;
    private final Set<Refused> refused = EnumSet.noneOf(Refused.class);
    private boolean misrouted;
    private final Set<Runnable> watches = new LinkedHashSet<>();

    /** What the store can refuse to one instance. */
    enum Refused {
        WRITES,
        READS,
        WATCHES
    }

    /** Makes a request on the connection at hand. */
    <T> CompletionStage<T> request(Supplier<CompletionStage<T>> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable arrive = () -> delivered(request)
                .whenComplete((value, failure) -> deliver(() -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        answer.complete(value);
                    }
                }));
        synchronized (this) {
            if (state == State.DEAD || stranded.contains(connection)) {
                return answer;
            }
            if (state == State.SILENT) {
                held.add(arrive);
                return answer;
            }
            if (misrouted) {
                return CompletableFuture.failedFuture(new BackendException(NOT_FOUND));
            }
        }
        arrive.run();
        return answer;
    }

    private <T> CompletionStage<T> delivered(Supplier<CompletionStage<T>> request) {
        boolean twice;
        synchronized (this) {
            twice = repeating;
        }
        return twice
                ? request.get().handle((first, failure) -> request.get()).thenCompose(second -> second)
                : request.get();
    }

    /** Whether the store refuses it to this instance. */
    synchronized boolean isRefused(Refused what) {
        return refused.contains(what);
    }

    synchronized void refuse(Refused what) {
        refused.add(what);
    }

    /** Refuses watches, those that are there too. */
    void refuseWatches() {
        List<Runnable> ended;
        synchronized (this) {
            refused.add(Refused.WATCHES);
            ended = new ArrayList<>(watches);
            watches.clear();
        }
        ended.forEach(Runnable::run);
    }

    /** A watch is there; answers false if it is refused. */
    synchronized boolean watches(Runnable ended) {
        return !refused.contains(Refused.WATCHES) && watches.add(ended);
    }

    synchronized void forget(Runnable ended) {
        watches.remove(ended);
    }

    synchronized void misroute() {
        misrouted = true;
    }

    synchronized void repeat() {
        repeating = true;
    }

    /** Delivers an answer or a change, now or when the way is free again. */
    void deliver(Runnable word) {
        Duration wait;
        synchronized (this) {
            if (state == State.DEAD) {
                return;
            }
            if (state != State.OPEN) {
                held.add(word);
                return;
            }
            wait = delay;
        }
        if (wait.isZero()) {
            word.run();
        } else {
            CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
                    .execute(word);
        }
    }

    /** Delivers a change, unless changes are lost. */
    void tell(Runnable change) {
        synchronized (this) {
            if (deaf) {
                return;
            }
        }
        deliver(change);
    }

    /** Opens another connection, as a client does after a timeout. */
    synchronized void reconnect() {
        connection++;
    }

    synchronized void strand() {
        stranded.add(connection);
    }

    synchronized void silence() {
        state = State.SILENT;
    }

    synchronized void loseAnswers() {
        state = State.ANSWERS_LOST;
    }

    synchronized void deafen() {
        deaf = true;
    }

    synchronized void slowDown(Duration by) {
        delay = by;
    }

    synchronized void kill() {
        state = State.DEAD;
        held.clear();
    }

    void heal() {
        List<Runnable> late;
        synchronized (this) {
            if (state == State.DEAD) {
                return;
            }
            state = State.OPEN;
            deaf = false;
            delay = Duration.ZERO;
            refused.clear();
            misrouted = false;
            repeating = false;
            late = new ArrayList<>(held);
            held.clear();
        }
        late.forEach(Runnable::run);
    }
}
