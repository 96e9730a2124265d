package dev.baton.driver;

import dev.baton.machine.Term;
import dev.baton.spi.Printable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The progress of the work of one term: what its callbacks have reported, on any thread, and what the machine has
 * received, on the loop. It keeps a report that did not reach the loop for want of memory.
 */
final class Report implements TermCallbacks.WorkReport {
    private final Term term;
    private final Runnable deliver;
    private volatile boolean began;
    private volatile boolean returned;
    private volatile @Nullable String failure;
    private volatile @Nullable String cancelled;
    private volatile boolean stopped;
    private final AtomicInteger told = new AtomicInteger();

    /** Receives reports for the machine; answers whether the machine took them. */
    interface Listener {
        boolean began(Term term);

        boolean returned(Term term, @Nullable String failure);

        boolean cancelled(Term term, String why);

        boolean stopped(Term term);
    }

    /** @param deliver brings {@link #deliver} onto the loop, unless it fails, which may be for any reason */
    Report(Term term, Runnable deliver) {
        this.term = term;
        this.deliver = deliver;
    }

    @Override
    public void began() {
        began = true;
        deliver.run();
    }

    @Override
    public void returned(@Nullable Throwable why) {
        failure = why == null ? null : describe(why);
        returned = true;
        deliver.run();
    }

    /** Describes the failure, in general words if the JVM has no memory. */
    private static String describe(Throwable failure) {
        try {
            return Printable.text(Failures.text(failure));
        } catch (VirtualMachineError e) {
            return "it threw, and no memory was left to describe the failure";
        }
    }

    @Override
    public void cancelled(String why) {
        cancelled = why;
        deliver.run();
    }

    @Override
    public void stopped() {
        stopped = true;
        deliver.run();
    }

    private int reached() {
        return (began ? 1 : 0) + (returned ? 2 : 0) + (cancelled != null ? 4 : 0) + (stopped ? 8 : 0);
    }

    /** Whether a report has not reached the machine. */
    boolean isBehind() {
        return told.get() != reached();
    }

    /** Hands the reports that the machine has not received to it, in order; on the loop. */
    void deliver(Listener listener) {
        if (isNews(began, 1) && listener.began(term)) {
            told.addAndGet(1);
        }
        if (isNews(returned, 2) && listener.returned(term, failure)) {
            told.addAndGet(2);
        }
        String why = cancelled;
        if (why != null && isNews(true, 4) && listener.cancelled(term, why)) {
            told.addAndGet(4);
        }
        if (isNews(stopped, 8) && listener.stopped(term)) {
            told.addAndGet(8);
        }
    }

    private boolean isNews(boolean happened, int bit) {
        // In order: a later report waits for an earlier one that the machine has not received.
        int before = told.get();
        return happened && (before & bit) == 0 && ((reached() & ~before) & (bit - 1)) == 0;
    }
}
