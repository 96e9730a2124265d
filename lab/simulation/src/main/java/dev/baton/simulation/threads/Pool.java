package dev.baton.simulation.threads;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's ThreadPoolExecutor, as far as the shell uses it, on simulated threads: when it makes a thread, when it queues,
 * rejects and loses one, and what a failing thread factory leaves behind, are as there.
 */
public class Pool implements Executor {
    private final int core;
    private final int most;
    private final Queue<Runnable> queue;
    private final BlockingQueue<Runnable> bound;
    private final boolean handsOver;
    private final ThreadFactory factory;
    private final Rejected rejected;
    private final List<Worker> idle = new ArrayList<>();
    private long keepAlive;
    private boolean coreTimesOut;
    private int workers;
    private int changes;
    private boolean shutDown;

    /** As RejectedExecutionHandler. */
    public interface Rejected {
        void rejectedExecution(Runnable task, Pool pool);
    }

    private static final class Worker {
        private @Nullable Runnable handed;
    }

    public Pool(
            int core, int most, long keepAlive, TimeUnit unit, BlockingQueue<Runnable> queue, ThreadFactory factory) {
        this(core, most, keepAlive, unit, queue, factory, (task, pool) -> {
            throw new RejectedExecutionException("the pool is closed or full");
        });
    }

    public Pool(
            int core,
            int most,
            long keepAlive,
            TimeUnit unit,
            BlockingQueue<Runnable> queue,
            ThreadFactory factory,
            Rejected rejected) {
        this.core = core;
        this.most = most;
        this.keepAlive = unit.toNanos(keepAlive);
        this.bound = queue;
        this.queue = new ArrayDeque<>();
        this.handsOver = queue instanceof SynchronousQueue;
        this.factory = factory;
        this.rejected = rejected;
    }

    @Override
    public void execute(Runnable task) {
        Hooks.step();
        if (!shutDown && workers < core) {
            addWorker(task);
            return;
        }
        if (!shutDown && offer(task)) {
            if (workers == 0) {
                addWorker(null);
            }
        } else if (!shutDown && workers < most) {
            addWorker(task);
        } else {
            rejected.rejectedExecution(task, this);
        }
        Hooks.step();
    }

    private boolean offer(Runnable task) {
        if (!handsOver) {
            return queue.size() < bound.remainingCapacity() && queue.add(task);
        }
        List<Worker> free =
                idle.stream().filter(worker -> worker.handed == null).toList();
        if (free.isEmpty()) {
            return false;
        }
        free.get(Hooks.scheduler().random().nextInt(free.size())).handed = task;
        return true;
    }

    private void addWorker(@Nullable Runnable first) {
        workers++;
        boolean started = false;
        try {
            factory.newThread(() -> work(first)).start();
            started = true;
        } finally {
            if (!started) {
                workers--;
            }
        }
    }

    private void work(@Nullable Runnable first) {
        boolean abrupt = true;
        try {
            for (Runnable task = first == null ? next() : first; task != null; task = next()) {
                Hooks.step();
                task.run();
            }
            abrupt = false;
        } finally {
            if (abrupt) {
                workers--;
            }
            if (!Hooks.scheduler().isOver()) {
                replace(abrupt);
            }
        }
    }

    private void replace(boolean abrupt) {
        if (!abrupt) {
            int least = coreTimesOut ? 0 : core;
            if (workers >= Math.max(least, queue.isEmpty() ? 0 : 1)) {
                return;
            }
        }
        if (!shutDown) {
            addWorker(null);
        }
    }

    private @Nullable Runnable next() {
        Worker worker = new Worker();
        boolean timedOut = false;
        while (true) {
            Hooks.step();
            if (shutDown && queue.isEmpty()) {
                workers--;
                return null;
            }
            boolean timed = coreTimesOut || workers > core;
            if (timed && timedOut && (workers > 1 || queue.isEmpty())) {
                workers--;
                return null;
            }
            Runnable task = poll(worker, timed);
            if (task != null) {
                return task;
            }
            timedOut = true;
        }
    }

    private @Nullable Runnable poll(Worker worker, boolean timed) {
        Scheduler scheduler = Hooks.scheduler();
        int before = changes;
        long limit = timed ? scheduler.now() + keepAlive : Long.MAX_VALUE;
        idle.add(worker);
        try {
            scheduler.await(
                    () -> worker.handed != null || !queue.isEmpty() || shutDown || changes != before, limit, true);
        } finally {
            idle.remove(worker);
        }
        Hooks.me().clearInterrupt();
        Runnable handed = worker.handed;
        worker.handed = null;
        return handed == null ? queue.poll() : handed;
    }

    public void allowCoreThreadTimeOut(boolean value) {
        coreTimesOut = value;
        changes++;
    }

    public void setKeepAliveTime(long time, TimeUnit unit) {
        keepAlive = unit.toNanos(time);
        changes++;
        Hooks.step();
    }
}
