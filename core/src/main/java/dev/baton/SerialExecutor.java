package dev.baton;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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

    /**
     * @throws RejectedExecutionException when the executor takes no task, for whatever reason, or runs it on this very
     *     thread; {@code task} is then forgotten
     */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        Submission submission = new Submission();
        try {
            executor.execute(submission);
            submission.made = true;
        } catch (RuntimeException | Error e) {
            synchronized (tasks) {
                running = false;
                tasks.remove(task);
            }
            throw e instanceof RejectedExecutionException rejected
                    ? rejected
                    : new RejectedExecutionException("the executor failed: " + e, e);
        }
    }

    /** Runs what waits, but not on the thread that is submitting it. */
    private final class Submission implements Runnable {
        private final Thread submitter = Thread.currentThread();
        private boolean made;

        @Override
        public void run() {
            if (Thread.currentThread() == submitter && !made) {
                throw new RejectedExecutionException("the executor runs tasks on the thread that submits them, which"
                        + " is the election loop; supply one with threads of its own");
            }
            drain();
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
