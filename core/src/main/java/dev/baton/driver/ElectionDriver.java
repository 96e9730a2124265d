package dev.baton.driver;

import dev.baton.event.EventSink;
import dev.baton.machine.CandidateConfig;
import dev.baton.machine.Effect;
import dev.baton.machine.ElectionMachine;
import dev.baton.machine.Term;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendRuntime.OpenElection;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Connects one machine to its timer, its backend and its callbacks. It makes no decision but one: the outcome of a call
 * without an answer in time is unknown. It runs on the loop of the backend's runtime, so it needs no lock; only
 * {@link #watch} and {@link #abandon} run on other threads.
 */
public final class ElectionDriver {
    /** How many times a retryPeriod the watchdog calls {@link #watch} at least. */
    private static final int LOOKS = 4;

    private final CandidateConfig config;
    private final LockBackend backend;
    private final BackendRuntime runtime;
    private final Timekeeper time;
    private final TermCallbacks callbacks;
    private final EventSink events;
    private final ElectionMachine machine;
    private final MachineLoop loop;
    private final WakeTimer timer;
    private final BackendCalls calls;
    private final CurrentTerm term;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private @Nullable Observing observing;
    private volatile Status status;

    /**
     * The state of a driver, for any thread.
     *
     * @param where the state's name
     * @param term the newest term, ended or not, or null before the first
     * @param holder the leader last seen, or null
     * @param trouble what keeps the candidate from doing its part, or null
     * @param watched whether the watch is live
     * @param paused whether it was paused or withdrawn
     * @param owed the claim that is owed to the store, or null
     * @param idleSince since when a term has waited for its work to begin, or null when none does
     * @param wakesAt when it has something to do next, or null
     */
    public record Status(
            String where,
            @Nullable LiveTerm term,
            @Nullable Holder holder,
            @Nullable String trouble,
            boolean watched,
            boolean paused,
            @Nullable Claim owed,
            @Nullable Moment idleSince,
            @Nullable Moment wakesAt) {}

    /**
     * A driver that has not begun; nothing is sent before {@link #start()}.
     *
     * @param events receives events on the loop; it calls user code through {@link BackendRuntime#tell}
     */
    public ElectionDriver(CandidateConfig config, LockBackend backend, TermCallbacks callbacks, EventSink events) {
        this.config = config;
        this.backend = backend;
        this.runtime = backend.runtime();
        this.time = runtime.timekeeper();
        this.callbacks = callbacks;
        this.events = events;
        this.machine = new ElectionMachine(config, time.now(), time.random());
        Logger log = runtime.logger(ElectionDriver.class);
        this.loop = new MachineLoop(config.election(), machine, time, log, this::carryOut, this::afterwards);
        this.timer = new WakeTimer(time, () -> loop.handle(ElectionMachine::tick));
        this.calls = new BackendCalls(backend, config.timing().retryPeriod(), machine, loop, log);
        this.term = new CurrentTerm(config.election(), callbacks, time, loop, log);
        this.status = snapshot();
    }

    // -- what the user asks for, on any thread --------------------------------------------------------------------

    /** Begins to observe and to contend. */
    public void start() {
        time.execute(() -> {
            // On the loop, so that every observation comes after the start.
            observing = Observing.open(backend, config.election(), config.timing(), new Watcher());
            loop.handle(ElectionMachine::start);
        });
    }

    /** Hands the term over, if there is one. */
    public void stepDown() {
        loop.post(ElectionMachine::stepDown);
    }

    /** Hands this term over, if it is still the one under way. */
    public void stepDown(Term term) {
        loop.post((machine, now) -> machine.stepDown(term, now));
    }

    /** Begins no new term. */
    public void pause() {
        loop.post(ElectionMachine::pause);
    }

    /** Hands the term over, if there is one, and leaves the contest. */
    public void withdraw() {
        loop.post(ElectionMachine::withdraw);
    }

    /** Contends again. */
    public void resume() {
        loop.post(ElectionMachine::resume);
    }

    /** Hands the term over, if there is one, and stops; a claim that is owed is withdrawn all the same. */
    public void close() {
        loop.post(ElectionMachine::close);
    }

    /**
     * Ends the term, if there is one, before this returns, whatever its work and the loop are doing: the connection is
     * about to be closed, and another candidate may lead right after.
     */
    public void abandon() {
        term.abandon();
        loop.post(ElectionMachine::abandon);
    }

    /** Completes when the driver is closed, owes nothing and runs nothing; on the loop. */
    public CompletionStage<Void> stopped() {
        return stopped;
    }

    /** The status after the newest event. */
    public Status status() {
        return status;
    }

    // -- off the loop ---------------------------------------------------------------------------------------------

    /**
     * Watches over the election on another thread than the loop: ends an expired term and interrupts its work even if the
     * loop stands still, and repeats steps that failed for want of memory.
     *
     * @return how soon to look again; once the runtime has closed, {@link OpenElection#SETTLED} when no callback or stage
     *     is due
     */
    public Duration watch() {
        Moment now = time.now();
        long left = term.watch();
        boolean owes = callbacks.watch(now);
        if (runtime.isClosed()) {
            return owes ? Duration.ZERO : OpenElection.SETTLED;
        }
        long pace = config.timing().retryPeriod().toNanos() / LOOKS;
        Moment wake = timer.wakesAt();
        boolean late = wake != null && !now.isBefore(wake.plusNanos(pace));
        if (late || loop.isUnfinished() || term.isBehind()) {
            time.execute(this::lookAgain);
        }
        return Duration.ofNanos(left == 0 ? pace : Math.min(left, pace));
    }

    private void lookAgain() {
        term.deliver();
        loop.handle(ElectionMachine::tick);
    }

    // -- the loop -------------------------------------------------------------------------------------------------

    private void carryOut(Effect effect) {
        if (effect instanceof Effect.Call call) {
            calls.send(call);
        } else if (effect instanceof Effect.Tell tell) {
            events.accept(tell.event());
        } else if (effect instanceof Effect.LeaderChanged changed) {
            callbacks.leaderChanged(changed.holder());
        } else {
            term.carryOut(effect);
        }
    }

    /** After each event. */
    private void afterwards() {
        calls.giveUpWhatIsOverdue();
        timer.set(machine.wake(), calls.limit());
        status = snapshot();
        if (machine.isStopped() && !stopped.isDone()) {
            finish();
        }
    }

    private Status snapshot() {
        return new Status(
                machine.where(),
                term.live(),
                machine.holder(),
                machine.trouble(),
                machine.isWatched(),
                machine.isPaused(),
                machine.owed(),
                machine.idleSince(),
                timer.wakesAt());
    }

    private void finish() {
        if (observing != null) {
            observing.close();
        }
        stopped.complete(null);
    }

    /** Brings the backend's observations onto the loop. */
    private final class Watcher implements ElectionWatcher {
        @Override
        public void watching(boolean isLive) {
            loop.post((machine, now) -> machine.watching(isLive, now));
        }

        @Override
        public void held(Holder holder, Chance chance) {
            loop.post((machine, now) -> machine.held(holder, chance, now));
        }

        @Override
        public void vacant() {
            loop.post(ElectionMachine::vacant);
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            loop.post((machine, now) -> machine.yourTurn(claim, granted, now));
        }

        @Override
        public void lost(Claim claim, String how) {
            loop.post((machine, now) -> machine.lost(claim, Printable.text(how), now));
        }
    }
}
