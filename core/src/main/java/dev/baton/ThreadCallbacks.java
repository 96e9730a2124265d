package dev.baton;

import dev.baton.driver.LiveTerm;
import dev.baton.driver.TermCallbacks;
import dev.baton.event.EndReason;
import dev.baton.machine.Term;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Runs the callbacks of one election on an executor: those of its terms one after another, changes of leader concurrently
 * with them, so that work inside onStartedLeading does not delay those.
 */
final class ThreadCallbacks implements TermCallbacks {
    private final String election;
    private final StartedLeading started;
    private final @Nullable StoppedLeading stopped;
    private final @Nullable Consumer<Optional<Holder>> leaderChange;
    private final BackendRuntime runtime;
    private final Duration patience;
    private final Logger log;
    private final CallbackThreads threads;
    private final SerialExecutor news;
    private final Consumer<Term> stepDown;
    private volatile @Nullable TermRun current;
    private volatile boolean over;

    /**
     * @param supplied the user's executor, or null for the backend's threads
     * @param patience how long an executor may take to begin onStoppedLeading before one of the backend's threads runs it
     */
    ThreadCallbacks(
            String election,
            StartedLeading started,
            @Nullable StoppedLeading stopped,
            @Nullable Consumer<Optional<Holder>> leaderChange,
            BackendRuntime runtime,
            @Nullable Executor supplied,
            Duration patience,
            Consumer<Term> stepDown) {
        this.election = election;
        this.started = started;
        this.stopped = stopped;
        this.leaderChange = leaderChange;
        this.runtime = runtime;
        this.patience = patience;
        this.log = runtime.logger(LeaderElection.class);
        this.threads = new CallbackThreads(
                new BuildersContext(runtime.callbacks()),
                supplied == null ? null : new BuildersContext(supplied),
                e -> log.error("{}: submitting a callback failed", election, e));
        this.news = new SerialExecutor(
                task -> threads.submit(
                        task, e -> log.warn("{}: the executor rejected a change of leader", election, e)),
                e -> log.error("{}: a listener failed", election, e));
        this.stepDown = stepDown;
    }

    @Override
    public void start(LiveTerm term, WorkReport report) {
        TermRun run = current;
        if (run == null || !run.isOf(term)) {
            Leadership leadership = new Leadership(term, () -> stepDown.accept(term.term()));
            run = new TermRun(this, term, leadership, report);
            current = run;
        }
        run.start();
    }

    @Override
    public void interrupt(LiveTerm term) {
        run(term).interrupt();
    }

    @Override
    public void stop(LiveTerm term, EndReason reason, WorkReport report) {
        run(term).stop(reason);
    }

    @Override
    public void draining(LiveTerm term, EndReason reason) {
        run(term).draining(reason);
    }

    @Override
    public void ended(LiveTerm term, EndReason reason) {
        run(term).ended(reason);
    }

    @Override
    public void leaderChanged(@Nullable Holder holder) {
        Consumer<Optional<Holder>> listener = leaderChange;
        if (listener == null) {
            return;
        }
        try {
            news.execute(() -> {
                if (!over) {
                    listener.accept(Optional.ofNullable(holder));
                }
            });
        } catch (RejectedExecutionException e) {
            log.warn(
                    "{}: a change of leader could not be submitted to onLeaderChange: {}",
                    election,
                    holder == null ? "a vacancy" : holder,
                    e);
        }
    }

    /** Drops the changes of leader that still wait: the election has stopped. */
    void over() {
        over = true;
    }

    @Override
    public boolean watch(Moment now) {
        TermRun run = current;
        return run != null && run.watch(now);
    }

    /** The newest term. */
    Optional<Leadership> leadership() {
        return Optional.ofNullable(current).map(TermRun::leadership);
    }

    /** A permit of the term under way, if it accepts work. */
    Optional<Permit> permit(@Nullable Thread interruptible) {
        return Optional.ofNullable(current).flatMap(run -> run.permit(interruptible));
    }

    /** Takes a callback that called {@code System.exit} as returned, since it never returns. */
    void settleExiting() {
        TermRun run = current;
        if (run != null) {
            run.settleExiting();
        }
    }

    /** Whether the calling thread is running a callback of this election, or work under a permit of its term. */
    boolean isCallbackThread() {
        TermRun run = current;
        return news.isCurrent() || (run != null && run.isCurrent());
    }

    String election() {
        return election;
    }

    StartedLeading started() {
        return started;
    }

    @Nullable StoppedLeading stopped() {
        return stopped;
    }

    CallbackThreads threads() {
        return threads;
    }

    Logger log() {
        return log;
    }

    /** Logs how a callback ended; called last, since it may fail for want of memory. */
    void logOutcome(String callback, boolean interrupted, @Nullable Throwable failure) {
        if (interrupted) {
            log.debug("{}: {} left its thread interrupted", election, callback);
        }
        if (failure != null) {
            log.error("{}: {} failed", election, callback, failure);
        }
    }

    /** Whether the loop has ended, or is about to. */
    boolean isClosed() {
        return runtime.isClosed();
    }

    /** The moment by which the executor has to begin a callback that is submitted now. */
    Moment latestBegin() {
        return runtime.timekeeper().now().plus(patience);
    }

    private TermRun run(LiveTerm term) {
        TermRun run = current;
        if (run == null || !run.isOf(term)) {
            throw new IllegalStateException("no work of " + term.term() + " has begun");
        }
        return run;
    }
}
