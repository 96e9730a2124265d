package dev.baton.test;

import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A runtime in virtual time: the loop makes the calls, too, and callbacks run on threads of their own, as in production.
 */
final class TestRuntime implements BackendRuntime {
    private static final long LOOK_NANOS = Duration.ofMillis(1).toNanos() / 5;

    /** How long to wait, in real time, for a callback that computes. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private final CallbackThreads callbacks = new CallbackThreads();
    private final TestTime time = TestTime.start(callbacks::areAtRest);
    private final Set<OpenElection> elections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    @Override
    public TestTime timekeeper() {
        return time;
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return sendNext(call);
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (closed) {
            answer.completeExceptionally(new BackendException("the backend was closed before the request was sent"));
            return answer;
        }
        time.execute(() -> make(call, answer));
        return answer;
    }

    private static <T> void make(Supplier<CompletionStage<T>> call, CompletableFuture<T> answer) {
        try {
            call.get().whenComplete((value, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else {
                    answer.complete(value);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    @Override
    public Executor callbacks() {
        return callbacks;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public Runnable register(OpenElection election) {
        elections.add(election);
        return () -> elections.remove(election);
    }

    // -- controls of a test -----------------------------------------------------------------------------------------

    /**
     * Runs {@code task} on the loop after the work in progress, and waits until all consequences have happened.
     *
     * @throws IllegalStateException after close, when no loop can run it
     */
    void carryOut(Runnable task) {
        if (closed) {
            throw new IllegalStateException("the backend is closed; open a new one");
        }
        settleBefore();
        time.execute(task);
        settle();
    }

    /** The answer of {@code question}, which runs on the loop. */
    <T> T ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        carryOut(() -> make(() -> CompletableFuture.completedFuture(question.get()), answer));
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Waits until the test's own actions have taken effect, too. */
    private void settleBefore() {
        callbacks.expectWork();
        settle();
    }

    /** Waits until the loop is idle and every callback has returned or waits. */
    private void settle() {
        boolean inside = callbacks.isCallback();
        long begun = System.nanoTime();
        boolean interrupted = false;
        while (System.nanoTime() - begun < PATIENCE_NANOS) {
            long steps;
            try {
                steps = time.awaitIdle();
            } catch (InterruptedException e) {
                interrupted = true;
                continue;
            }
            // The last step may have started a callback after the check.
            if ((inside || callbacks.areAtRest()) && time.awaitsNothingSince(steps)) {
                break;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Advances time, and runs the timers that come due, each at its time, with all consequences. */
    void advance(Duration duration) {
        settleBefore();
        long end = time.now().plus(duration).nanos();
        while (time.leap(end - time.now().nanos())) {
            settle();
        }
        time.pass(end - time.now().nanos());
    }

    /** Advances time while the process is stopped: timers run afterwards. */
    void pause(Duration duration) {
        settleBefore();
        time.pass(duration.toNanos());
        settle();
    }

    // -- close --------------------------------------------------------------------------------------------------

    /** Lets elections hand over, with as much virtual time as they need; ends the terms of those that do not. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        elections.forEach(election -> closing.add(election.closeAsync().toCompletableFuture()));
        CompletableFuture<Void> all = CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
        while (!time.isLoop() && !all.isDone()) {
            settle();
            if (!all.isDone() && !time.leap(Long.MAX_VALUE / 2)) {
                break;
            }
        }
        closed = true;
        elections.forEach(OpenElection::abandon);
        if (!time.isLoop()) {
            settle();
        }
        time.close();
    }
}
