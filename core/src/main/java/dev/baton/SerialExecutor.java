package dev.baton;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs tasks one after another, in order, on an executor that may have many threads; holds no thread while idle. */
final class SerialExecutor implements Executor {
    private final Executor executor;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;
    private volatile @Nullable Thread current;

    SerialExecutor(Executor executor) {
        this.executor = executor;
    }

    /** Throws what the executor throws when it takes no task; {@code task} is then forgotten. */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        try {
            executor.execute(this::drain);
        } catch (RuntimeException e) {
            synchronized (tasks) {
                running = false;
                tasks.remove(task);
            }
            throw e;
        }
    }

    boolean isCurrent() {
        return current == Thread.currentThread();
    }

    private void drain() {
        for (Runnable task = next(); task != null; task = next()) {
            current = Thread.currentThread();
            try {
                task.run();
            } finally {
                current = null;
            }
        }
    }

    private @Nullable Runnable next() {
        synchronized (tasks) {
            Runnable task = tasks.poll();
            running = task != null;
            return task;
        }
    }
}
