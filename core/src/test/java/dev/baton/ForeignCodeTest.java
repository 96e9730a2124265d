package dev.baton;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.millis;
import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.fixture.Waits;
import dev.baton.spi.ElectionTiming;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Executors, callbacks and registers that block, throw anything, drop, or come late: none of them holds up renewal, expiry,
 * another election, or an end; and health tells.
 */
@Timeout(300)
class ForeignCodeTest extends AmongForeignCode {
    // -- executors ------------------------------------------------------------------------------------------------

    @Test
    void executorThatBlocksCostsNoOtherElectionAnything() {
        LeaderElection stuck = builder(NAME)
                .events(events::add)
                .callbackExecutor(task -> hang())
                .start();
        until(() -> count(Type.TERM_STARTED) > 0);
        List<ElectionEvent> others = new CopyOnWriteArrayList<>();
        LeaderElection other = builder("orders/other").events(others::add).start();
        until(() ->
                others.stream().filter(event -> event.type() == Type.RENEWED).count() > 10);
        until(() -> count(Type.TERM_ENDED) > 1);
        assertThat(others).extracting(ElectionEvent::type).doesNotContain(Type.TERM_ENDED);
        assertThat(events).extracting(ElectionEvent::reason).contains(EndReason.START_FAILED);
        until(() -> !stuck.health().healthy());
        until(() -> other.health().healthy());
        closesInTime(backend::close);
    }

    /** As {@code CallerRunsPolicy} does: no election waits for the thread that submits. */
    @Test
    void executorThatRunsTasksAtOnceIsGoodEnough() {
        LeaderElection election = builder(NAME)
                .timing(BRISK)
                .callbackExecutor(Runnable::run)
                .onStartedLeading(term -> {
                    calls.add(Thread.currentThread().getName());
                    while (term.acceptsWork()) {
                        Thread.onSpinWait();
                    }
                })
                .onLeaderChange(leader -> calls.add("news"))
                .start();
        until(() -> election.leadership().isPresent() && !calls.isEmpty());
        election.close();
        assertThat(calls).contains("stopped CLOSED");
        assertThat(calls.get(0)).doesNotContain("loop").doesNotContain("sender");
    }

    @ParameterizedTest
    @MethodSource("anything")
    void onStoppedLeadingThatIsRejectedRunsElsewhereBeforeTheClaimIsHandedOver(Throwable failure) {
        LeaderElection election = builder(NAME)
                .timing(BRISK)
                .events(event -> calls.add("event " + event.type().text()))
                .callbackExecutor(afterTasks(1, task -> Sneaky.raise(failure)))
                .start();
        until(() -> calls.contains("started"));
        election.withdraw();
        until(() -> calls.contains("event claim-withdrawn"));
        assertThat(calls)
                .containsSubsequence(
                        "stopped WITHDRAWN", "event work-stopped", "event term-ended", "event claim-withdrawn");
    }

    @Test
    void onStoppedLeadingThatIsDroppedRunsElsewhereBeforeTheClaimIsHandedOver() {
        // The executor has a retryPeriod to begin, and on a busy machine needs long to be asked.
        LeaderElection election = builder(NAME)
                .timing(ElectionTiming.of(seconds(60), seconds(40), seconds(3)))
                .events(event -> calls.add("event " + event.type().text()))
                .callbackExecutor(afterTasks(1, task -> calls.add("dropped")))
                .start();
        until(() -> calls.contains("started"));
        election.withdraw();
        until(() -> calls.contains("event claim-withdrawn"));
        assertThat(calls)
                .containsSubsequence("dropped", "stopped WITHDRAWN", "event term-ended", "event claim-withdrawn");
    }

    /** A term without work ends, the candidate is unhealthy, and healthy again when its work begins. */
    @Test
    void onStartedLeadingThatIsDroppedEndsTheTermAndIsUnhealthyUntilOneBegins() {
        AtomicBoolean drops = new AtomicBoolean(true);
        LeaderElection election = builder(NAME)
                .events(events::add)
                .callbackExecutor(task -> {
                    if (!drops.get()) {
                        threads.execute(task);
                    }
                })
                .start();
        until(() -> count(Type.CLAIM_WITHDRAWN) > 0);
        assertThat(events).extracting(ElectionEvent::reason).contains(EndReason.START_FAILED);
        until(() -> !election.health().healthy()
                && election.health().detail().contains("onStartedLeading could not be run"));
        drops.set(false);
        until(() -> calls.contains("started") && election.health().healthy());
    }

    /** The bound of half a renewDeadline has not passed, and yet it does not work. */
    @Test
    void leaderWhoseWorkHasNotBegunForARetryPeriodIsUnhealthy() {
        LeaderElection election = builder(NAME)
                .timing(ElectionTiming.of(seconds(90), seconds(60), millis(200)))
                .callbackExecutor(task -> {})
                .start();
        until(() -> !election.health().healthy());
        assertThat(election.health().state()).isEqualTo("leading");
        assertThat(election.health().detail()).contains("has not begun onStartedLeading");
    }

    // -- callbacks ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("anything")
    void whateverOnStartedLeadingThrowsEndsTheTerm(Throwable failure) {
        LeaderElection election = builder(NAME)
                .events(events::add)
                .onStartedLeading(term -> Sneaky.raise(failure))
                .start();
        until(() -> count(Type.CLAIM_WITHDRAWN) > 0);
        assertThat(events).extracting(ElectionEvent::reason).contains(EndReason.START_FAILED);
        assertThat(calls).contains("stopped START_FAILED");
        assertThat(election.health().state()).isNotEqualTo("stopped");
    }

