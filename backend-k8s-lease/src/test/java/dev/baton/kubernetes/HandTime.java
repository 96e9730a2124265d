package dev.baton.kubernetes;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The threads of this process, and time that passes when the test says so. */
final class HandTime implements BackendRuntime, Timekeeper {
    private final BackendRuntime real = BackendRuntime.start("hand", false);
    private final Moment begun = real.timekeeper().now();
    private final List<Task> tasks = new ArrayList<>();
    private Duration passed = Duration.ZERO;

    private record Task(Duration due, Runnable run) {}

    /** What is due until then is done on the loop, in order. */
    void advance(Duration duration) {
        List<Task> now;
        synchronized (this) {
            passed = passed.plus(duration);
            now = tasks.stream()
                    .filter(task -> task.due().compareTo(passed) <= 0)
                    .sorted(Comparator.comparing(Task::due))
                    .toList();
            tasks.removeAll(now);
        }
        now.forEach(task -> real.timekeeper().execute(task.run()));
    }

    /** When the next thing is due from now. */
    synchronized Optional<Duration> next() {
        return tasks.stream().map(task -> task.due().minus(passed)).min(Comparator.naturalOrder());
    }

    @Override
    public Timekeeper timekeeper() {
        return this;
    }

    @Override
    public synchronized Moment now() {
        return begun.plus(passed);
    }

    @Override
    public void execute(Runnable task) {
        real.timekeeper().execute(task);
    }

    @Override
    public synchronized Timer schedule(Duration delay, Runnable run) {
        Task task = new Task(passed.plus(delay), run);
        tasks.add(task);
        return () -> {
            synchronized (this) {
                tasks.remove(task);
            }
        };
    }

    @Override
    public RandomGenerator random() {
        return real.timekeeper().random();
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return sendNext(call);
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        return real.sendNext(call);
    }

    @Override
    public Executor callbacks() {
        return real.callbacks();
    }

    @Override
    public boolean isClosed() {
        return real.isClosed();
    }

    @Override
    public Runnable register(OpenElection election) {
        return real.register(election);
    }

    @Override
    public void close() {
        real.close();
    }
}
