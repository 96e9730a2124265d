package dev.baton.kubernetes;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ForwardingRuntime;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The threads of this process, and time that passes when the test says so. */
final class HandTime extends ForwardingRuntime {
    private final Moment begun = super.now();
    private final List<Task> tasks = new ArrayList<>();
    private Duration passed = Duration.ZERO;

    private record Task(Duration due, Runnable run) {}

    HandTime() {
        super(BackendRuntime.start("hand", false));
    }

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
        now.forEach(task -> execute(task.run()));
    }

    /** When the next thing is due from now. */
    synchronized Optional<Duration> next() {
        return tasks.stream().map(task -> task.due().minus(passed)).min(Comparator.naturalOrder());
    }

    @Override
    public synchronized Moment now() {
        return begun.plus(passed);
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
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return sendNext(call);
    }
}
