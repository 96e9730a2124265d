package dev.baton.simulation.threads;

import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** The JDK's ScheduledThreadPoolExecutor of one thread, as far as the shell uses it, on simulated threads. */
public final class TimedPool {
    private final ThreadFactory factory;
    private final PriorityQueue<Timed> queue =
            new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::number));
    private int workers;
    private long numbers;
    private boolean shutDown;

    public TimedPool(int core, ThreadFactory factory) {
        this.factory = factory;
    }

    private final class Timed extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final long at;
        private final long number;

        Timed(Runnable task, long at, long number) {
            super(task, null);
            this.at = at;
            this.number = number;
        }

        long at() {
            return at;
        }

        long number() {
            return number;
        }

        @Override
        public boolean cancel(boolean interrupt) {
            Hooks.step();
            boolean cancelled = super.cancel(false);
            queue.remove(this);
            return cancelled;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - Hooks.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number);
        }
    }

    public void execute(Runnable task) {
        ScheduledFuture<?> unused = schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        Hooks.step();
        if (shutDown) {
            throw new RejectedExecutionException("the pool is closed");
        }
        Timed timed = new Timed(task, Hooks.nanoTime() + unit.toNanos(delay), numbers++);
        queue.add(timed);
        prestartCoreThread();
        Hooks.step();
        return timed;
    }

    public boolean prestartCoreThread() {
        if (workers > 0) {
            return false;
        }
        workers++;
        boolean started = false;
        try {
            factory.newThread(this::work).start();
            started = true;
        } finally {
            if (!started) {
                workers--;
            }
        }
        return true;
    }

    private void work() {
        boolean abrupt = true;
        try {
            for (Timed task = next(); task != null; task = next()) {
                task.run();
                // What the loop needs for itself may be lacking, too.
                Hooks.allocate();
            }
            abrupt = false;
        } finally {
            workers--;
            if (abrupt && !shutDown && !Hooks.scheduler().isOver()) {
                prestartCoreThread();
            }
        }
    }

    @org.jspecify.annotations.Nullable private Timed next() {
        Scheduler scheduler = Hooks.scheduler();
        while (true) {
            Hooks.step();
            Timed first = queue.peek();
            if (first == null && shutDown) {
                return null;
            }
            if (first != null && first.at <= scheduler.now()) {
                return queue.poll();
            }
            long limit = first == null ? Long.MAX_VALUE : first.at;
            scheduler.await(() -> !Objects.equals(queue.peek(), first) || (shutDown && queue.isEmpty()), limit, true);
            Hooks.me().clearInterrupt();
        }
    }

    public int getPoolSize() {
        return workers;
    }

    public void setRemoveOnCancelPolicy(boolean value) {}

    public void setExecuteExistingDelayedTasksAfterShutdownPolicy(boolean value) {}

    public void shutdown() {
        Hooks.step();
        shutDown = true;
        queue.removeIf(task -> task.getDelay(TimeUnit.NANOSECONDS) > 0);
        Hooks.step();
    }
}
