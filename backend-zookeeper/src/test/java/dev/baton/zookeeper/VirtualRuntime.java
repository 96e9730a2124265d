package dev.baton.zookeeper;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Time that passes when the test says so, on the test's own thread. */
final class VirtualRuntime implements BackendRuntime, Timekeeper {
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
    private final Random random = new Random(1);
    private long nanos = 1_000_000_000L;
    private long order;
    private long eachLook;

    private record Task(long at, long order, Runnable run) {}

    /** Runs what is due now and until {@code duration} has passed. */
    void advance(Duration duration) {
        long until = nanos + duration.toNanos();
        for (Task next = tasks.peek(); next != null && next.at <= until; next = tasks.peek()) {
            tasks.remove();
            nanos = Math.max(nanos, next.at);
            next.run.run();
        }
        nanos = until;
    }

    /** Time passes and nothing happens: the process was stopped. */
    void sleep(Duration duration) {
        nanos += duration.toNanos();
    }

    /** From now on {@code duration} passes whenever the clock is looked at. */
    void passesAtEachLook(Duration duration) {
        eachLook = duration.toNanos();
    }

    @Override
    public Moment now() {
        nanos += eachLook;
        return new Moment(nanos, nanos);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(new Task(nanos, order++, task));
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Task timed = new Task(nanos + delay.toNanos(), order++, task);
        tasks.add(timed);
        return () -> tasks.remove(timed);
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Timekeeper timekeeper() {
        return this;
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return sendNext(call);
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        execute(() -> call.get().whenComplete((value, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else {
                answer.complete(value);
            }
        }));
        return answer;
    }

    @Override
    public Executor callbacks() {
        return this::execute;
    }

    @Override
    public boolean isClosed() {
        return false;
    }

    @Override
    public Runnable register(OpenElection election) {
        return () -> {};
    }

    @Override
    public void close() {}
}
