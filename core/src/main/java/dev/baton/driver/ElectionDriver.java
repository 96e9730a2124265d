package dev.baton.driver;

import dev.baton.event.EndReason;
import dev.baton.event.EventSink;
import dev.baton.internal.Linkage;
import dev.baton.machine.CandidateConfig;
import dev.baton.machine.Effect;
import dev.baton.machine.ElectionMachine;
import dev.baton.machine.Term;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendRuntime.OpenElection;
import dev.baton.spi.BackendRuntime.Priority;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Carries one machine's effects out: the only place where decisions meet timers, the backend and the callbacks. It holds
 * no rule of its own, but has the last word on time: a call that is not answered is taken as unknown. What it does happens
 * on the loop of the backend's runtime, so it needs no lock; {@link #watch} alone looks after it from elsewhere.
 */
public final class ElectionDriver {
    /** A look off the loop comes so many times a retryPeriod. */
    private static final int LOOKS = 4;

    /** An effect that fails for want of memory is tried again, but not without end if it is its own doing. */
    private static final int MOST_TRIES = 1_000;

    private final CandidateConfig config;
    private final LockBackend backend;
    private final BackendRuntime runtime;
    private final Timekeeper time;
    private final TermCallbacks callbacks;
    private final EventSink events;
    private final ElectionMachine machine;
    private final Logger log;
    private final Strays strays;
    private final Told told = new Told();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private Timekeeper.@Nullable Timer timer;
    private @Nullable Moment timerAt;
    private @Nullable Observing observing;
    private volatile @Nullable LiveTerm live;
    private volatile @Nullable LiveTerm over;
    private volatile @Nullable Report report;
    private volatile Status status;

    /** The one call that the machine waits for, and until when this driver does. */
    private volatile Effect.@Nullable Call inFlight;

    private @Nullable Moment givenUpAt;
    private long givingUp;

    /** What the machine decided and what could not be carried out yet, from {@link #carried} on. */
    private List<Effect> due = List.of();

