package dev.baton.conformance.proof;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The way from one instance to a store in memory, and what can befall it. */
final class Link {
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
    private boolean refusing;
    private boolean repeating;

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

    /** Whether the store refuses to write for this instance. */
    synchronized boolean isRefused() {
        return refusing;
    }

    synchronized void refuse() {
        refusing = true;
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
            refusing = false;
            repeating = false;
            late = new ArrayList<>(held);
            held.clear();
        }
        late.forEach(Runnable::run);
    }
}
