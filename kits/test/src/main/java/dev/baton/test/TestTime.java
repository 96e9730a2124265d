package dev.baton.test;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still unless a test advances it, and the loop thread that makes all decisions.
 *
 * <p>Time advances by itself for one purpose: a thread that closes an election waits for the hand-over, and sets a
 * timer from outside the loop. As long as such a timer is set, time advances, much faster than on a real clock, so that
 * closing takes only a moment of a test.
 */
final class TestTime implements Timekeeper {
    /** The speed of time, as a multiple of real time, while an election closes. */
    private static final int SPEED = 20;

    private static final long REAL_TICK_MILLIS = 1;
    private static final long TICK_NANOS = REAL_TICK_MILLIS * 1_000_000 * SPEED;

    /** More tasks than this while the clock stands still count as a busy loop. */
    private static final int MOST_AT_ONCE = 100_000;

    private static final Instant BEGINNING = Instant.parse("2030-01-01T00:00:00Z");

    private final BooleanSupplier mayFlow;
    private final Object lock = new Object();
    private final Queue<Runnable> due = new ArrayDeque<>();
    private final PriorityQueue<Task> timers =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
    private final Random random = new Random(42);
    private final Thread loop = new Thread(this::run, "baton-test-loop");
    private volatile Moment now = new Moment(0, BEGINNING.getEpochSecond() * 1_000_000_000L);
    private long numbers;
    private int awaited;
    private boolean busy;
    private boolean closed;
    private int atOnce;
    private long steps;
    private @Nullable Throwable defect;

    private record Task(long at, long number, Runnable run, boolean isAwaited) {}

    private TestTime(BooleanSupplier mayFlow) {
        this.mayFlow = mayFlow;
    }

    /**
     * A clock that stands still.
     *
     * @param mayFlow whether time may advance by itself, because no callback is busy
     */
    static TestTime start(BooleanSupplier mayFlow) {
        TestTime time = new TestTime(mayFlow);
        time.loop.setDaemon(true);
        time.loop.start();
        return time;
    }

    @Override
    public Moment now() {
        return now;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            if (!closed) {
                due.add(task);
                lock.notifyAll();
            }
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable run) {
        synchronized (lock) {
            if (closed) {
                return () -> {};
            }
            long at = now.nanos() + Math.max(0, Moment.boundedNanos(delay));
            Task task = new Task(at, numbers++, run, !isLoop());
            timers.add(task);
            awaited += task.isAwaited() ? 1 : 0;
            lock.notifyAll();
            return () -> cancel(task);
        }
    }

    private void cancel(Task task) {
        synchronized (lock) {
            if (timers.remove(task)) {
                forget(task);
            }
        }
    }

    private void forget(Task task) {
        awaited -= task.isAwaited() ? 1 : 0;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    boolean isLoop() {
        return Thread.currentThread() == loop;
    }

    /** Advances both clocks to the next timer that is due within {@code nanos}, and runs it. Whether there was one. */
    boolean leap(long nanos) {
        synchronized (lock) {
            Task next = timers.peek();
            if (next == null || next.at() - now.nanos() > nanos) {
                return false;
            }
            pass(next.at() - now.nanos());
            return true;
        }
    }

    /** Advances both clocks at once, past timers that are due on the way: they run late. */
    void pass(long nanos) {
        synchronized (lock) {
            now = now.plusNanos(Math.max(0, nanos));
            atOnce = 0;
            lock.notifyAll();
        }
    }

    /**
     * Waits until the loop has no task that is due.
     *
     * @return how many steps the loop has made
     * @throws IllegalStateException when a task of the loop failed, which is a defect
     */
    long awaitIdle() throws InterruptedException {
        synchronized (lock) {
            while (!isIdle() && !closed && defect == null) {
                lock.wait();
            }
            if (defect != null) {
                throw new IllegalStateException("a task on the election loop failed; this is a defect", defect);
            }
            return steps;
        }
    }

    /** Whether the loop has no task that is due, and has made no step beyond {@code steps}. */
    boolean awaitsNothingSince(long before) {
        synchronized (lock) {
            return steps == before && (isIdle() || closed);
        }
    }

    private boolean isIdle() {
        return !busy && due.isEmpty() && !isTimerDue();
    }

    private boolean isTimerDue() {
        Task next = timers.peek();
        return next != null && next.at() <= now.nanos();
    }

    /** Ends the loop after its present tasks. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    // -- the loop -------------------------------------------------------------------------------------------------

    private void run() {
        try {
            for (Runnable task = take(); task != null; task = take()) {
                task.run();
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            fail(e);
        }
    }

    private void fail(Throwable e) {
        synchronized (lock) {
            defect = e;
            lock.notifyAll();
        }
    }

    private @Nullable Runnable take() throws InterruptedException {
        synchronized (lock) {
            busy = false;
            lock.notifyAll();
            while (due.isEmpty() && !isTimerDue() && !closed) {
                if (awaited > 0) {
                    lock.wait(REAL_TICK_MILLIS);
                    flow();
                } else {
                    lock.wait();
                }
            }
            Runnable task = due.isEmpty() && isTimerDue() ? dueTimer() : due.poll();
            busy = task != null;
            steps++;
            if (++atOnce > MOST_AT_ONCE) {
                throw new IllegalStateException(
                        "a busy loop: " + MOST_AT_ONCE + " tasks while the clock stood still, the last " + task);
            }
            return task;
        }
    }

    private Runnable dueTimer() {
        Task task = timers.remove();
        forget(task);
        return task.run();
    }

    /** Advances time by a tick, unless the loop or a callback is busy; timers due in it run at their time. */
    private void flow() {
        if (isIdle() && awaited > 0 && mayFlow.getAsBoolean() && !leap(TICK_NANOS)) {
            pass(TICK_NANOS);
        }
    }
}
