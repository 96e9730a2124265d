package dev.baton.spi;

import dev.baton.spi.BackendRuntime.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Calls waiting for the sender: further calls of requests in flight first, then renewals before acquires, earliest
 * deadline first, as long as fewer than a bounded number are in flight (rule 8.4).
 */
final class RequestQueue {
    private static final Comparator<Request<?>> ORDER = RequestQueue::compare;

    private final Object lock = new Object();
    private final Queue<Request<?>> further = new ArrayDeque<>();
    private final PriorityQueue<Request<?>> waiting = new PriorityQueue<>(ORDER);
    private int room;
    private long arrivals;
    private boolean closed;

    RequestQueue(int maxInFlight) {
        room = maxInFlight;
    }

    <T> CompletionStage<T> add(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        Request<T> request;
        synchronized (lock) {
            request = new Request<>(priority, deadline, arrivals++, call, new CompletableFuture<>());
            if (!closed) {
                waiting.add(request);
                lock.notifyAll();
                return request.answer;
            }
        }
        return request.unsent();
    }

    <T> CompletionStage<T> addNext(Supplier<CompletionStage<T>> call) {
        Request<T> request;
        synchronized (lock) {
            request = new Request<>(Priority.RENEW, new Moment(0, 0), arrivals++, call, new CompletableFuture<>());
            if (!closed) {
                further.add(request);
                lock.notifyAll();
                return request.answer;
            }
        }
        return request.unsent();
    }

    /** Waits for the next call to make. */
    Runnable take() throws InterruptedException {
        synchronized (lock) {
            for (; ; ) {
                Request<?> next = further.poll();
                if (next != null) {
                    return next.started(() -> {});
                }
                if (room > 0 && !waiting.isEmpty()) {
                    room--;
                    return waiting.remove().started(this::makeRoom);
                }
                lock.wait();
            }
        }
    }

    /** Fails what waits and whatever comes. */
    void close() {
        List<Request<?>> unsent = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            unsent.addAll(further);
            unsent.addAll(waiting);
            further.clear();
            waiting.clear();
        }
        unsent.forEach(request -> request.answer.completeExceptionally(Request.closed()));
    }

    private void makeRoom() {
        synchronized (lock) {
            room++;
            lock.notifyAll();
        }
    }

    private static int compare(Request<?> one, Request<?> other) {
        int byPriority = one.priority.compareTo(other.priority);
        if (byPriority != 0) {
            return byPriority;
        }
        int byDeadline = Long.signum(one.deadline.nanosSince(other.deadline));
        return byDeadline != 0 ? byDeadline : Long.compare(one.arrival, other.arrival);
    }

    private record Request<T>(
            Priority priority,
            Moment deadline,
            long arrival,
            Supplier<CompletionStage<T>> call,
            CompletableFuture<T> answer) {

        Runnable started(Runnable done) {
            return () -> {
                try {
                    call.get().whenComplete((value, failure) -> {
                        done.run();
                        if (failure != null) {
                            answer.completeExceptionally(failure);
                        } else {
                            answer.complete(value);
                        }
                    });
                } catch (RuntimeException | Error e) {
                    done.run();
                    answer.completeExceptionally(e);
                }
            };
        }

        CompletableFuture<T> unsent() {
            answer.completeExceptionally(closed());
            return answer;
        }

        static BackendException closed() {
            return new BackendException("the backend was closed before the request was sent");
        }
    }
}
