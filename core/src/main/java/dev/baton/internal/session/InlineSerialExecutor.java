package dev.baton.internal.session;

import dev.baton.internal.Linkage;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Runs the tasks that touch a backend's state one after another, on the thread that submits them: a call's, the client
 * library's or a timer's. A hand-over takes several tasks, and a change of threads for each would cost more than the task
 * itself. Tasks are short and never block.
 */
public final class InlineSerialExecutor implements Timekeeper {

    private final Timekeeper time;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    private final Logger log;

    /** A lane with the clock and the timers of {@code time}; {@code log} is the runtime's, so that no line blocks it. */
    public InlineSerialExecutor(Timekeeper time, Logger log) {
        this.time = time;
        this.log = log;
    }

    @Override
    public Moment now() {
        return time.now();
    }

    /** Runs {@code task} now, or leaves it to the thread that is running another task. */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (Throwable e) {
                say(e);
            }
        }
    }

    private void say(Throwable failure) {
        try {
            String fault = Linkage.fault(failure);
            log.error(
                    "a step of a backend failed; {}",
                    fault == null ? "this is a defect in Baton" : fault,
                    Printable.failure(failure));
        } catch (Throwable e) {
            // Without memory or stack the failure cannot be logged; the steps that wait run all the same.
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return time.schedule(delay, () -> execute(task));
    }

    @Override
    public RandomGenerator random() {
        return time.random();
    }

    private @Nullable Runnable next() {
        synchronized (tasks) {
            Runnable task = tasks.poll();
            running = task != null;
            return task;
        }
    }
}
