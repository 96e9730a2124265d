package dev.baton.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.baton.LeaderElection;
import dev.baton.LeaderObserver;
import dev.baton.Leadership;
import dev.baton.StartedLeading;
import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each thing that a test can do with a backend, at 15/10/2 s. */
@Timeout(120)
@ExtendWith(TestBackendExtension.class)
class TestBackendTest {
    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
    private static final Duration RETRY_PERIOD = Duration.ofSeconds(2);
    private static final Duration INSTANT = Duration.ofMillis(1);

    private final TestBackend backend;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> work = new LinkedBlockingQueue<>();

    TestBackendTest(TestBackend backend) {
        this.backend = backend;
    }

    private LeaderElection candidate(String election, String identity, StartedLeading started) {
        return LeaderElection.on(backend, election)
                .identity(identity)
                .onStartedLeading(term -> {
                    told.add(identity + " leads");
                    started.lead(term);
                })
                .onStoppedLeading((term, why) -> told.add(identity + " stopped: " + why))
                .start();
    }

    private LeaderElection candidate(String identity) {
        return candidate("orders/reconciler", identity, term -> {});
    }

    /** One whose work waits for something to do, until it is interrupted. */
    private LeaderElection worker() {
        return candidate("orders/reconciler", "app", term -> {
            while (term.acceptsWork()) {
                told.add(work.take());
            }
        });
    }

    private static Leadership term(LeaderElection election) {
        return election.leadership().orElseThrow();
    }

    // -- grant ----------------------------------------------------------------------------------------------------

    @Test
    void candidateStandsByUntilItIsGranted() {
        LeaderElection election = candidate("app");
        backend.advance(Duration.ofHours(1));
        assertThat(told).isEmpty();
        assertThat(election.health().healthy()).isTrue();

        FencingToken token = backend.grant();

        assertThat(told).containsExactly("app leads");
        assertThat(term(election).fencingToken()).isEqualTo(token);
        assertThat(election.currentLeader())
                .hasValueSatisfying(leader -> assertThat(leader.identity()).isEqualTo("app"));
    }

    @Test
    void oneThatHasSteppedDownIsGrantedAfterItsRest() {
        LeaderElection election = candidate("app");
        FencingToken first = backend.grant();
        election.stepDown();

        FencingToken second = backend.grant();

        assertThat(told).containsExactly("app leads", "app stopped: STEPPED_DOWN", "app leads");
        assertThat(second).isGreaterThan(first);
        assertThat(term(election).fencingToken()).isEqualTo(second);
    }

    @Test
    void ofTwoCandidatesTheOneThatHasWaitedLongestIsGranted() {
        LeaderElection first = candidate("first");
        candidate("second");
        backend.grant();
        first.stepDown();
        backend.advance(RETRY_PERIOD.multipliedBy(2));

        backend.grant();

        assertThat(told).containsExactly("first leads", "first stopped: STEPPED_DOWN", "second leads");
    }

    @Test
    void ofSeveralElectionsEachIsGrantedByName() {
        candidate("orders/reconciler", "app", term -> {});
        candidate("orders/mailer", "app", term -> {});

        assertThatIllegalStateException()
                .isThrownBy(backend::grant)
                .withMessageContaining("orders/mailer")
                .withMessageContaining("orders/reconciler")
                .withMessageContaining("name the one");
        backend.grant("orders/mailer");
        assertThat(told).containsExactly("app leads");
        backend.revoke("orders/mailer");
        assertThat(told).containsExactly("app leads", "app stopped: LOST");
    }

    // -- time -----------------------------------------------------------------------------------------------------

    @Test
    void termIsRenewedAsTimePasses() {
        LeaderElection election = candidate("app");
        FencingToken token = backend.grant();

        backend.advance(Duration.ofMinutes(5));

        assertThat(term(election).fencingToken()).isEqualTo(token);
        assertThat(term(election).remaining()).isBetween(RENEW_DEADLINE.minus(RETRY_PERIOD), RENEW_DEADLINE);
        assertThat(told).containsExactly("app leads");
    }

    @Test
    void timeStandsStillUnlessItIsAdvanced() {
        LeaderElection election = candidate("app");
        backend.grant();
        backend.unreachable();
        Duration before = term(election).remaining();
        work.poll();

        assertThat(term(election).remaining()).isEqualTo(before);
    }

