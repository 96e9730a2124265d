package dev.baton;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lane: runs tasks one after another, in order, on an executor that may have many threads; holds no thread while idle,
 * and no more than a bounded number of tasks. Each task has a submission of its own, and a submission that runs takes
 * every task that waits: an executor that drops one submission stops nothing.
 */
final class SerialExecutor implements Executor {
    private static final int ROOM = 1_024;

    private final Executor executor;
    private final Consumer<Throwable> failed;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;
    private volatile @Nullable Thread current;

    /** @param failed receives what tasks throw */
    SerialExecutor(Executor executor, Consumer<Throwable> failed) {
        this.executor = executor;
        this.failed = failed;
    }

    /** @throws RejectedExecutionException when there is no room, or the executor throws anything; {@code task} is forgotten */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            if (tasks.size() >= ROOM) {
                throw new RejectedExecutionException(ROOM + " tasks wait already, since the first has not ended");
            }
            tasks.add(task);
        }
        try {
            executor.execute(this::drain);
        } catch (Throwable e) {
            boolean forgotten;
            synchronized (tasks) {
                forgotten = tasks.remove(task);
            }
            if (forgotten) {
                throw new RejectedExecutionException("the executor failed: " + e, e);
            }
        }
    }

    /** Whether the calling thread is running a task of this lane. */
    boolean isCurrent() {
        return current == Thread.currentThread();
    }

    private void drain() {
        synchronized (tasks) {
            if (running) {
                return;
            }
            running = true;
        }
        current = Thread.currentThread();
        try {
            for (Runnable task = next(); task != null; task = next()) {
                try {
                    task.run();
                } catch (Throwable e) {
                    tell(e);
                }
            }
        } finally {
            end();
        }
    }

    private void tell(Throwable failure) {
        try {
            failed.accept(failure);
        } catch (Throwable e) {
            // Without memory or stack the failure cannot be reported; the tasks that wait run all the same.
        }
    }

    private @Nullable Runnable next() {
        synchronized (tasks) {
            Runnable task = tasks.poll();
            if (task == null) {
                end();
            }
            return task;
        }
    }

    /** Under the lock of the last look at the queue, so that the next task finds no thread running. */
    private void end() {
        synchronized (tasks) {
            if (current == Thread.currentThread()) {
                current = null;
                running = false;
            }
        }
    }
}
