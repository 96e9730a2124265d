package dev.baton.spi;

import dev.baton.spi.BackendRuntime.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls waiting for the sender: further calls of requests in flight first, then renewals before acquires, earliest
 * deadline first, as long as fewer than a bounded number are in flight (rule 8.4).
 */
final class RequestQueue {
    private static final Comparator<Request<?>> ORDER = RequestQueue::compare;

    /** How long after its deadline a request without an answer still takes room (such a request breaks rule 7.1). */
    private static final long OVERDUE_NANOS = 1_000_000_000;

    private final Object lock = new Object();
    private final Queue<Request<?>> further = new ArrayDeque<>();
    private final PriorityQueue<Request<?>> waiting = new PriorityQueue<>(ORDER);
    private final Set<Request<?>> inFlight = new HashSet<>();
    private int room;
    private long arrivals;
    private boolean closed;

    RequestQueue(int maxInFlight) {
        room = maxInFlight;
    }

    <T> CompletionStage<T> add(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        Request<T> request;
        synchronized (lock) {
            request = new Request<>(priority, deadline, arrivals++, call);
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
            request = new Request<>(Priority.RENEW, new Moment(0, 0), arrivals++, call);
            if (!closed) {
                further.add(request);
                lock.notifyAll();
                return request.answer;
            }
        }
        return request.unsent();
    }

    /** Waits for the next call to make. Once closed, it answers at once with a call that does nothing. */
    Runnable take() throws InterruptedException {
        synchronized (lock) {
            for (; ; ) {
                if (closed) {
                    return () -> {};
                }
                Request<?> next = further.poll();
                if (next != null) {
                    return next.started(() -> {});
                }
                if (room > 0 && !waiting.isEmpty()) {
                    Request<?> admitted = waiting.peek();
                    inFlight.add(admitted);
                    waiting.remove();
                    room--;
                    return admitted.started(() -> makeRoom(admitted));
                }
                lock.wait();
            }
        }
    }

    /** Fails every request that waits or is added later. */
    void close() {
        List<Request<?>> unsent = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            unsent.addAll(further);
            unsent.addAll(waiting);
            further.clear();
            waiting.clear();
            lock.notifyAll();
        }
        unsent.forEach(request -> request.answer.completeExceptionally(Request.closed()));
    }

    /** Frees the room of requests whose answers are long overdue; a late answer still completes its stage. */
    void releaseOverdue(Moment now) {
        synchronized (lock) {
            if (room > 0 || waiting.isEmpty()) {
                return;
            }
            for (Iterator<Request<?>> each = inFlight.iterator(); each.hasNext(); ) {
                if (now.nanosSince(each.next().deadline) > OVERDUE_NANOS) {
                    each.remove();
                    room++;
                }
            }
            lock.notifyAll();
        }
    }

    private void makeRoom(Request<?> answered) {
        synchronized (lock) {
            if (inFlight.remove(answered)) {
                room++;
                lock.notifyAll();
            }
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

    private static final class Request<T> {
        private final Priority priority;
        private final Moment deadline;
        private final long arrival;
        private final Supplier<CompletionStage<T>> call;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Request(Priority priority, Moment deadline, long arrival, Supplier<CompletionStage<T>> call) {
            this.priority = priority;
            this.deadline = deadline;
            this.arrival = arrival;
            this.call = call;
        }

        Runnable started(Runnable done) {
            return () -> {
                try {
                    call.get().whenComplete((value, failure) -> settle(done, value, failure));
                } catch (Throwable e) {
                    // Also a checked exception that the method of the backend does not declare.
                    settle(done, null, e);
                }
            };
        }

        private void settle(Runnable done, @Nullable T value, @Nullable Throwable failure) {
            try {
                done.run();
            } finally {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else {
                    answer.complete(value);
                }
            }
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
