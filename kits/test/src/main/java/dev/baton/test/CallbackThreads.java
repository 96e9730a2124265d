package dev.baton.test;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A thread for each callback, and whether each is still busy. */
final class CallbackThreads implements Executor {
    /** How long a callback must wait before it counts as waiting for virtual time or the test. */
    private static final long WAITS_NANOS = Duration.ofMillis(50).toNanos();

    /**
     * The same after an event that may wake it, such as the end of its term: a thread that was woken may still show as
     * waiting.
     */
    private static final long WAITS_DESPITE_NEWS_NANOS = Duration.ofMillis(200).toNanos();

    private final Set<Thread> running = ConcurrentHashMap.newKeySet();
    private final AtomicInteger number = new AtomicInteger();
    private volatile long quietUntil = System.nanoTime();

    @Override
    public void execute(Runnable task) {
        boolean isNews = !running.isEmpty();
        Thread thread = new Thread(() -> run(task), "baton-test-callback-" + number.incrementAndGet());
        thread.setDaemon(true);
        disturb(isNews ? WAITS_DESPITE_NEWS_NANOS : WAITS_NANOS);
        running.add(thread);
        thread.start();
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            running.remove(Thread.currentThread());
        }
    }

    /** The test may have woken a callback that waits. */
    void expectWork() {
        disturb(WAITS_NANOS);
    }

    private synchronized void disturb(long nanos) {
        long until = System.nanoTime() + nanos;
        quietUntil = until - quietUntil > 0 ? until : quietUntil;
    }

    boolean isCallback() {
        return running.contains(Thread.currentThread());
    }

    /** Whether every callback has returned, or has been waiting for a while. */
    boolean areAtRest() {
        boolean none = true;
        for (Thread thread : running) {
            none = false;
            if (!isWaiting(thread)) {
                disturb(WAITS_NANOS);
            }
        }
        return none || System.nanoTime() - quietUntil >= 0;
    }

    /** An interrupted thread that waits is about to wake. */
    private static boolean isWaiting(Thread thread) {
        Thread.State state = thread.getState();
        return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING) && !thread.isInterrupted();
    }
}
