package dev.baton;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.QUICK;
import static dev.baton.fixture.Samples.millis;
import static dev.baton.fixture.Samples.seconds;
import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.fixture.Waits;
import dev.baton.register.TroubledRegister;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Loggers, sinks, executors, callbacks and registers that block, throw anything, drop, or come late: none of them holds up
 * renewal, expiry, another election, or an end; and health tells.
 */
@Timeout(300)
@SuppressWarnings("try") // an appender is there for as long as it is not detached
class ForeignCodeTest {
    private static final String NAME = ELECTION.toString();
    private static final ElectionTiming BRISK = ElectionTiming.of(seconds(6), seconds(4), millis(100));

    private final TroubledRegister register = new TroubledRegister(true);
    private final LockBackend backend = register.backend();
    private final List<ElectionEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        release.countDown();
        register.silent(false);
        backend.close();
        threads.shutdownNow();
    }

    private LeaderElection.Builder builder(String name) {
        return LeaderElection.on(backend, name)
                .identity("first")
                .timing(QUICK)
                .onStartedLeading(term -> calls.add("started"))
                .onStoppedLeading((term, why) -> calls.add("stopped " + why));
    }

    private long count(Type type) {
        return events.stream().filter(event -> event.type() == type).count();
    }

    private void until(BooleanSupplier condition) {
        await().until(condition::getAsBoolean);
    }

    /** Waits for ever, whatever interrupts it, until the test is over. */
    private void hang() {
        boolean interrupted = false;
        while (true) {
            try {
                release.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Work that says that it was interrupted. */
    private StartedLeading interruptible() {
        return interruptible(calls);
    }

    private static StartedLeading interruptible(List<String> told) {
        return term -> {
            told.add("started");
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                told.add("interrupted");
                throw e;
            }
        };
    }

    private void closesInTime(Runnable close) {
        Thread closing = new Thread(close, "closing");
        closing.setDaemon(true);
        closing.start();
        until(() -> !closing.isAlive());
    }

    // -- loggers --------------------------------------------------------------------------------------------------

    private interface Appending {
        void append(ILoggingEvent event);
    }

    private static AutoCloseable appender(Appending appending) {
        ch.qos.logback.classic.Logger logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("dev.baton");
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                appending.append(event);
            }

            @Override
            public synchronized void doAppend(ILoggingEvent event) {
                // What an appender of others throws comes through; the base class would keep it.
                append(event);
            }
        };
        appender.setContext(logger.getLoggerContext());
        appender.start();
        Level before = logger.getLevel();
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(appender);
        return () -> {
            logger.detachAppender(appender);
            logger.setAdditive(true);
            logger.setLevel(before);
        };
    }

    /** Standard output is a pipe that nobody reads. */
    @Test
    void logThatBlocksHoldsUpNeitherExpiryNorCloseAndIsNoSecret() throws Exception {
        AtomicBoolean blocks = new AtomicBoolean();
        try (AutoCloseable detached = appender(event -> {
            if (blocks.get()) {
                hang();
            }
        })) {
            LeaderElection election =
                    builder(NAME).onStartedLeading(interruptible()).start();
            until(() -> election.leadership().isPresent() && calls.contains("started"));
            blocks.set(true);
            register.silent(true);
            until(() -> calls.contains("interrupted"));
            until(() -> calls.contains("stopped EXPIRED"));
            until(() -> !election.health().healthy());
            assertThat(election.health().state()).isNotEqualTo("leading");
            closesInTime(backend::close);
            release.countDown();
        }
    }

    static Stream<Throwable> anything() {
        return Stream.of(
                new IllegalStateException("an exception"),
                new IOException("undeclared"),
                new OutOfMemoryError("planted"),
                new StackOverflowError(),
                new NoClassDefFoundError("planted"),
                new AssertionError("planted"),
                new Throwable("neither exception nor error") {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("not even this can be asked");
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("anything")
    void logThatThrowsDisturbsNothing(Throwable failure) throws Exception {
        try (AutoCloseable detached = appender(event -> Sneaky.raise(failure))) {
            LeaderElection election = builder(NAME).timing(BRISK).start();
            until(() -> election.leadership().isPresent());
            election.stepDown();
            until(() -> calls.contains("stopped STEPPED_DOWN"));
            until(() -> calls.stream().filter("started"::equals).count() == 2);
            election.close();
            assertThat(calls).endsWith("stopped CLOSED");
        }
    }

    // -- sinks ----------------------------------------------------------------------------------------------------

    @Test
    void sinkThatBlocksHoldsUpNeitherExpiryNorOtherElectionsNorClose() {
        LeaderElection election = builder(NAME)
                .events(event -> hang())
                .onStartedLeading(interruptible())
                .start();
        LeaderElection other = builder("orders/other").start();
        until(() -> election.leadership().isPresent() && other.leadership().isPresent());
        until(() -> calls.contains("started"));
        register.silent(true);
        until(() -> calls.contains("interrupted") && calls.contains("stopped EXPIRED"));
        register.silent(false);
        until(() -> other.leadership().isPresent());
        closesInTime(election::close);
        closesInTime(backend::close);
    }

    /** A sink for each that there is to throw, all at once, since a claim that was removed is waited for. */
    @Test
    void sinkThatThrowsAtTheEndOfATermTakesNothingWithIt() {
        Map<ElectionName, List<String>> told = new LinkedHashMap<>();
        List<LeaderElection> elections = new ArrayList<>();
        anything().forEach(failure -> {
            ElectionName name = ElectionName.parse("orders/sink-" + told.size());
            List<String> heard = new CopyOnWriteArrayList<>();
            told.put(name, heard);
            elections.add(builder(name.toString())
                    .timing(BRISK)
                    .onStartedLeading(interruptible(heard))
                    .onStoppedLeading((term, why) -> heard.add("stopped " + why))
                    .events(event -> {
                        if (event.type() == Type.TERM_ENDED || event.type() == Type.TERM_DRAINING) {
                            Sneaky.raise(failure);
                        }
                    })
                    .events(events::add)
                    .start());
        });
        assertThat(told).hasSizeGreaterThan(5);
        until(() -> told.values().stream().allMatch(heard -> heard.contains("started")));
        told.keySet().forEach(register::delete);
        until(() ->
                told.values().stream().allMatch(heard -> heard.containsAll(List.of("interrupted", "stopped LOST"))));
        until(() -> told.values().stream()
                .allMatch(heard -> heard.stream().filter("started"::equals).count() == 2));
        until(() -> elections.stream().allMatch(election -> election.health().healthy()));
    }

    @Test
    void closeInASinkWaitsForNothingThatItHoldsUp() {
        CompletableFuture<LeaderElection> self = new CompletableFuture<>();
        CountDownLatch closed = new CountDownLatch(1);
        LeaderElection other = builder("orders/other").start();
        LeaderElection.Builder election = builder(NAME)
                .onStartedLeading(term -> {})
                .onStoppedLeading((term, why) -> {})
                .events(event -> {
                    if (event.type() == Type.RENEWED) {
                        self.join().close();
                        backend.close();
                        closed.countDown();
                    }
                })
                .drainTimeout(seconds(60));
        self.complete(election.start());
        until(() -> closed.getCount() == 0);
        assertThat(other.health().state()).isEqualTo("stopped");
    }

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

    /** As {@code CallerRunsPolicy} does: the thread that submits is none that anybody waits for. */
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
                .onNewLeader(leader -> calls.add("news"))
                .start();
        until(() -> election.leadership().isPresent() && !calls.isEmpty());
        election.close();
        assertThat(calls).contains("stopped CLOSED");
        assertThat(calls.get(0)).doesNotContain("loop").doesNotContain("sender");
    }

    /** Takes so many tasks, and does with the rest what it is told. */
    private Executor afterTasks(int taken, Executor then) {
        AtomicInteger tasks = new AtomicInteger();
        return task -> {
            if (tasks.incrementAndGet() <= taken) {
                threads.execute(task);
            } else {
                then.execute(task);
            }
        };
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
        LeaderElection election = builder(NAME)
                .timing(BRISK)
                .events(event -> calls.add("event " + event.type().text()))
                .callbackExecutor(afterTasks(1, task -> calls.add("dropped")))
                .start();
        until(() -> calls.contains("started"));
        election.withdraw();
        until(() -> calls.contains("event claim-withdrawn"));
        assertThat(calls)
                .containsSubsequence("dropped", "stopped WITHDRAWN", "event term-ended", "event claim-withdrawn");
    }

    /** A term without work ends, the candidate says that it is unfit, and is fit again when its work begins. */
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
    void whateverOnNewLeaderThrowsTheStagesOfTermsComplete(Throwable failure) {
        LeaderElection election =
                builder(NAME).onNewLeader(leader -> Sneaky.raise(failure)).start();
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
    void onNewLeaderThatHangsKeepsNoStageOpen() {
        LeaderElection election = builder(NAME).onNewLeader(leader -> hang()).start();
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

    /** Nothing is said by Baton on these threads, whatever it has to say. */
    @Test
    void logsAreWrittenNeitherOnTheLoopNorOnTheSender() throws Exception {
        List<String> writers = new CopyOnWriteArrayList<>();
        try (AutoCloseable detached =
                appender(event -> writers.add(Thread.currentThread().getName()))) {
            LeaderElection election = builder(NAME)
                    .callbackExecutor(afterTasks(1, task -> {
                        throw new RejectedExecutionException("full");
                    }))
                    .onStartedLeading(term -> {
                        throw new IllegalStateException("boom");
                    })
                    .start();
            until(() -> calls.contains("stopped START_FAILED"));
            register.silent(true);
            until(() -> !election.health().healthy());
            register.silent(false);
            backend.runtime().timekeeper().execute(() -> Sneaky.raise(new IOException("a defect")));
            backend.close();
        }
        assertThat(writers).isNotEmpty().noneMatch(name -> name.endsWith("-loop") || name.endsWith("-sender"));
    }
}
