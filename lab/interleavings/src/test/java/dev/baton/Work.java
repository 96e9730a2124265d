package dev.baton;

import dev.baton.driver.LiveTerm;
import dev.baton.driver.TermCallbacks.WorkReport;
import dev.baton.driver.Terms;
import dev.baton.interleaving.Callbacks;
import dev.baton.interleaving.Holds;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The work of a term without an election: what was reported of it, and who works under a permit of it. */
final class Work implements WorkReport {
    final AtomicInteger began = new AtomicInteger();
    final AtomicInteger returned = new AtomicInteger();
    final AtomicInteger cancelled = new AtomicInteger();
    final AtomicInteger stopping = new AtomicInteger();
    final AtomicInteger stopped = new AtomicInteger();
    final Callbacks callbacks = new Callbacks();
    final LiveTerm term = Terms.until(10, callbacks.timekeeper(), expired -> Holds.that(false, "time stands still"));
    final TermRun run;

    Work() {
        ThreadCallbacks owner = new ThreadCallbacks(
                "orders/reconciler",
                leadership -> {},
                (leadership, why) -> stopping.incrementAndGet(),
                null,
                callbacks,
                null,
                Duration.ofSeconds(2),
                ended -> {});
        run = new TermRun(owner, term, new Leadership(term, () -> {}), this);
        run.start();
    }

    /** Works under a permit, if there is one, and answers whether there was. */
    boolean underAPermit(Worker worker) {
        Permit permit = run.permit(worker).orElse(null);
        if (permit == null) {
            return false;
        }
        worker.works = true;
        Holds.that(stopping.get() + stopped.get() + cancelled.get() == 0, "told of the end under a permit");
        worker.works = false;
        permit.close();
        worker.finished = true;
        permit.close();
        return true;
    }

    /** Interrupts what works, and nothing else. */
    void interrupt(Worker one, Worker other) {
        boolean first = one.works;
        boolean second = other.works;
        run.interrupt();
        Holds.that(!first || !one.works || one.interrupted, "works on and was not interrupted");
        Holds.that(!second || !other.works || other.interrupted, "works on and was not interrupted");
    }

    /** Runs the callbacks that are left. */
    void runCallbacks() {
        boolean more = true;
        while (more) {
            more = callbacks.runNext();
        }
    }

    @Override
    public void began() {
        began.incrementAndGet();
    }

    @Override
    public void returned(@Nullable Throwable failure) {
        returned.incrementAndGet();
    }

    @Override
    public void cancelled(String why) {
        cancelled.incrementAndGet();
    }

    @Override
    public void stopped() {
        stopped.incrementAndGet();
    }

    /** A thread that can be interrupted, and need not run for that. */
    static final class Worker extends Thread {
        private volatile boolean works;
        private volatile boolean finished;
        private volatile boolean interrupted;

        @Override
        public void interrupt() {
            Holds.that(!finished, "interrupted after it had finished");
            interrupted = true;
        }

        @Override
        public boolean isInterrupted() {
            return interrupted;
        }
    }
}
