package dev.baton.spi;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of reports to a logger or an event sink, and the one thread that runs them, which exists only while
 * there are reports. A caller never waits: a report without room, or one that fails, is counted, and the count is logged
 * after the next report.
 */
final class Outbox implements Executor {
    private static final long IDLE_SECONDS = 5;

    private final ThreadPoolExecutor thread;
    private final Complaint complaint;
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong made = new AtomicLong();
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Thread busy;

    /** How many reports had run when a flush waited in vain. */
    private volatile long stuckAt = -1;

    /** Receives the number of lost reports. */
    interface Complaint {
        /** {@code count} reports were lost; {@code failure} is the last one's, or null if there was no room for it. */
        void lost(long reports, @Nullable Throwable failure);
    }

    Outbox(int room, ThreadFactory threads, Complaint complaint) {
        this.complaint = complaint;
        thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(room),
                threads,
                (report, pool) -> lost.incrementAndGet());
        thread.allowCoreThreadTimeOut(true);
    }

    /** Takes {@code report} for later, or counts it. Never waits; throws nothing. */
    @Override
    public void execute(Runnable report) {
        try {
            thread.execute(() -> make(report));
        } catch (Throwable e) {
            // No thread or no memory: counted like a report without room.
            failure = e;
            lost.incrementAndGet();
        }
    }

    private void make(Runnable report) {
        busy = Thread.currentThread();
        try {
            report.run();
        } catch (Throwable e) {
            failure = e;
            lost.incrementAndGet();
        } finally {
            made.incrementAndGet();
            sayWhatWasLost();
            busy = null;
        }
    }

    private void sayWhatWasLost() {
        long count = lost.get();
        if (count == 0) {
            return;
        }
        try {
            Throwable why = failure;
            failure = null;
            complaint.lost(count, why);
            lost.addAndGet(-count);
        } catch (Throwable e) {
            // The count stands, and is logged after the next report.
            failure = e;
        }
    }

    /**
     * Waits until the reports so far have run, but no longer than {@code millis}, nor for itself, nor again for a report
     * for which a flush waited in vain.
     */
    void flush(long millis) {
        if (Thread.currentThread() == busy || made.get() == stuckAt) {
            return;
        }
        CountDownLatch flushed = new CountDownLatch(1);
        execute(flushed::countDown);
        boolean interrupted = Thread.interrupted();
        try {
            if (!flushed.await(millis, TimeUnit.MILLISECONDS)) {
                stuckAt = made.get();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** From now on the thread ends as soon as it has nothing to do. */
    void retire() {
        thread.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
    }
}
