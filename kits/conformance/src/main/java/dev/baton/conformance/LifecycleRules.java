package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendRuntime.Priority;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Rule 8: sessions, and the life cycle of an instance. */
abstract class LifecycleRules extends TimeRules {
    private static final int ELECTIONS = 200;
    private static final int LIVES = 5;

    // -- 8.1: sessions ------------------------------------------------------------------------------------------------

    /** Rule 8.1: a second election opens no second session. */
    @Test
    @ResourceLock(value = WHOLE_STORE, mode = ResourceAccessMode.READ_WRITE)
    protected void required_rule8_1_electionsOfAnInstanceShareASession(Scene scene) throws Exception {
        OptionalInt before = scene.harness().sessions();
        if (before.isEmpty()) {
            throw Cannot.because("the store has no sessions, or the harness cannot count them");
        }
        Party party = scene.party();
        for (int i = 0; i < 20; i++) {
            party.lead(scene.claim(scene.election("shared-" + i), "leader", scene.timing()));
        }
        int opened = scene.harness().sessions().getAsInt() - before.getAsInt();
        scene.require(
                opened <= 1, "twenty elections of one instance and one leaseDuration opened " + opened + " sessions");
    }

    // -- 8.2: the life of an instance ---------------------------------------------------------------------------------

    /** Rule 8.2: closing a closed instance does nothing. */
    @Test
    protected void required_rule8_2_closeIsIdempotentAndThrowsNothing(Scene scene) throws Exception {
        Party party = scene.party();
        party.observe();
        party.lead(scene.claim("leader"));
        for (int time = 1; time <= 3; time++) {
            try {
                party.backend().close();
            } catch (RuntimeException e) {
                throw scene.broken("close() threw at call " + time + ": " + e);
            }
        }
    }

    /** Rule 8.2: close returns in bounded time, even when the store hangs. */
    @Test
    protected void required_rule8_2_closeWaitsBoundedlyForASilentStore(Scene scene) throws Exception {
        Party party = scene.party();
        party.observe();
        party.lead(scene.claim("leader"));
        scene.harness().silence(party.backend());

        CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
        Thread closing = new Thread(
                () -> {
                    try {
                        party.backend().close();
                        closed.complete(null);
                    } catch (RuntimeException e) {
                        closed.completeExceptionally(e);
                    }
                },
                "conformance-close");
        closing.setDaemon(true);
        closing.start();
        Duration most = scene.patience().plus(scene.timing().leaseDuration().multipliedBy(2));
        try {
            closed.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw scene.broken(
                    "close() of a store that had fallen silent had not returned after " + ElectionTiming.text(most));
        }
    }

    /** Rule 8.2: closing one instance does not affect another. */
    @Test
    protected void required_rule8_2_instancesKnowNothingOfEachOther(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim claim = scene.longClaim("leader");
        one.lead(scene.claim(scene.election("other"), "leader", scene.longTiming()));
        other.lead(claim);

        one.backend().close();

        scene.granted(other.renew(claim), "renew on an instance after another instance was closed");
    }

    /** Rule 8.2: a closed observation reports no more hints. */
    @Test
    protected void required_rule8_2_aClosedObservationIsSilent(Scene scene) throws Exception {
        Party party = scene.party();
        Ear ear = party.observe();
        party.stopObserving();
        party.stopObserving();
        Claim claim = scene.longClaim("leader");
        party.lead(scene.claim(scene.election("another"), "leader", scene.longTiming()));
        int place = ear.place();

        Party other = scene.party();
        Ear control = other.observe();
        scene.comes(control::isWatching, scene.timing().leaseDuration());
        party.lead(claim);
        Duration patience =
                control.isWatching() ? scene.patience() : scene.timing().leaseDuration();
        var unused = control.await(0, hint -> hint.word() == Ear.Word.HELD, patience);
        scene.require(
                ear.since(place).isEmpty(), "after its observation had been closed, a watcher got " + ear.since(place));
    }

    /** Rule 8.2: an instance closes its threads, sockets and watches. */
    @Test
    @ResourceLock(value = WHOLE_STORE, mode = ResourceAccessMode.READ_WRITE)
    protected void required_rule8_2_closedInstancesLeaveNothingBehind(Scene scene) throws Exception {
        for (int warmUp = 0; warmUp < 2; warmUp++) {
            live(scene);
        }
        Footprint before = Footprint.now(scene.harness());
        for (int life = 0; life < LIVES; life++) {
            live(scene);
        }
        Footprint[] after = {Footprint.now(scene.harness())};
        scene.comes(
                () -> {
                    after[0] = Footprint.now(scene.harness());
                    return after[0].leftSince(before, LIVES).isEmpty();
                },
                scene.patience());
        String left = after[0].leftSince(before, LIVES);
        scene.require(left.isEmpty(), LIVES + " instances were opened, used and closed, and left behind " + left);
    }

