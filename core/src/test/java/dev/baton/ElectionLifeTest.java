package dev.baton;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.QUICK;
import static dev.baton.fixture.Samples.millis;
import static dev.baton.fixture.Samples.seconds;
import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.fixture.VirtualRuntime;
import dev.baton.fixture.VirtualTime;
import dev.baton.fixture.Waits;
import dev.baton.register.InMemoryRegister;
import dev.baton.register.RegisterBackend;
import dev.baton.register.TroubledRegister;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What users hold, on real threads. */
@Timeout(300)
class ElectionLifeTest {
    private static final String NAME = ELECTION.toString();

    private final TroubledRegister register = new TroubledRegister(true);
    private final LockBackend backend = register.backend();
    private final List<ElectionEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();

    @AfterEach
    void closeBackend() {
        register.silent(false);
        backend.close();
    }

    private LeaderElection.Builder builder(String identity) {
        return LeaderElection.on(backend, NAME)
                .identity(identity)
                .events(events::add)
                .onStartedLeading(term -> calls.add("started"))
                .onStoppedLeading((term, why) -> calls.add("stopped " + why));
    }

    private List<Type> types() {
        return events.stream().map(ElectionEvent::type).toList();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // -- grammar --------------------------------------------------------------------------------------------------

    @Test
    void eachTermIsStartedThenStoppedOnceAndNoTwoOverlap() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Leadership> terms = new CopyOnWriteArrayList<>();
        LeaderElection election = builder("first")
                .timing(ElectionTiming.of(seconds(3), seconds(2), millis(20)))
                .onStartedLeading(term -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    calls.add("started");
                    terms.add(term);
                    if (terms.size() % 2 == 0) {
                        term.stepDown();
                    } else {
                        register.delete(ELECTION);
                    }
                })
                .onStoppedLeading((term, why) -> {
                    calls.add("stopped");
                    running.decrementAndGet();
                })
                .start();
        await().until(() -> terms.size() >= 8);
        election.close();
        for (int i = 0; i < calls.size(); i++) {
            assertThat(calls.get(i)).isEqualTo(i % 2 == 0 ? "started" : "stopped");
        }
        assertThat(calls.size()).isEqualTo(terms.size() * 2);
        assertThat(most).hasValue(1);
        for (int i = 1; i < terms.size(); i++) {
            assertThat(terms.get(i).fencingToken())
                    .isGreaterThan(terms.get(i - 1).fencingToken());
        }
    }

    @Test
    void callbacksRunNeitherOnTheLoopNorOnTheSender() {
        Map<String, String> threads = new ConcurrentHashMap<>();
        Consumer<String> ran =
                what -> threads.merge(what, Thread.currentThread().getName(), (one, two) -> one + " " + two);
        LeaderElection election = builder("first")
                .onStartedLeading(term -> {
                    term.ended().thenRun(() -> ran.accept("ended"));
                    term.draining().thenRun(() -> ran.accept("draining"));
                    ran.accept("started");
                })
                .onStoppedLeading((term, why) -> ran.accept("stopped"))
                .onLeaderChange(leader -> ran.accept("news"))
                .start();
        await().until(() -> threads.keySet().containsAll(Set.of("started", "news")));
        election.closeAsync().thenRun(() -> ran.accept("closed"));
        await().until(() ->
                threads.keySet().containsAll(Set.of("started", "news", "draining", "stopped", "ended", "closed")));
        assertThat(threads.values()).noneMatch(names -> names.contains("-loop") || names.contains("-sender"));
    }

    /** Rule 1.3. */
    @Test
    void rule1_3_registerIsCalledOnTheSenderOnly() {
        LeaderElection election = builder("first").start();
        await().until(() -> calls.contains("started"));
        await().until(() -> types().contains(Type.WATCHING));
        election.close();
        assertThat(register.threads()).containsExactly("baton-troubled-sender");
    }

    @Test
    void workThatThrowsEndsTheTermAndLeavesTheContestForAWhile() {
        LeaderElection election = builder("first")
                .onStartedLeading(term -> {
                    throw new IllegalStateException("boom");
                })
                .start();
        await().until(() -> types().contains(Type.CLAIM_WITHDRAWN));
        assertThat(calls).containsExactly("stopped START_FAILED");
        assertThat(election.leadership()).isEmpty();
    }

    @Test
    void executorThatRejectsEndsTheTerm() {
        ExecutorService closed = Executors.newSingleThreadExecutor();
        closed.shutdown();
        LeaderElection election = builder("first").callbackExecutor(closed).start();
        await().until(() -> types().contains(Type.CLAIM_WITHDRAWN));
        assertThat(calls).as("what never started is not stopped").isEmpty();
        election.close();
    }

    /** The executor is full: the work never began, so it never will. */
    @Test
    void workThatDoesNotBeginWithinARetryPeriodIsCancelled() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            one.execute(() -> awaitUninterruptibly(busy));
            LeaderElection election = builder("first")
                    .timing(ElectionTiming.of(seconds(3), seconds(2), millis(100)))
                    .callbackExecutor(one)
                    .start();
            await().until(() -> types().contains(Type.CLAIM_WITHDRAWN));
            election.withdraw();
            busy.countDown();
            one.shutdown();
            assertThat(one.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
            assertThat(calls).isEmpty();
        } finally {
            one.shutdownNow();
        }
    }

    // -- interrupts -----------------------------------------------------------------------------------------------

    @Test
    void ownThreadIsInterruptedHalfwayThroughTheDrain() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        LeaderElection election = builder("first")
                .drainTimeout(seconds(8))
                .onStartedLeading(term -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.complete(term.isValid());
                        throw e;
                    }
                })
                .start();
        await().until(() -> election.leadership().isPresent());
        election.stepDown();
        assertThat(interrupted.join()).as("still valid while it drains").isTrue();
        await().until(() -> calls.contains("stopped STEPPED_DOWN"));
    }

    @Test
    void threadOfASuppliedExecutorIsNeverInterrupted() {
        ExecutorService own = Executors.newSingleThreadExecutor();
        try {
            AtomicBoolean interrupted = new AtomicBoolean();
            CountDownLatch timedOut = new CountDownLatch(1);
            LeaderElection election = builder("first")
                    .drainTimeout(millis(100))
                    .callbackExecutor(own)
                    .onStartedLeading(term -> {
                        calls.add("started");
                        while (term.isValid()) {
                            Thread.onSpinWait();
                        }
                        interrupted.set(Thread.currentThread().isInterrupted());
                        timedOut.countDown();
                    })
                    .start();
            await().until(() -> calls.contains("started"));
            election.stepDown();
            await().until(() -> calls.contains("stopped DRAIN_TIMED_OUT"));
            assertThat(interrupted).isFalse();
        } finally {
            own.shutdownNow();
        }
    }

    /** Callbacks of this runtime run on the thread of the test, one after another: what one leaves behind is seen. */
    @Test
    void interruptLeaksToNoOtherCallback() {
        VirtualTime time = new VirtualTime(1);
        try (LockBackend virtual = new RegisterBackend(InMemoryRegister.on(new VirtualRuntime(time)), 0)) {
            LeaderElection election = LeaderElection.on(virtual, NAME)
                    .onStartedLeading(term -> {
                        calls.add("started");
                        Thread.currentThread().interrupt();
                    })
                    .onStoppedLeading((term, why) -> {
                        calls.add("stopped");
                        Thread.currentThread().interrupt();
                    })
                    .start();
            time.advance(millis(100));
            assertThat(Thread.interrupted()).as("left by onStartedLeading").isFalse();
            election.stepDown();
            time.advance(millis(100));
            assertThat(Thread.interrupted()).as("left by onStoppedLeading").isFalse();
            assertThat(calls).containsExactly("started", "stopped");
        }
    }

    // -- hanging callbacks ----------------------------------------------------------------------------------------

    @Test
    void hungCallbackDelaysNeitherRenewalNorExpiry() {
        CountDownLatch hangs = new CountDownLatch(1);
        try {
            LeaderElection election = builder("first")
                    .timing(QUICK)
                    .onStartedLeading(term -> awaitUninterruptibly(hangs))
                    .start();
            await().until(() -> types().stream().filter(Type.RENEWED::equals).count() >= 5);
            Leadership term = election.leadership().orElseThrow();
            register.silent(true);
            await().until(() -> !term.isValid());
            await().until(() -> types().contains(Type.TERM_ENDED));
            await().until(() -> !election.health().healthy());
            register.silent(false);
            await().until(() -> types().contains(Type.CLAIM_WITHDRAWN));
            assertThat(election.health().healthy()).isFalse();
            assertThat(election.health().detail()).contains("have not returned");
            assertThat(types().stream().filter(Type.TERM_STARTED::equals)).hasSize(1);
            hangs.countDown();
            await().until(() -> election.leadership().isPresent());
        } finally {
            hangs.countDown();
        }
    }

    @Test
    void hungNewsDelaysNoTerm() {
        CountDownLatch hangs = new CountDownLatch(1);
        try {
            LeaderElection election = builder("first")
                    .onLeaderChange(leader -> awaitUninterruptibly(hangs))
                    .start();
            await().until(() -> calls.contains("started"));
            election.stepDown();
            await().until(() -> calls.contains("stopped STEPPED_DOWN"));
        } finally {
            hangs.countDown();
        }
    }

    // -- closing --------------------------------------------------------------------------------------------------

    @Test
    void closeFromWithinACallbackDoesNotWaitForItself() {
        CompletableFuture<LeaderElection> self = new CompletableFuture<>();
        LeaderElection election = builder("first")
                .drainTimeout(seconds(60))
                .onStartedLeading(term -> {
                    self.join().close();
                    calls.add("closed");
                })
                .start();
        self.complete(election);
        await().until(() -> election.health().state().equals("stopped"));
        assertThat(calls).containsExactly("closed", "stopped CLOSED");
    }

    @Test
    void closeFromNewsOfALeaderDoesNotWaitForItself() {
        CompletableFuture<LeaderElection> self = new CompletableFuture<>();
        LeaderElection election = builder("first")
                .drainTimeout(seconds(60))
                .onLeaderChange(leader -> self.join().close())
                .start();
        self.complete(election);
        await().until(() -> election.health().state().equals("stopped"));
    }

    @Test
    void closeFromOnStoppedLeadingDoesNotWaitForItself() {
        CompletableFuture<LeaderElection> self = new CompletableFuture<>();
        LeaderElection election = builder("first")
                .drainTimeout(seconds(60))
                .onStoppedLeading((term, why) -> {
                    self.join().close();
                    backend.close();
                    calls.add("closed");
                })
                .start();
        self.complete(election);
        await().until(() -> election.leadership().isPresent());
        election.stepDown();
        await().until(() -> calls.contains("closed"));
    }

    @Test
    void closeThrowsNothingTwiceAndHandsOver() {
        LeaderElection election = builder("first").start();
        await().until(() -> calls.contains("started"));
        assertThatCode(() -> {
                    election.close();
                    election.close();
                    election.stepDown();
                    election.pause();
                    election.resume();
                    election.withdraw();
                })
                .doesNotThrowAnyException();
        assertThat(calls).containsExactly("started", "stopped CLOSED");
        assertThat(types()).contains(Type.CLAIM_WITHDRAWN, Type.STOPPED);
        assertThat(election.health().state()).isEqualTo("stopped");
        assertThat(election.leadership()).isEmpty();
    }

    @Test
    void closingTheBackendClosesItsElections() {
        LeaderElection leader = builder("first").start();
        await().until(() -> calls.contains("started"));
        LeaderElection standby = builder("second").start();
        await().until(() -> standby.currentLeader().isPresent());
        standby.pause();
        backend.close();
        backend.close();
        assertThat(leader.health().state()).isEqualTo("stopped");
        assertThat(standby.health().state()).isEqualTo("stopped");
        assertThat(calls).containsExactly("started", "stopped CLOSED");
        assertThatCode(leader::close).doesNotThrowAnyException();
        assertThat(leader.closeAsync().toCompletableFuture()).succeedsWithin(Waits.LIMIT);
    }

    /** What follows a close may be anything, also another close; the loop must be free for it. */
    @Test
    void whatFollowsCloseAsyncMayCloseTheBackend() {
        LeaderElection other = LeaderElection.on(backend, "orders/other")
                .onStartedLeading(term -> calls.add("other"))
                .start();
        await().until(() -> other.leadership().isPresent());
        LeaderElection election = builder("first").start();
        await().until(() -> calls.contains("started"));
        CompletableFuture<Void> all =
                election.closeAsync().thenRun(backend::close).toCompletableFuture();
        assertThat(all).succeedsWithin(Waits.LIMIT);
        assertThat(other.health().state()).isEqualTo("stopped");
    }

    // -- terms ----------------------------------------------------------------------------------------------------

    @Test
    void leadershipTellsWhereItIsAndWhyItEnded() {
        LeaderElection election = builder("first").start();
        await().until(() -> election.leadership().isPresent());
        Leadership term = election.leadership().orElseThrow();
        assertThat(term.phase()).isEqualTo(TermPhase.ACTIVE);
        assertThat(term.acceptsWork()).isTrue();
        assertThat(term.requireValid()).isSameAs(term);
        assertThat(term.remaining()).isPositive().isLessThanOrEqualTo(seconds(10));
        assertThat(term.toString()).contains(term.fencingToken().shortText()).contains("ACTIVE");
        term.stepDown();
        assertThat(term.ended().toCompletableFuture())
                .succeedsWithin(Waits.LIMIT)
                .isEqualTo(EndReason.STEPPED_DOWN);
        assertThat(term.draining().toCompletableFuture()).isCompletedWithValue(EndReason.STEPPED_DOWN);
        assertThat(term.isValid()).isFalse();
        assertThat(term.remaining()).isZero();
        assertThatCode(term::requireValid)
                .isInstanceOf(LeadershipLostException.class)
                .hasMessageContaining("is over")
                .hasMessageContaining(EndReason.STEPPED_DOWN.text())
                .hasMessageContaining("a new term will start it again");
    }

    @Test
    void drainingAcceptsNoWorkButIsStillValid() {
        CountDownLatch finish = new CountDownLatch(1);
        try {
            LeaderElection election = builder("first")
                    .drainTimeout(seconds(60))
                    .onStartedLeading(term -> {
                        calls.add("began");
                        finish.await();
                    })
                    .start();
            // Work that has not begun is not waited for.
            await().until(() -> calls.contains("began"));
            Leadership term = election.leadership().orElseThrow();
            election.stepDown();
            await().until(() -> !term.acceptsWork());
            assertThat(term.isValid()).isTrue();
            assertThat(term.phase()).isEqualTo(TermPhase.DRAINING);
        } finally {
            finish.countDown();
        }
    }

    /** The object of a term that is over does not affect the next one. */
    @Test
    void stepDownOfAnEndedTermLeavesTheNextOneAlone() {
        LeaderElection election = builder("first")
                .timing(ElectionTiming.of(seconds(3), seconds(2), millis(100)))
                .start();
        await().until(() -> election.leadership().isPresent());
        Leadership old = election.leadership().orElseThrow();
        register.delete(ELECTION);
        await().until(() -> election.leadership().filter(term -> term != old).isPresent());
        old.stepDown();
        election.pause();
        await().until(() -> types().contains(Type.PAUSED));
        assertThat(types()).doesNotContain(Type.TERM_DRAINING);
    }

    // -- what can be asked ----------------------------------------------------------------------------------------

    @Test
    void healthIsASentenceForAnOperator() {
        LeaderElection leader = builder("first").start();
        await().until(() -> leader.leadership().isPresent());
        await().until(() -> leader.health().state().equals("leading"));
        await().until(() -> leader.health().healthy());
        assertThat(leader.health().detail()).startsWith("leads with token ").endsWith(" unless renewed");

        LeaderElection standby = builder("second").start();
        await().until(() -> standby.health().detail().equals("first leads"));
        assertThat(standby.health()).isEqualTo(new Health(true, "standing-by", "first leads"));
        standby.pause();
        await().until(() ->
                standby.health().detail().equals("first leads; this candidate does not contend until resumed"));
        assertThat(leader.toString()).isEqualTo("orders/reconciler as first");
        assertThat(leader.identity()).isEqualTo("first");
        assertThat(leader.name()).isEqualTo(ELECTION);
    }

    @Test
    void storeThatDoesNotAnswerIsUnhealthyUntilItDoes() {
        LeaderElection election = builder("first").timing(QUICK).start();
        await().until(() -> election.leadership().isPresent());
        register.silent(true);
        // On a starved machine its loop may be what is in trouble for a moment.
        await().until(() -> {
            Health health = election.health();
            return !health.healthy()
                    && health.detail().contains("troubled did not answer")
                    && health.detail().contains("retrying");
        });
        register.silent(false);
        await().until(() -> election.health().healthy());
        assertThat(types()).contains(Type.UNREACHABLE, Type.REACHABLE);
    }

    @Test
    void pollingIsSaid() {
        TroubledRegister deaf = new TroubledRegister(false);
        try (LockBackend polled = deaf.backend()) {
            LeaderElection first = LeaderElection.on(polled, NAME)
                    .identity("first")
                    .onStartedLeading(term -> calls.add("started"))
                    .start();
            await().until(() -> first.leadership().isPresent());
            LeaderElection second = LeaderElection.on(polled, NAME)
                    .onStartedLeading(term -> calls.add("second"))
                    .start();
            await().until(() -> second.health().detail().equals("first leads; changes are polled for, not watched"));
            first.close();
            await().until(() -> calls.contains("second"));
        }
    }

    @Test
    void everybodyKnowsWhoLeads() {
        List<Optional<String>> heard = new CopyOnWriteArrayList<>();
        List<Optional<String>> observed = new CopyOnWriteArrayList<>();
        LeaderObserver observer = LeaderElection.observe(backend, NAME)
                .onLeaderChange(leader -> observed.add(leader.map(Holder::identity)))
                .start();
        await().until(observer::isLive);
        LeaderElection first = builder("first").start();
        await().until(() -> first.currentLeader().map(Holder::identity).equals(Optional.of("first")));
        LeaderElection second = builder("second")
                .onLeaderChange(leader -> heard.add(leader.map(Holder::identity)))
                .start();
        await().until(() -> second.currentLeader().map(Holder::identity).equals(Optional.of("first")));
        first.close();
        await().until(() -> second.currentLeader().map(Holder::identity).equals(Optional.of("second")));
        await().until(() -> observer.currentLeader().map(Holder::identity).equals(Optional.of("second")));
        await().until(() -> heard.equals(List.of(Optional.of("first"), Optional.empty(), Optional.of("second"))));
        await().until(() -> observed.equals(List.of(Optional.of("first"), Optional.empty(), Optional.of("second"))));
        observer.close();
        observer.close();
    }

    /** The executor is slow: a change that it begins once the election has stopped reaches no listener. */
    @Test
    void newsThatWaitForTheirExecutorAreNotToldOnceStopped() {
        Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        List<Optional<Holder>> heard = new CopyOnWriteArrayList<>();
        LeaderElection first = builder("first").start();
        await().until(() -> first.leadership().isPresent());
        LeaderElection second = builder("second")
                .callbackExecutor(waiting::add)
                .onLeaderChange(heard::add)
                .start();
        await().until(() -> !waiting.isEmpty());

        second.close();
        waiting.forEach(Runnable::run);

        assertThat(heard).isEmpty();
        first.close();
    }

    @Test
    void listenerThatThrowsHearsTheNextNews() {
        List<Optional<String>> observed = new CopyOnWriteArrayList<>();
        LeaderElection.observe(backend, NAME)
                .onLeaderChange(leader -> {
                    observed.add(leader.map(Holder::identity));
                    throw new IllegalStateException("boom");
                })
                .start();
        LeaderElection election = builder("first").start();
        await().until(() -> observed.contains(Optional.of("first")));
        election.close();
        await().until(() -> observed.size() == 2);
    }

    // -- many, and recorded ---------------------------------------------------------------------------------------

    /** Rule 8.3: an idle election holds no thread. */
    @Test
    void rule8_3_thousandElectionsShareTheThreadsOfTheirBackend() {
        List<LeaderElection> elections = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            elections.add(LeaderElection.on(backend, "orders/e" + i)
                    .onStartedLeading(term -> calls.add("started"))
                    .start());
        }
        await().until(() -> calls.size() == 1_000);
        // The loop, the sender, the watchdog, and one for each outbox.
        await().until(() -> threads() <= 5);
        assertThat(elections).allMatch(election -> election.leadership().isPresent());
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("baton-troubled-"))
                .count();
    }

    @Test
    void sinkThatThrowsDisturbsNothing() {
        AtomicInteger heard = new AtomicInteger();
        LeaderElection election = builder("first")
                .events(event -> {
                    heard.incrementAndGet();
                    throw new IllegalStateException("full");
                })
                .events(event -> calls.add("heard"))
                .start();
        await().until(() -> election.leadership().isPresent());
        election.close();
        assertThat(heard).hasPositiveValue();
        assertThat(calls).contains("heard", "stopped CLOSED");
    }

    @Test
    void eventsAreRecordedByTheFlightRecorder(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("election.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.baton.Election");
            recording.start();
            LeaderElection election = builder("first").start();
            await().until(() -> election.leadership().isPresent());
            election.close();
            recording.stop();
            recording.dump(file);
        }
        List<String> recorded = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.baton.Election"))
                .filter(event -> event.getString("identity").equals("first"))
                .map(event -> event.getString("type"))
                .toList();
        assertThat(recorded).containsSubsequence("started", "term-started", "term-ended", "claim-withdrawn", "stopped");
    }

    @Test
    void hungWorkIsWaitedForBoundedlyOnClose() {
        CountDownLatch hangs = new CountDownLatch(1);
        try {
            LeaderElection election = builder("first")
                    .timing(QUICK)
                    .drainTimeout(Duration.ofMillis(100))
                    .onStartedLeading(term -> awaitUninterruptibly(hangs))
                    .start();
            await().until(() -> election.leadership().isPresent());
            election.close();
            assertThat(hangs.getCount())
                    .as("it returned though the work has not")
                    .isEqualTo(1);
            assertThat(types()).contains(Type.TERM_ENDED);
        } finally {
            hangs.countDown();
        }
    }
}
