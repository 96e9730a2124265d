package dev.baton;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.millis;
import static dev.baton.fixture.Samples.seconds;
import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.fixture.Waits;
import dev.baton.register.TroubledRegister;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work outside the callbacks: done only while new work may begin, and waited for. */
@Timeout(300)
class PermitTest {
    private static final String NAME = ELECTION.toString();
    private static final ElectionTiming BRISK = ElectionTiming.of(seconds(30), seconds(20), millis(200));

    private final TroubledRegister register = new TroubledRegister(true);
    private final LockBackend backend = register.backend();
    private final List<ElectionEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        backend.close();
    }

    private LeaderElection.Builder builder() {
        return LeaderElection.on(backend, NAME)
                .identity("first")
                .timing(BRISK)
                .events(events::add)
                .onStartedLeading(term -> calls.add("started"))
                .onStoppedLeading((term, why) -> calls.add("stopped " + why));
    }

    private LeaderElection leading(LeaderElection.Builder builder) {
        LeaderElection election = builder.start();
        until(() -> election.leadership().isPresent() && calls.contains("started"));
        return election;
    }

    private static void until(BooleanSupplier condition) {
        await().until(condition::getAsBoolean);
    }

    private ElectionEvent first(Type type) {
        until(() -> events.stream().anyMatch(event -> event.type() == type));
        return events.stream().filter(event -> event.type() == type).findFirst().orElseThrow();
    }

    private Thread working(LeaderElection election, LeaderWork<Exception> work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        calls.add("done: " + election.ifLeading(work));
                    } catch (Exception e) {
                        calls.add("threw " + e.getClass().getSimpleName());
                    }
                    calls.add(
                            "interrupted afterwards: " + Thread.currentThread().isInterrupted());
                },
                "working");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void workIsDoneByALeaderOnlyAndOnTheThreadThatAsks() throws IOException {
        LeaderElection election = builder().start();
        election.pause();
        LeaderElection leader =
                leading(LeaderElection.on(backend, "orders/other").onStartedLeading(term -> calls.add("started")));
        AtomicReference<Thread> worker = new AtomicReference<>();
        assertThat(leader.ifLeading(term -> {
                    assertThat(term.acceptsWork()).isTrue();
                    worker.set(Thread.currentThread());
                }))
                .isTrue();
        assertThat(worker).hasValue(Thread.currentThread());
        assertThatThrownBy(() -> leader.ifLeading(term -> {
                    throw new IOException("of the work");
                }))
                .isInstanceOf(IOException.class);
        LeaderElection standby = LeaderElection.on(backend, "orders/other")
                .identity("second")
                .onStartedLeading(term -> calls.add("second"))
                .start();
        assertThat(standby.ifLeading(term -> calls.add("work of a standby"))).isFalse();
        assertThat(standby.permit()).isEmpty();
        leader.close();
        assertThat(leader.permit()).isEmpty();
        assertThat(calls).doesNotContain("work of a standby");
    }

    @Test
    void handOverWaitsForEveryPermitAndNoneIsGivenMeanwhile() {
        LeaderElection election = leading(builder().drainTimeout(seconds(60)));
        Permit one = election.permit().orElseThrow();
        Permit other = election.permit().orElseThrow();
        election.withdraw();
        until(() -> !one.term().acceptsWork());
        assertThat(one.term().isValid()).isTrue();
        assertThat(election.permit()).isEmpty();
        one.close();
        one.close();
        first(Type.TERM_DRAINING);
        assertThat(calls).doesNotContain("stopped WITHDRAWN");
        assertThat(events).extracting(ElectionEvent::type).doesNotContain(Type.TERM_ENDED);
        other.close();
        first(Type.CLAIM_WITHDRAWN);
        assertThat(calls).endsWith("stopped WITHDRAWN");
        assertThat(first(Type.TERM_ENDED).reason()).isEqualTo(EndReason.WITHDRAWN);
    }

    /** As the thread of a callback is, halfway through the drain; and what is left of that does not follow it out. */
    @Test
    void threadInsideIsInterruptedHalfwayThroughTheDrainAndNotAfterwards() {
        LeaderElection election = leading(builder().drainTimeout(seconds(8)));
        CountDownLatch inside = new CountDownLatch(1);
        working(election, term -> {
            inside.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            calls.add("interrupted, valid: " + term.isValid());
        });
        until(() -> inside.getCount() == 0);
        election.withdraw();
        first(Type.CLAIM_WITHDRAWN);
        until(() -> calls.contains("interrupted afterwards: false"));
        assertThat(calls)
                .containsSubsequence("interrupted, valid: true", "stopped WITHDRAWN")
                .contains("done: true");
    }

    @Test
    void threadInsideIsInterruptedWhenTheTermIsLost() {
        LeaderElection election = leading(builder());
        CountDownLatch inside = new CountDownLatch(1);
        working(election, term -> {
            inside.countDown();
            new CountDownLatch(1).await();
        });
        until(() -> inside.getCount() == 0);
        register.delete(ELECTION);
        until(() -> calls.contains("threw InterruptedException"));
        until(() -> calls.contains("interrupted afterwards: false"));
    }

    /** An earlier interrupt is not cleared. */
    @Test
    void interruptFromBeforeStays() {
        LeaderElection election = leading(builder().drainTimeout(seconds(1)));
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            Thread.currentThread().interrupt();
            election.ifLeading(term -> {
                while (term.acceptsWork()) {
                    Thread.onSpinWait();
                }
            });
            left.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        election.stepDown();
        assertThat(left).succeedsWithin(Waits.LIMIT).isEqualTo(true);
    }

    /** The inner call must not take the outer one's interrupt with it. */
    @Test
    void interruptReachesTheOuterOfTwoCalls() {
        LeaderElection election = leading(builder());
        CountDownLatch inside = new CountDownLatch(1);
        working(election, term -> {
            election.ifLeading(same -> {
                inside.countDown();
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            });
            calls.add("outer sees it: " + Thread.currentThread().isInterrupted());
        });
        until(() -> inside.getCount() == 0);
        register.delete(ELECTION);
        until(() -> calls.contains("interrupted afterwards: false"));
        assertThat(calls).contains("outer sees it: true");
    }

    @Test
    void claimOfAPermitThatIsNotReturnedLapsesInsteadOfBeingHandedOver() {
        LeaderElection election = leading(builder()
                .timing(ElectionTiming.of(seconds(9), seconds(6), millis(200)))
                .drainTimeout(millis(200)));
        Permit held = election.permit().orElseThrow();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        election.stepDown();
        ElectionEvent ended = first(Type.TERM_ENDED);
        assertThat(ended.reason()).isEqualTo(EndReason.DRAIN_TIMED_OUT);
        until(() -> calls.contains("stopped DRAIN_TIMED_OUT"));
        until(() -> !election.health().healthy());
        assertThat(election.health().detail()).contains("permits");
        ElectionEvent withdrawn = first(Type.CLAIM_WITHDRAWN);
        assertThat(Duration.ofNanos(withdrawn.at().nanosSince(ended.at())))
                .as("not before its lease has run out, whose last renewal was a retryPeriod ago at most or so")
                .isGreaterThan(seconds(1));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(events.stream().filter(event -> event.type() == Type.TERM_STARTED))
                .hasSize(1);
        held.close();
        until(() -> calls.stream().filter("started"::equals).count() == 2);
        until(() -> election.health().healthy());
    }

    /** What might stop that work must not wait for it. */
    @Test
    void lossIsToldAtOnceWhileAPermitIsOut() {
        LeaderElection election = leading(builder());
        try (Permit held = election.permit().orElseThrow()) {
            register.delete(ELECTION);
            until(() -> calls.contains("stopped LOST"));
            assertThat(held.term().isValid()).isFalse();
        }
        first(Type.CLAIM_WITHDRAWN);
    }

    /** The term began, its work did not, and yet a thread works under a permit. */
    @Test
    void cancelledStartWaitsForPermits() {
        LeaderElection election = builder()
                .drainTimeout(seconds(60))
                .callbackExecutor(task -> calls.add("dropped"))
                .start();
        until(() -> election.leadership().isPresent());
        Permit held = election.permit().orElseThrow();
        first(Type.TERM_DRAINING);
        assertThat(election.permit()).isEmpty();
        await().during(millis(500)).until(() -> held.term().isValid());
        held.close();
        assertThat(first(Type.TERM_ENDED).reason()).isEqualTo(EndReason.START_FAILED);
        first(Type.CLAIM_WITHDRAWN);
        assertThat(calls).as("what never began is not stopped").containsOnly("dropped");
    }

    @Test
    void closeInsideDoesNotWaitForItself() {
        LeaderElection election = leading(builder().drainTimeout(seconds(3_600)));
        Thread thread = working(election, term -> election.close());
        until(() -> !thread.isAlive());
        until(() -> election.health().state().equals("stopped"));
    }
}