    private static void live(Scene scene) throws Exception {
        Party party = scene.party();
        party.observe();
        Claim claim = scene.claim("leader");
        party.lead(claim);
        party.withdraw(claim);
        party.backend().close();
    }

    // -- 8.3: loop and threads ----------------------------------------------------------------------------------------

    /** Rule 8.3: hundreds of elections lead and renew without a thread each. */
    @Test
    @ResourceLock(value = WHOLE_STORE, mode = ResourceAccessMode.READ_WRITE)
    protected void required_rule8_3_hundredsOfElectionsNeedNoThreadEach(Scene scene) throws Exception {
        Party party = scene.party();
        party.lead(scene.claim(scene.election("first"), "leader", scene.longTiming()));
        int before = Footprint.alive().size();
        List<Claim> claims = new ArrayList<>();
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < ELECTIONS; i++) {
            Claim claim = scene.claim(scene.election("hundreds-" + i), "leader", scene.longTiming());
            claims.add(claim);
            party.observe(claim.election());
            answers.add(party.acquiring(claim, scene.patience()));
        }
        for (CompletableFuture<Answer> answer : answers) {
            party.fate(answer);
        }
        int grown = Footprint.alive().size() - before;
        scene.require(
                grown < ELECTIONS / 4,
                ELECTIONS + " elections on one instance took " + grown + " threads more than one: "
                        + Footprint.alive());
        for (Claim claim : claims.subList(0, 10)) {
            party.lead(claim);
        }
    }

    /** Rule 8.3: one thread makes all decisions, and runs no user's callback. */
    @Test
    protected void required_rule8_3_callbacksRunOffTheLoop(Scene scene) throws Exception {
        BackendRuntime runtime = scene.party().backend().runtime();
        Thread loop = threadOf(scene, task -> runtime.timekeeper().execute(task));
        Thread later = threadOf(scene, task -> runtime.timekeeper().schedule(Duration.ofMillis(1), task));
        Thread callback = threadOf(scene, task -> runtime.callbacks().execute(task));

        scene.require(loop == later, "the loop ran a task on " + loop + " and a timer on " + later);
        scene.require(
                callback != loop && callback != Thread.currentThread(),
                "callbacks run on " + callback + ", which is the loop or the caller");
    }

    private interface Runs {
        void run(Runnable task);
    }

    private static Thread threadOf(Scene scene, Runs runs) throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        runs.run(() -> thread.complete(Thread.currentThread()));
        return thread.get(scene.patience().toNanos(), TimeUnit.NANOSECONDS);
    }

    // -- 8.4: order ---------------------------------------------------------------------------------------------------

    /** Rule 8.4: queued requests leave in the order of their urgency. */
    @Test
    protected void required_rule8_4_renewalsLeaveFirst(Scene scene) throws Exception {
        BackendRuntime runtime = scene.party().backend().runtime();
        Moment now = runtime.timekeeper().now();
        CompletableFuture<Boolean> busy = new CompletableFuture<>();
        CompletableFuture<Boolean> free = new CompletableFuture<>();
        long patience = scene.patience().toNanos();
        CompletionStage<Boolean> first = runtime.send(Priority.RENEW, now, () -> {
            busy.complete(true);
            return CompletableFuture.completedFuture(
                    free.completeOnTimeout(true, patience, TimeUnit.NANOSECONDS).join());
        });
        busy.get(patience, TimeUnit.NANOSECONDS);

        List<String> left = new CopyOnWriteArrayList<>();
        List<CompletionStage<Boolean>> sent = new ArrayList<>();
        sent.add(first);
        sent.add(leaving(runtime, Priority.ACQUIRE, now.plusNanos(patience * 3), "acquire later", left));
        sent.add(leaving(runtime, Priority.ACQUIRE, now.plusNanos(patience * 2), "acquire", left));
        sent.add(leaving(runtime, Priority.RENEW, now.plusNanos(patience * 5), "renew later", left));
        sent.add(leaving(runtime, Priority.RENEW, now.plusNanos(patience * 4), "renew", left));
        free.complete(true);
        for (CompletionStage<Boolean> each : sent) {
            each.toCompletableFuture().get(patience, TimeUnit.NANOSECONDS);
        }
        scene.require(
                left.equals(List.of("renew", "renew later", "acquire", "acquire later")),
                "calls that waited together left in this order: " + left);
    }

    private static CompletionStage<Boolean> leaving(
            BackendRuntime runtime, Priority priority, Moment deadline, String what, List<String> left) {
        return runtime.send(priority, deadline, () -> {
            left.add(what);
            return CompletableFuture.completedFuture(true);
        });
    }
}
