package dev.baton;

import dev.baton.driver.LiveTerm;
import dev.baton.driver.TermCallbacks;
import dev.baton.event.EndReason;
import dev.baton.spi.Holder;
import dev.baton.spi.Printable;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the callbacks of one election on an executor: those of its terms one after another, news of other leaders beside
 * them, so that a leader that works inside onStartedLeading delays nobody.
 */
final class ThreadCallbacks implements TermCallbacks {
    private static final Logger log = LoggerFactory.getLogger(LeaderElection.class);

    private final String election;
    private final StartedLeading started;
    private final @Nullable StoppedLeading stopped;
    private final @Nullable Consumer<Holder> newLeader;
    private final Executor executor;
    private final SerialExecutor terms;
    private final SerialExecutor news;
    private final boolean ownThreads;
    private final Runnable stepDown;
    private volatile @Nullable Run current;

    ThreadCallbacks(
            String election,
            StartedLeading started,
            @Nullable StoppedLeading stopped,
            @Nullable Consumer<Holder> newLeader,
            Executor executor,
            boolean ownThreads,
            Runnable stepDown) {
        this.election = election;
        this.started = started;
        this.stopped = stopped;
        this.newLeader = newLeader;
        this.executor = executor;
        this.terms = new SerialExecutor(executor);
        this.news = new SerialExecutor(executor);
        this.ownThreads = ownThreads;
        this.stepDown = stepDown;
    }

    @Override
    public void start(LiveTerm term, WorkReport report) {
        Run run = new Run(new Leadership(term, stepDown), report);
        current = run;
        try {
            terms.execute(run::run);
        } catch (RuntimeException e) {
            log.error("{}: the executor rejected onStartedLeading; the term is given up", election, e);
            run.cancel("the executor rejected onStartedLeading");
        }
    }

    @Override
    public void interrupt(LiveTerm term) {
        run().interrupt();
    }

    @Override
    public void stop(LiveTerm term, EndReason reason, WorkReport report) {
        Run run = run();
        StoppedLeading last = stopped;
        if (last == null) {
            report.stopped();
            return;
        }
        try {
            // A thread inside System.exit never leaves its lane.
            (run.exited ? executor : terms).execute(() -> run.stop(last, reason, report));
        } catch (RuntimeException e) {
            log.error("{}: the executor rejected onStoppedLeading, which did not run", election, e);
            report.stopped();
        }
    }

    @Override
    public void draining(LiveTerm term, EndReason reason) {
        Leadership leadership = run().leadership;
        tell(() -> leadership.drainingFuture().complete(reason));
    }

    @Override
    public void ended(LiveTerm term, EndReason reason) {
        Leadership leadership = run().leadership;
        tell(() -> {
            leadership.drainingFuture().complete(reason);
            leadership.endedFuture().complete(reason);
        });
    }

    @Override
    public void leaderChanged(@Nullable Holder holder) {
        Consumer<Holder> listener = newLeader;
        if (listener != null && holder != null) {
            tell(() -> listener.accept(holder));
        }
    }

    /** The newest term. */
    Optional<Leadership> leadership() {
        return Optional.ofNullable(current).map(run -> run.leadership);
    }

    /** A callback that called {@code System.exit} never returns; take it as returned. */
    void settleExiting() {
        Run run = current;
        if (run != null) {
            run.settleExiting();
        }
    }

    /** Whether the calling thread is running a callback of a term of this election. */
    boolean isCallbackThread() {
        Run run = current;
        return terms.isCurrent() || news.isCurrent() || (run != null && run.isCurrent());
    }

    private Run run() {
        Run run = current;
        if (run == null) {
            throw new IllegalStateException("no term has begun");
        }
        return run;
    }

    private void tell(Runnable task) {
        try {
            news.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    log.error("{}: a listener failed", election, Printable.failure(e));
                }
            });
        } catch (RuntimeException e) {
            log.warn("{}: the executor rejected news of the leader", election, e);
        }
    }

    /** One onStartedLeading. */
    private final class Run {
        private final Leadership leadership;
        private final WorkReport report;
        private final Object lock = new Object();
        private boolean begun;
        private boolean settled;
        private volatile boolean exited;
        private @Nullable Thread thread;
        private @Nullable Thread stopThread;
        private @Nullable WorkReport stopping;

        Run(Leadership leadership, WorkReport report) {
            this.leadership = leadership;
            this.report = report;
        }

        void run() {
            synchronized (lock) {
                if (settled) {
                    return;
                }
                begun = true;
                thread = Thread.currentThread();
            }
            report.began();
            Throwable failure = null;
            try {
                started.lead(leadership);
            } catch (InterruptedException e) {
                failure = leadership.acceptsWork() ? e : null;
            } catch (Exception | Error e) {
                failure = e;
                log.error("{}: onStartedLeading failed", election, Printable.failure(e));
            }
            boolean first;
            synchronized (lock) {
                thread = null;
                first = !settled;
                settled = true;
                clearInterrupt("onStartedLeading");
            }
            if (first) {
                report.returned(failure);
            }
        }

        void stop(StoppedLeading last, EndReason reason, WorkReport stopReport) {
            synchronized (lock) {
                stopThread = Thread.currentThread();
                stopping = stopReport;
            }
            try {
                last.stopped(leadership, reason);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception | Error e) {
                log.error("{}: onStoppedLeading failed", election, Printable.failure(e));
            }
            boolean first;
            synchronized (lock) {
                stopThread = null;
                first = stopping != null;
                stopping = null;
                clearInterrupt("onStoppedLeading");
            }
            if (first) {
                stopReport.stopped();
            }
        }

        private void clearInterrupt(String callback) {
            if (ownThreads && Thread.interrupted()) {
                log.debug("{}: {} left its thread interrupted", election, callback);
            }
        }

        void interrupt() {
            synchronized (lock) {
                if (begun) {
                    if (ownThreads && thread != null) {
                        thread.interrupt();
                    }
                    return;
                }
            }
            cancel("the term ended before onStartedLeading began");
        }

        void cancel(String why) {
            synchronized (lock) {
                if (begun || settled) {
                    return;
                }
                settled = true;
            }
            report.cancelled(why);
        }

        void settleExiting() {
            boolean start;
            WorkReport stop;
            synchronized (lock) {
                start = !settled && isExiting(thread);
                settled |= start;
                exited |= start;
                stop = isExiting(stopThread) ? stopping : null;
                stopping = stop == null ? stopping : null;
            }
            if (start) {
                log.info("{}: onStartedLeading called System.exit and is taken as returned", election);
                report.returned(null);
            }
            if (stop != null) {
                log.info("{}: onStoppedLeading called System.exit and is taken as returned", election);
                stop.stopped();
            }
        }

        boolean isCurrent() {
            synchronized (lock) {
                return thread == Thread.currentThread() || stopThread == Thread.currentThread();
            }
        }
    }

    private static boolean isExiting(@Nullable Thread thread) {
        return thread != null
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
    }
}
