package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime.Priority;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/** One instance of the backend, called as an election calls it. */
final class Party {
    private final Scene scene;
    private final LockBackend backend;
    private final Ear ear = new Ear();
    private LockBackend.@Nullable Observation observation;

    Party(Scene scene, LockBackend backend) {
        this.scene = scene;
        this.backend = backend;
    }

    LockBackend backend() {
        return backend;
    }

    Moment now() {
        return backend.runtime().timekeeper().now();
    }

    // -- calls as the machine makes them ------------------------------------------------------------------------------

    /** Calls acquire on the sender thread, as elections do. */
    CompletableFuture<Answer> acquiring(Claim claim, Duration within) {
        Moment deadline = now().plus(within);
        return backend.runtime()
                .send(Priority.ACQUIRE, deadline, () -> backend.acquire(claim, deadline))
                .toCompletableFuture();
    }

    CompletableFuture<Answer> renewing(Claim claim, Duration within) {
        Moment deadline = now().plus(within);
        return backend.runtime()
                .send(Priority.RENEW, deadline, () -> backend.renew(claim, deadline))
                .toCompletableFuture();
    }

    CompletableFuture<@Nullable Void> withdrawing(Claim claim, Duration within) {
        Moment deadline = now().plus(within);
        CompletionStage<@Nullable Void> stage =
                backend.runtime().send(Priority.RENEW, deadline, () -> backend.withdraw(claim, deadline));
        return stage.toCompletableFuture();
    }

    /** The outcome of a call that may get no answer. */
    enum Fate {
        GRANTED,
        REFUSED,
        /** A call without an answer, such as withdraw, completed normally. */
        DONE,
        FAILED,
        /** The call had not completed long after its deadline. */
        HUNG
    }

    /** Waits for a call to a store that may not answer. */
    Fate fate(CompletableFuture<?> call) throws InterruptedException {
        try {
            Object value = call.get(scene.callTimeout().plus(scene.patience()).toNanos(), TimeUnit.NANOSECONDS);
            if (value instanceof Answer.Granted) {
                return Fate.GRANTED;
            }
            return value instanceof Answer.Refused ? Fate.REFUSED : Fate.DONE;
        } catch (ExecutionException | CancellationException e) {
            return Fate.FAILED;
        } catch (TimeoutException e) {
            return Fate.HUNG;
        }
    }

    // -- calls until there is an answer -------------------------------------------------------------------------------

    private interface Call<T> {
        CompletableFuture<T> make(Duration within);
    }

    /** Repeats a call that fails: a failure is not an answer, and a store that answers does not fail for long. */
    private <T extends @Nullable Object> T answer(String what, Call<T> call) throws InterruptedException {
        long deadline = System.nanoTime() + scene.patience().toNanos();
        Throwable last = null;
        do {
            try {
                return call.make(scene.patience())
                        .get(scene.patience().multipliedBy(2).toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                last = e.getCause();
                scene.pass(scene.timing().retryPeriod());
            } catch (TimeoutException e) {
                throw hung(what);
            }
        } while (System.nanoTime() - deadline < 0);
        throw scene.broken(what + " failed every time on a store that answers, at last with " + last);
    }

    Answer acquire(Claim claim) throws InterruptedException {
        return answer("acquire of " + claim, within -> acquiring(claim, within));
    }

    Answer renew(Claim claim) throws InterruptedException {
        return answer("renew of " + claim, within -> renewing(claim, within));
    }

    /** An answer, and when it arrived. */
    record Timed(Answer answer, Moment at) {}

    /** Renews, and reads the clock where the call completes: the thread that waits may wake late. */
    Timed renewTimed(Claim claim) throws InterruptedException {
        return answer(
                "renew of " + claim, within -> renewing(claim, within).thenApply(answer -> new Timed(answer, now())));
    }

    /** Waits for an earlier acquire of {@code claim}, and acquires again if that failed. */
    Answer answered(CompletableFuture<Answer> asked, Claim claim) throws InterruptedException {
        return switch (fate(asked)) {
            case GRANTED, REFUSED, DONE -> asked.join();
            case FAILED -> acquire(claim);
            case HUNG -> throw hung("acquire of " + claim);
        };
    }

    private AssertionFailedError hung(String what) {
        return scene.broken(what + " had no answer long after its deadline, on a store that answers");
    }

    void withdraw(Claim claim) throws InterruptedException {
        this.<@Nullable Void>answer("withdraw of " + claim, within -> withdrawing(claim, within));
    }

    /** Acquires repeatedly, as a standby does, until it is granted. */
    Answer.Granted lead(Claim claim) throws InterruptedException {
        Answer.Granted granted = leadWithin(claim, scene.patience());
        if (granted == null) {
            throw scene.broken(claim.identity() + " acquired repeatedly for "
                    + ElectionTiming.text(scene.patience()) + " and was not granted, though no other claim held the"
                    + " election");
        }
        return granted;
    }

    /** Acquires repeatedly, as a standby does, until it is granted or {@code patience} has passed. */
    Answer.@Nullable Granted leadWithin(Claim claim, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        do {
            int place = ear.place();
            if (acquire(claim) instanceof Answer.Granted granted) {
                return granted;
            }
            ear.awaitAny(place, claim.timing().retryPeriod());
        } while (System.nanoTime() - deadline < 0);
        return null;
    }

    /** Requires that the claim is granted before a long lease could have expired. */
    void leadAtOnce(Claim claim, String after) throws InterruptedException {
        long since = System.nanoTime();
        long lease = scene.timing().scaledNanos(scene.longTiming().leaseDuration()) * 9 / 10;
        Answer.Granted granted = leadWithin(claim, scene.patience().plusNanos(lease));
        scene.require(
                granted != null && System.nanoTime() - since < lease,
                after + ", and then the next was " + (granted == null ? "not granted at all" : "granted")
                        + " only when the lease of "
                        + ElectionTiming.text(scene.longTiming().leaseDuration())
                        + " had run out");
    }

    /** Renews while the answer is lost, and then heals the instance. */
    Fate renewUnheard(Claim claim) throws Exception {
        scene.harness().loseAnswers(backend);
        Fate fate = fate(renewing(claim, scene.callTimeout()));
        scene.harness().heal(backend);
        return fate;
    }

    // -- watching -----------------------------------------------------------------------------------------------------

    Ear ear() {
        return ear;
    }

    /** Begins to watch this test's election, with the shortest timing. */
    Ear observe() {
        return observe(scene.timing());
    }

    /** Begins to watch this test's election; {@code timing} is that of this party's claims. */
    Ear observe(ElectionTiming timing) {
        return observe(scene.election(), timing);
    }

    Ear observe(ElectionName election) {
        return observe(election, scene.timing());
    }

    private Ear observe(ElectionName election, ElectionTiming timing) {
        observation = backend.observe(election, timing, ear);
        return ear;
    }

    /** Ends the watch. */
    void stopObserving() {
        if (observation != null) {
            observation.close();
        }
    }

    /** Watches, and skips the test with a backend that never reports watching(true). */
    Ear observeLive(ElectionTiming timing) throws InterruptedException {
        if (!scene.findings().isWatchless()) {
            observe(timing);
            if (scene.comes(ear::isWatching, scene.patience())) {
                return ear;
            }
            scene.findings().neverWatches();
        }
        throw Cannot.because("the backend never reported watching(true), so it does not promise to report changes");
    }
}