    @ParameterizedTest
    @MethodSource("anything")
    void whateverOnStoppedLeadingThrowsTheClaimIsHandedOver(Throwable failure) {
        LeaderElection election = builder(NAME)
                .events(events::add)
                .onStoppedLeading((term, why) -> Sneaky.raise(failure))
                .start();
        until(() -> election.leadership().isPresent());
        election.withdraw();
        until(() -> count(Type.CLAIM_WITHDRAWN) > 0);
    }

    @ParameterizedTest
    @MethodSource("anything")
    void whateverOnLeaderChangeThrowsTheStagesOfTermsComplete(Throwable failure) {
        LeaderElection election =
                builder(NAME).onLeaderChange(leader -> Sneaky.raise(failure)).start();
        for (int i = 0; i < 3; i++) {
            stepsDownWithAllStages(election);
        }
    }

    private void stepsDownWithAllStages(LeaderElection election) {
        until(() -> election.leadership().filter(Leadership::acceptsWork).isPresent());
        Leadership term = election.leadership().orElseThrow();
        term.stepDown();
        assertThat(term.draining().toCompletableFuture()).succeedsWithin(Waits.LIMIT);
        assertThat(term.ended().toCompletableFuture()).succeedsWithin(Waits.LIMIT);
    }

    @Test
    void onLeaderChangeThatHangsKeepsNoStageOpen() {
        LeaderElection election = builder(NAME).onLeaderChange(leader -> hang()).start();
        stepsDownWithAllStages(election);
        stepsDownWithAllStages(election);
    }

    @Test
    void executorThatRejectsKeepsNoStageOpen() {
        LeaderElection election = builder(NAME)
                .callbackExecutor(afterTasks(1, task -> {
                    throw new RejectedExecutionException("full");
                }))
                .start();
        stepsDownWithAllStages(election);
    }

    @Test
    void whatHangsOffOneStageKeepsTheOtherFromNothing() {
        LeaderElection election = builder(NAME).start();
        until(() -> election.leadership().isPresent());
        Leadership term = election.leadership().orElseThrow();
        CompletableFuture<Void> follows = term.draining().thenRun(this::hang).toCompletableFuture();
        register.delete(ELECTION);
        assertThat(term.ended().toCompletableFuture()).succeedsWithin(Waits.LIMIT);
        assertThat(follows).isNotDone();
    }

    // -- closing --------------------------------------------------------------------------------------------------

    @Test
    void closeAsyncCompletesWhenTheBackendIsClosedFirstOnAnInterruptedThread() {
        LeaderElection election = builder(NAME)
                .drainTimeout(seconds(3_600))
                .onStartedLeading(term -> hang())
                .start();
        until(() -> election.leadership().isPresent());
        CompletableFuture<Void> closed = election.closeAsync().toCompletableFuture();
        closesInTime(() -> {
            Thread.currentThread().interrupt();
            backend.close();
        });
        assertThat(closed).succeedsWithin(Waits.LIMIT);
        assertThat(election.closeAsync().toCompletableFuture()).succeedsWithin(Waits.LIMIT);
        assertThat(election.health().healthy()).isFalse();
        assertThat(election.health().detail()).contains("is closed");
    }

    /** The loop, which would have decided so, has ended by then. */
    @Test
    void onStoppedLeadingFollowsWorkThatOutlivedItsBackend() {
        LeaderElection election = builder(NAME)
                .drainTimeout(millis(200))
                .onStartedLeading(term -> {
                    calls.add("started");
                    hang();
                })
                .start();
        until(() -> election.leadership().isPresent() && calls.contains("started"));
        closesInTime(backend::close);
        assertThat(calls).containsExactly("started");
        release.countDown();
        until(() -> calls.equals(List.of("started", "stopped DRAIN_TIMED_OUT")));
    }

    // -- the loop itself ------------------------------------------------------------------------------------------

    /** Whatever holds it up: a defect, a machine that starves. */
    @Test
    void loopThatStandsStillKeepsNobodyAtWorkThatHasExpiredNorFromClosing() {
        LeaderElection election = builder(NAME)
                .drainTimeout(millis(200))
                .onStartedLeading(interruptible())
                .start();
        until(() -> election.leadership().isPresent() && calls.contains("started"));
        Leadership term = election.leadership().orElseThrow();
        backend.runtime().timekeeper().execute(this::hang);
        until(() -> calls.contains("interrupted"));
        assertThat(term.isValid()).isFalse();
        assertThat(term.ended().toCompletableFuture())
                .succeedsWithin(Waits.LIMIT)
                .isEqualTo(EndReason.EXPIRED);
        until(() ->
                !election.health().healthy() && election.health().detail().contains("the election loop has not moved"));
        assertThat(election.closeAsync().toCompletableFuture()).succeedsWithin(Waits.LIMIT);
        closesInTime(backend::close);
    }

    @Test
    void loopThatStandsStillKeepsNoValidTermWhenTheBackendIsClosed() {
        LeaderElection election = builder(NAME)
                .timing(ElectionTiming.DEFAULT)
                .drainTimeout(millis(100))
                .onStartedLeading(interruptible())
                .start();
        until(() -> election.leadership().isPresent() && calls.contains("started"));
        Leadership term = election.leadership().orElseThrow();
        backend.runtime().timekeeper().execute(this::hang);
        closesInTime(backend::close);
        assertThat(term.isValid()).isFalse();
        until(() -> calls.contains("interrupted"));
    }
}