    @Test
    void shortPauseIsSurvived() {
        LeaderElection election = candidate("app");
        FencingToken token = backend.grant();

        backend.pause(RENEW_DEADLINE.minus(INSTANT));

        assertThat(term(election).fencingToken()).isEqualTo(token);
        assertThat(term(election).remaining()).isEqualTo(RENEW_DEADLINE);
    }

    @Test
    void longPauseDeposes() {
        candidate("app");
        backend.grant();

        backend.pause(RENEW_DEADLINE);

        assertThat(told).containsExactly("app leads", "app stopped: EXPIRED");
    }

    @Test
    void workThatIsPausedBetweenCheckAndWriteFindsItselfDeposed() {
        AtomicLong checked = new AtomicLong();
        candidate("orders/reconciler", "app", term -> {
            term.requireValid();
            checked.incrementAndGet();
            backend.pause(Duration.ofSeconds(20));
            told.add(term.isValid() ? "still valid" : "over");
        });

        backend.grant();

        assertThat(checked).hasValue(1);
        assertThat(told).containsExactly("app leads", "over", "app stopped: EXPIRED");
    }

    // -- revoke ---------------------------------------------------------------------------------------------------

    @Test
    void revokedTermIsLostAndAnotherLeads() {
        LeaderElection election = candidate("app");
        FencingToken mine = backend.grant();
        Leadership term = term(election);

        FencingToken others = backend.revoke();

        assertThat(told).containsExactly("app leads", "app stopped: LOST");
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
        assertThat(election.currentLeader())
                .hasValueSatisfying(leader -> assertThat(leader.token()).isEqualTo(others));
        assertThat(others).isGreaterThan(mine);
        assertThat(backend.grant()).isGreaterThan(others);
    }

    @Test
    void workThatWaitsHasReturnedWhenItsTermWasRevoked() {
        LeaderElection election = worker();
        backend.grant();
        work.add("an order");
        backend.advance(Duration.ZERO);

        backend.revoke();

        assertThat(told).containsExactly("app leads", "an order", "app stopped: LOST");
        assertThat(election.leadership()).isEmpty();
    }

    @Test
    void workThatWillNotStopIsNotWaitedForAndLeadsNoMore() {
        CountDownLatch stop = new CountDownLatch(1);
        LeaderElection election = candidate("orders/reconciler", "app", term -> {
            while (stop.getCount() > 0) {
                try {
                    stop.await();
                } catch (InterruptedException e) {
                    told.add("interrupted");
                }
            }
        });
        backend.grant();

        backend.revoke();

        assertThat(told).containsExactly("app leads", "interrupted");
        assertThatIllegalStateException()
                .isThrownBy(backend::grant)
                .withMessageContaining("no candidate acquired orders/reconciler within 15s");
        assertThat(election.health().healthy()).isFalse();
        stop.countDown();
        backend.grant();
        assertThat(told.subList(2, 4)).containsExactly("app stopped: LOST", "app leads");
    }

    @Test
    void whoIsCutOffDoesNotHearThatItWasRevoked() {
        LeaderElection election = candidate("app");
        backend.grant();
        backend.unreachable();

        backend.revoke();

        assertThat(term(election).isValid()).isTrue();
        backend.advance(RENEW_DEADLINE);
        assertThat(told).containsExactly("app leads", "app stopped: EXPIRED");
    }

    // -- unreachable, expire --------------------------------------------------------------------------------------

    @Test
    void whoIsCutOffLeadsForARenewDeadline() {
        LeaderElection election = candidate("app");
        backend.grant();
        backend.unreachable();

        backend.advance(RENEW_DEADLINE.minus(INSTANT));
        assertThat(term(election).isValid()).isTrue();
        assertThat(election.health().detail()).contains("unreachable");
        backend.advance(INSTANT);

        assertThat(told).containsExactly("app leads", "app stopped: EXPIRED");
        assertThatIllegalStateException().isThrownBy(backend::grant).withMessageContaining("call reachable() first");
        backend.reachable();
        backend.grant();
        assertThat(told).endsWith("app leads");
    }