    private int carried;
    private int tries;
    private volatile @Nullable Moment wakesAt;
    private volatile boolean unfinished;

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
     * @param events hears what happened, on the loop; it hands on to code of others through {@link BackendRuntime#tell}
     */
    public ElectionDriver(CandidateConfig config, LockBackend backend, TermCallbacks callbacks, EventSink events) {
        this.config = config;
        this.backend = backend;
        this.runtime = backend.runtime();
        this.time = runtime.timekeeper();
        this.callbacks = callbacks;
        this.events = events;
        this.log = runtime.logger(ElectionDriver.class);
        this.strays = new Strays(backend, log);
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

    /** Hands this term over, if it is still the one under way. */
    public void stepDown(Term term) {
        post((machine, now) -> machine.stepDown(term, now));
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
     * Ends the term, if there is one, before this returns, whatever its work and the loop are doing: the connection is about
     * to be closed, and another may lead right after.
     */
    public void abandon() {
        LiveTerm term = live;
        if (term != null) {
            term.abandon();
            tellOfTheEnd(term);
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

    // -- off the loop ---------------------------------------------------------------------------------------------

    /**
     * Looks after the election from another thread than the loop: a term that has expired is ended and its work
     * interrupted, though the loop stands still; what was lost for want of memory is begun again.
     *
     * @return how soon to look again; once the runtime has closed, {@link OpenElection#SETTLED} when all has been told
     */
    public Duration watch() {
        Moment now = time.now();
        LiveTerm term = live;
        long left = Long.MAX_VALUE;
        if (term != null && term != over) {
            left = term.remainingNanos();
            if (left == 0) {
                // Whatever the loop has told: it may come to a stand between the end of the term and that of its work.
                tellOfTheEnd(term);
                over = term;
            }
        }
        boolean owes = callbacks.watch(now);
        if (runtime.isClosed()) {
            return owes ? Duration.ZERO : OpenElection.SETTLED;
        }
        long pace = config.timing().retryPeriod().toNanos() / LOOKS;
        Moment wake = wakesAt;
        Report last = report;
        boolean late = wake != null && !now.isBefore(wake.plusNanos(pace));
        if (late || unfinished || (last != null && last.isBehind())) {
            time.execute(this::lookAgain);
        }
        return Duration.ofNanos(left == 0 ? pace : Math.min(left, pace));
    }

    private void tellOfTheEnd(LiveTerm term) {
        try {
            callbacks.interrupt(term);
            callbacks.ended(term, Objects.requireNonNullElse(term.reason(), EndReason.EXPIRED));
        } catch (IllegalStateException e) {
            log.debug("{}: the term ended before its work was begun", config.election(), e);
        }
    }

    // -- the loop -------------------------------------------------------------------------------------------------

    private void post(BiFunction<ElectionMachine, Moment, List<Effect>> event) {
        time.execute(() -> handle(event));
    }

    private void lookAgain() {
        deliver();
        handle(ElectionMachine::tick);
    }

    private void deliver() {
        Report last = report;
        if (last != null) {
            last.deliver(told);
        }
    }

    /** Throws nothing; answers whether the machine took the event, which it did not if the JVM had no memory for it. */
    private boolean handle(BiFunction<ElectionMachine, Moment, List<Effect>> event) {
        boolean taken = false;
        try {
            List<Effect> effects = event.apply(machine, time.now());
            taken = true;
            add(effects);
            carryOut();
        } catch (Throwable e) {
            note(e);
        }
        try {
            // Whatever failed, the term still has to be renewed and to expire.
            giveUpWhatIsOverdue();
            reschedule();
            status = snapshot();
            if (machine.isStopped() && !stopped.isDone()) {
                finish();
            }
        } catch (Throwable e) {
            note(e);
        }
        return taken;
    }

    /** The next look off the loop brings what was left undone. */
    private void note(Throwable failure) {
        unfinished = true;
        try {
            log.error("{}: a step failed, and is made again", config.election(), failure);
        } catch (VirtualMachineError e) {
            // No memory to say so; what matters is that it is made again.
            unfinished = true;
        }
    }

    /** To others' threads nothing is thrown, not even for want of the memory to say so. */
    private void say(String what, Throwable failure) {
        try {
            log.debug("{}: {}", config.election(), what, failure);
        } catch (VirtualMachineError e) {
            unfinished = true;
        }
    }

    private void add(List<Effect> effects) {
        if (carried >= due.size()) {
            due = effects;
            carried = 0;
            tries = 0;
        } else {
            due.addAll(effects);
        }
    }

    private void giveUpWhatIsOverdue() {
        Effect.Call call = inFlight;
        Moment limit = givenUpAt;
        if (call != null
                && limit != null
                && call.call() != givingUp
                && !time.now().isBefore(limit)) {
            // Once around the loop: an answer that is there already counts.
            time.execute(() -> giveUp(call));
            givingUp = call.call();
        }
    }

    private void giveUp(Effect.Call call) {
        try {
            if (call == inFlight) {
                String why = "the " + backend.kind() + " backend did not answer "
                        + call.getClass().getSimpleName().toLowerCase(Locale.ROOT)
                        + " by its deadline; what it did is unknown";
                settle(call, (machine, now) -> machine.failed(call.call(), why, now));
            }
        } catch (Throwable e) {
            givingUp = 0;
            note(e);
        }
    }

    /** The call's outcome, if the machine still waits for it. */
    private void settle(Effect.Call call, BiFunction<ElectionMachine, Moment, List<Effect>> outcome) {
        if (call == inFlight) {
            givingUp = 0;
            inFlight = null;
            if (!handle(outcome) && inFlight == null) {
                inFlight = call;
            }
        }
    }

    private void reschedule() {
        Moment wake = soonest(machine.wake(), inFlight == null || givingUp != 0 ? null : givenUpAt);
        wakesAt = wake;
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

    private static @Nullable Moment soonest(@Nullable Moment one, @Nullable Moment other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return other.isBefore(one) ? other : one;
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
                machine.owed(),
                machine.idleSince(),
                wakesAt);
    }

    private void finish() {
        if (observing != null) {
            observing.close();
        }
        stopped.complete(null);
    }

    // -- effects --------------------------------------------------------------------------------------------------

    /** Carries out what is due, in order; what fails for want of memory or stack stays due, and what follows it. */
    private void carryOut() {
        while (carried < due.size()) {
            Effect effect = due.get(carried);
            try {
                carryOut(effect);
            } catch (VirtualMachineError e) {
                if (++tries < MOST_TRIES) {
                    throw e;
                }
                log.error("{}: carrying out {} failed again and again", config.election(), effect, e);
            } catch (Throwable e) {
                // One effect that fails must not take the others with it, least of all the end of a term.
                log.error("{}: carrying out {} failed", config.election(), effect, e);
            }
            carried++;
        }
        unfinished = false;
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
            begin(begin);
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
            callbacks.stop(term, stop.reason(), Objects.requireNonNull(report));
        }
    }

    private void begin(Effect.BeginTerm begin) {
        LiveTerm term = live;
        Report last = report;
        if (term == null || last == null || !term.term().equals(begin.term())) {
            last = new Report(begin.term(), this::hear);
            term = new LiveTerm(begin.term(), begin.validity(), time, this::expired);
            report = last;
            live = term;
        }
        callbacks.start(term, last);
    }

    private void hear() {
        try {
            time.execute(this::deliver);
        } catch (Throwable e) {
            say("what the work reports is heard later", e);
        }
    }

    private void expired(Term term) {
        try {
            post((machine, now) -> machine.expired(term, now));
        } catch (Throwable e) {
            say("that the term is over is noticed later", e);
        }
    }

    private void send(Effect.Call effect) {
        Claim claim = effect.claim();
        Moment deadline = effect.deadline();
        inFlight = effect;
        givingUp = 0;
        givenUpAt = deadline.plus(config.timing().retryPeriod());
        if (effect instanceof Effect.Acquire) {
            ask(
                    effect,
                    runtime.send(
                            Priority.ACQUIRE, deadline, unlessGivenUp(effect, () -> backend.acquire(claim, deadline))));
        } else if (effect instanceof Effect.Renew) {
            ask(
                    effect,
                    runtime.send(
                            Priority.RENEW, deadline, unlessGivenUp(effect, () -> backend.renew(claim, deadline))));
        } else {
            runtime.send(Priority.RENEW, deadline, unlessGivenUp(effect, () -> backend.withdraw(claim, deadline)))
                    .whenComplete((done, failure) -> time.execute(() -> settle(
                            effect,
                            (machine, now) -> failure == null
                                    ? machine.confirmed(effect.call(), now)
                                    : machine.failed(effect.call(), describe(failure), now))));
        }
    }

    /** A call that waited in the queue until it was given up is not made: at most one is in flight for a claim (rule 1.2). */
    private <T> Supplier<CompletionStage<T>> unlessGivenUp(Effect.Call effect, Supplier<CompletionStage<T>> call) {
        return () -> effect == inFlight
                ? call.get()
                : CompletableFuture.failedFuture(new BackendException("given up before it was sent"));
    }

    private void ask(Effect.Call effect, CompletionStage<Answer> stage) {
        stage.whenComplete((@Nullable Answer answer, @Nullable Throwable failure) -> time.execute(() -> {
            if (effect != inFlight) {
                late(effect, answer);
                return;
            }
            settle(
                    effect,
                    (machine, now) -> answer != null
                            ? machine.answered(effect.call(), answer, now)
                            : machine.failed(effect.call(), describe(failure), now));
        }));
    }

    /** Nothing came of a grant that came after its call was given up, unless the claim is still of use (rule 3.2). */
    private void late(Effect.Call effect, @Nullable Answer answer) {
        if (answer instanceof Answer.Granted && !machine.isConcernedWith(effect.claim())) {
            strays.add(effect.claim());
        }
    }

    private String describe(@Nullable Throwable failure) {
        if (failure == null) {
            return "the backend answered null, which is a defect in it";
        }
        Throwable cause = BackendException.unwrapped(failure);
        if (cause instanceof BackendException known && known.getMessage() != null) {
            return known.getMessage();
        }
        log.debug("a backend call failed", cause);
        String fault = Linkage.fault(cause);
        return Printable.text(fault == null ? Failures.text(cause) : fault);
    }

    /** What the backend notices, brought onto the loop. */
    private final class Watcher implements ElectionWatcher {
        @Override
        public void watching(boolean isLive) {
            post((machine, now) -> machine.watching(isLive, now));
        }

        @Override
        public void held(Holder holder, Chance chance) {
            post((machine, now) -> machine.held(holder, chance, now));
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

    /** What the callbacks report, told to the machine. */
    private final class Told implements Report.Listener {
        @Override
        public boolean began(Term term) {
            return handle((machine, now) -> machine.workBegan(term, now));
        }

        @Override
        public boolean returned(Term term, @Nullable String failure) {
            return handle((machine, now) -> machine.workReturned(term, failure, now));
        }

        @Override
        public boolean cancelled(Term term, String why) {
            return handle((machine, now) -> machine.workCancelled(term, why, now));
        }

        @Override
        public boolean stopped(Term term) {
            return handle((machine, now) -> machine.workStopped(term, now));
        }
    }
}
