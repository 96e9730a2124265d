package dev.baton.driver;

import dev.baton.event.EndReason;
import dev.baton.event.EventSink;
import dev.baton.machine.CandidateConfig;
import dev.baton.machine.Effect;
import dev.baton.machine.ElectionMachine;
import dev.baton.machine.Term;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendRuntime.Priority;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import dev.baton.spi.Linkage;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one machine's effects out: the only place where decisions meet timers, the backend and the callbacks. It holds
 * no rule of its own. Everything it does happens on the loop of the backend's runtime, so it needs no lock.
 */
public final class ElectionDriver {
    private static final Logger log = LoggerFactory.getLogger(ElectionDriver.class);

    private final CandidateConfig config;
    private final LockBackend backend;
    private final BackendRuntime runtime;
    private final Timekeeper time;
    private final TermCallbacks callbacks;
    private final EventSink events;
    private final ElectionMachine machine;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private Timekeeper.@Nullable Timer timer;
    private @Nullable Moment timerAt;
    private @Nullable Observing observing;
    private volatile @Nullable LiveTerm live;
    private volatile Status status;

    /**
     * What can be asked of a driver from any thread.
     *
     * @param where the state's name
     * @param term the newest term, ended or not, or null before the first
     * @param holder who was last seen to lead, or null
     * @param trouble what keeps the candidate from doing its part, or null
     * @param watched whether changes in the store are heard as they happen
     * @param paused whether it was paused or withdrawn
     * @param owed the claim the store has still to forget, or null
     */
    public record Status(
            String where,
            @Nullable LiveTerm term,
            @Nullable Holder holder,
            @Nullable String trouble,
            boolean watched,
            boolean paused,
            @Nullable Claim owed) {}

    /** A driver that has not begun; nothing is sent before {@link #start()}. */
    public ElectionDriver(CandidateConfig config, LockBackend backend, TermCallbacks callbacks, EventSink events) {
        this.config = config;
        this.backend = backend;
        this.runtime = backend.runtime();
        this.time = runtime.timekeeper();
        this.callbacks = callbacks;
        this.events = events;
        this.machine = new ElectionMachine(config, time.now(), time.random());
        this.status = snapshot();
    }

    // -- what the user asks for, on any thread --------------------------------------------------------------------

    /** Begins to observe and to contend. */
    public void start() {
        time.execute(() -> {
            // On the loop, so that whatever is seen comes after the start.
            observing = Observing.open(backend, config.election(), config.timing(), new Watcher());
            handle(ElectionMachine::start);
        });
    }

    /** Hands the term over, if there is one. */
    public void stepDown() {
        post(ElectionMachine::stepDown);
    }

    /** Begins no new term. */
    public void pause() {
        post(ElectionMachine::pause);
    }

    /** Hands the term over, if there is one, and leaves the contest. */
    public void withdraw() {
        post(ElectionMachine::withdraw);
    }

    /** Contends again. */
    public void resume() {
        post(ElectionMachine::resume);
    }

    /** Hands the term over, if there is one, and stops; what is owed is pursued all the same. */
    public void close() {
        post(ElectionMachine::close);
    }

    /**
     * Ends the term, if there is one, before this returns, whatever its work is doing: the connection is about to be
     * closed, and another may lead right after.
     */
    public void abandon() {
        LiveTerm term = live;
        if (term != null) {
            term.end(EndReason.DRAIN_TIMED_OUT);
        }
        post(ElectionMachine::abandon);
    }

    /** Completes when the driver is closed, owes nothing and runs nothing; on the loop. */
    public CompletionStage<Void> stopped() {
        return stopped;
    }

    /** How things stand. */
    public Status status() {
        return status;
    }

    // -- the loop -------------------------------------------------------------------------------------------------

    private void post(BiFunction<ElectionMachine, Moment, List<Effect>> event) {
        time.execute(() -> handle(event));
    }

    private void handle(BiFunction<ElectionMachine, Moment, List<Effect>> event) {
        try {
            carryOut(event.apply(machine, time.now()));
        } finally {
            // Whatever failed, the term still has to be renewed and to expire.
            reschedule();
            status = snapshot();
            if (machine.isStopped() && !stopped.isDone()) {
                finish();
            }
        }
    }