    @Test
    void outageShorterThanRenewDeadlineIsSurvived() {
        LeaderElection election = candidate("app");
        FencingToken token = backend.grant();
        backend.unreachable();
        backend.advance(RENEW_DEADLINE.minus(RETRY_PERIOD));
        backend.reachable();

        backend.advance(RENEW_DEADLINE);

        assertThat(term(election).fencingToken()).isEqualTo(token);
    }

    @Test
    void expiredTermEndsByItsOwnClockAndAnotherFollows() {
        LeaderElection election = worker();
        FencingToken first = backend.grant();
        Leadership term = term(election);

        backend.expire();

        assertThat(term.ended().toCompletableFuture().join()).isEqualTo(EndReason.EXPIRED);
        assertThat(told).containsExactly("app leads", "app stopped: EXPIRED");
        assertThat(backend.grant()).isGreaterThan(first);
        assertThat(term.isValid()).isFalse();
    }

    // -- the end --------------------------------------------------------------------------------------------------

    @Test
    void closingAnElectionInterruptsWorkThatWaits() {
        LeaderElection election = worker();
        backend.grant();

        election.close();

        assertThat(told).containsExactly("app leads", "app stopped: CLOSED");
        assertThatIllegalStateException().isThrownBy(backend::grant).withMessageContaining("there is no candidate");
    }

    /** What a close waits for is longer than the test may take: virtual time goes faster then. */
    @Test
    @Timeout(60)
    void closingAnElectionThatIsCutOffTakesOnlyAMoment() {
        LeaderElection election = LeaderElection.on(backend, "orders/reconciler")
                .identity("app")
                .timing(ElectionTiming.of(Duration.ofSeconds(80), Duration.ofSeconds(65), Duration.ofSeconds(50)))
                .onStartedLeading(term -> told.add("app leads"))
                .onStoppedLeading((term, why) -> told.add("app stopped: " + why))
                .start();
        backend.grant();
        backend.unreachable();

        election.close();

        assertThat(told).containsExactly("app leads", "app stopped: CLOSED");
    }

    @Test
    void closingTheBackendHandsOver() {
        worker();
        backend.grant();

        backend.close();
        backend.close();

        assertThat(told).containsExactly("app leads", "app stopped: CLOSED");
        assertThat(backend.runtime().isClosed()).isTrue();
    }

    @Test
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void closedBackendSaysSo() {
        backend.close();

        assertThatIllegalStateException().isThrownBy(backend::grant).withMessageContaining("the backend is closed");
        assertThatIllegalStateException()
                .isThrownBy(backend::unreachable)
                .withMessageContaining("the backend is closed");
    }

    @Test
    void observerSeesWhoLeads() {
        LeaderObserver observer =
                LeaderElection.observe(backend, "orders/reconciler").start();
        candidate("app");

        FencingToken token = backend.grant();

        assertThat(observer.isLive()).isTrue();
        assertThat(observer.currentLeader())
                .hasValueSatisfying(leader -> assertThat(leader.token()).isEqualTo(token));
        backend.unreachable();
        assertThat(observer.isLive()).isFalse();
    }

    // -- what makes no sense --------------------------------------------------------------------------------------

    @Test
    void whatCannotBeDoneIsRefusedWithTheWayOut() {
        assertThatIllegalStateException().isThrownBy(backend::grant).withMessageContaining("start an election");
        candidate("app");
        assertThatIllegalStateException().isThrownBy(backend::revoke).withMessageContaining("grant() it first");
        assertThatIllegalStateException().isThrownBy(backend::expire).withMessageContaining("grant() one first");
        assertThatIllegalStateException()
                .isThrownBy(() -> backend.grant("orders/mailer"))
                .withMessageContaining("there is no candidate in orders/mailer, only in [orders/reconciler]");
        assertThatIllegalArgumentException().isThrownBy(() -> backend.grant("nonsense"));
        backend.grant();
        assertThatIllegalStateException().isThrownBy(backend::grant).withMessageContaining("has a leader");
    }

    @Test
    void pausedCandidateIsNotGranted() {
        LeaderElection election = candidate("app");
        election.pause();

        assertThatIllegalStateException().isThrownBy(backend::grant).withMessageContaining("is its candidate paused");
        election.resume();
        backend.advance(Duration.ZERO);

        assertThat(told).as("a grant that came to nothing is not remembered").isEmpty();
    }
}
