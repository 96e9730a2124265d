package dev.baton.driver;

import dev.baton.internal.Linkage;
import dev.baton.machine.Effect;
import dev.baton.machine.ElectionMachine;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendRuntime.Priority;
import dev.baton.spi.Claim;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The calls to the backend that the machine asks for, at most one in flight. A call without an answer a retryPeriod after its
 * deadline is taken as unknown; a grant that comes later is withdrawn. Confined to the loop.
 */
final class BackendCalls {
    private final LockBackend backend;
    private final BackendRuntime runtime;
    private final Timekeeper time;
    private final Duration retryPeriod;
    private final ElectionMachine machine;
    private final MachineLoop loop;
    private final Logger log;
    private final Strays strays;

    /** The one call that the machine waits for; the sender reads it, too. */
    private volatile Effect.@Nullable Call inFlight;

    /** Until when the call in flight may be answered. */
    private @Nullable Moment givenUpAt;

    /** The number of the call that is about to be given up, or 0. */
    private long givingUp;

    BackendCalls(LockBackend backend, Duration retryPeriod, ElectionMachine machine, MachineLoop loop, Logger log) {
        this.backend = backend;
        this.runtime = backend.runtime();
        this.time = runtime.timekeeper();
        this.retryPeriod = retryPeriod;
        this.machine = machine;
        this.loop = loop;
        this.log = log;
        this.strays = new Strays(backend, log);
    }

    void send(Effect.Call effect) {
        Claim claim = effect.claim();
        Moment deadline = effect.deadline();
        inFlight = effect;
        givingUp = 0;
        givenUpAt = deadline.plus(retryPeriod);
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

    /** When the call in flight is given up, or null when there is none, or it is being given up. */
    @Nullable Moment limit() {
        return inFlight == null || givingUp != 0 ? null : givenUpAt;
    }

    void giveUpWhatIsOverdue() {
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
                        + " by its deadline; the outcome is unknown";
                settle(call, (machine, now) -> machine.failed(call.call(), why, now));
            }
        } catch (Throwable e) {
            givingUp = 0;
            loop.note(e);
        }
    }

    /** Hands the outcome of the call to the machine, if it still waits for it. */
    private void settle(Effect.Call call, MachineEvent outcome) {
        if (call == inFlight) {
            givingUp = 0;
            inFlight = null;
            if (!loop.handle(outcome) && inFlight == null) {
                inFlight = call;
            }
        }
    }

    /**
     * Drops a call that was given up while it waited in the queue: at most one call is in flight for a claim (rule 1.2).
     */
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

    /** Withdraws a claim that was granted after its call was given up, unless the machine still uses it (rule 3.2). */
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
}