    private void reschedule() {
        Moment wake = machine.wake();
        if (timer != null && wake != null && wake.equals(timerAt)) {
            return;
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        timerAt = wake;
        if (wake != null) {
            long delay = Math.max(0, wake.nanosSince(time.now()));
            timer = time.schedule(Duration.ofNanos(delay), this::wake);
        }
    }

    private void wake() {
        timer = null;
        handle(ElectionMachine::tick);
    }

    private Status snapshot() {
        return new Status(
                machine.where(),
                live,
                machine.holder(),
                machine.trouble(),
                machine.isWatched(),
                machine.isPaused(),
                machine.owed());
    }

    private void finish() {
        if (observing != null) {
            observing.close();
        }
        stopped.complete(null);
    }

    // -- effects --------------------------------------------------------------------------------------------------

    private void carryOut(List<Effect> effects) {
        for (Effect effect : effects) {
            try {
                carryOut(effect);
            } catch (RuntimeException | Error e) {
                // One effect that fails must not take the others with it, least of all the end of a term.
                log.error("{}: carrying out {} failed", config.election(), effect, Printable.failure(e));
            }
        }
    }

    private void carryOut(Effect effect) {
        if (effect instanceof Effect.Call call) {
            send(call);
        } else if (effect instanceof Effect.Tell tell) {
            events.accept(tell.event());
        } else if (effect instanceof Effect.LeaderChanged changed) {
            callbacks.leaderChanged(changed.holder());
        } else {
            carryOutTerm(effect);
        }
    }

    private void carryOutTerm(Effect effect) {
        if (effect instanceof Effect.BeginTerm begin) {
            LiveTerm term = new LiveTerm(begin.term(), begin.validity(), time, this::expired);
            live = term;
            callbacks.start(term, new Report(begin.term()));
            return;
        }
        LiveTerm term = live;
        if (term == null) {
            throw new IllegalStateException(effect + " without a term");
        }
        if (effect instanceof Effect.ExtendTerm extend) {
            if (!term.extend(extend.validity().until())) {
                expired(extend.term());
            }
        } else if (effect instanceof Effect.DrainTerm drain) {
            term.drain();
            callbacks.draining(term, drain.reason());
        } else if (effect instanceof Effect.EndTerm end) {
            term.end(end.reason());
            callbacks.ended(term, end.reason());
        } else if (effect instanceof Effect.InterruptWork) {
            callbacks.interrupt(term);
        } else if (effect instanceof Effect.StopWork stop) {
            callbacks.stop(term, stop.reason(), new Report(stop.term()));
        }
    }

    private void expired(Term term) {
        post((machine, now) -> machine.expired(term, now));
    }

    private void send(Effect.Call effect) {
        long call = effect.call();
        Claim claim = effect.claim();
        Moment deadline = effect.deadline();
        if (effect instanceof Effect.Acquire) {
            ask(call, runtime.send(Priority.ACQUIRE, deadline, () -> backend.acquire(claim, deadline)));
        } else if (effect instanceof Effect.Renew) {
            ask(call, runtime.send(Priority.RENEW, deadline, () -> backend.renew(claim, deadline)));
        } else {
            runtime.send(Priority.RENEW, deadline, () -> backend.withdraw(claim, deadline))
                    .whenComplete((done, failure) -> post((machine, now) -> failure == null
                            ? machine.confirmed(call, now)
                            : machine.failed(call, describe(failure), now)));
        }
    }

    private void ask(long call, CompletionStage<Answer> stage) {
        stage.whenComplete((@Nullable Answer answer, @Nullable Throwable failure) -> post((machine, now) ->
                answer != null ? machine.answered(call, answer, now) : machine.failed(call, describe(failure), now)));
    }

    private static String describe(@Nullable Throwable failure) {
        if (failure == null) {
            return "the backend answered null, which is a defect in it";
        }
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        if (cause instanceof BackendException && message != null) {
            return message;
        }
        log.debug("a backend call failed", Printable.failure(cause));
        return Printable.text(Linkage.describe(cause));
    }

    /** What the backend notices, brought onto the loop. */
    private final class Watcher implements ElectionWatcher {
        @Override
        public void watching(boolean isLive) {
            post((machine, now) -> machine.watching(isLive, now));
        }

        @Override
        public void held(Holder holder, Duration chanceIn) {
            post((machine, now) -> machine.held(holder, chanceIn, now));
        }

        @Override
        public void vacant() {
            post(ElectionMachine::vacant);
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            post((machine, now) -> machine.yourTurn(claim, granted, now));
        }

        @Override
        public void lost(Claim claim, String how) {
            post((machine, now) -> machine.lost(claim, Printable.text(how), now));
        }
    }

    /** What the callbacks report, brought onto the loop. */
    private final class Report implements TermCallbacks.WorkReport {
        private final Term term;

        Report(Term term) {
            this.term = term;
        }

        @Override
        public void began() {
            post((machine, now) -> machine.workBegan(term, now));
        }

        @Override
        public void returned(@Nullable Throwable failure) {
            String why = failure == null ? null : Printable.text(failure.toString());
            post((machine, now) -> machine.workReturned(term, why, now));
        }

        @Override
        public void cancelled(String why) {
            post((machine, now) -> machine.workCancelled(term, why, now));
        }

        @Override
        public void stopped() {
            post((machine, now) -> machine.workStopped(term, now));
        }
    }
}
