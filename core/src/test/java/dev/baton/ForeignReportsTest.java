package dev.baton;

import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.ElectionName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Loggers and sinks that block or throw anything: none of them holds up renewal, expiry, another election, or an end. */
@Timeout(300)
@SuppressWarnings("try") // an appender is there for as long as it is not detached
class ForeignReportsTest extends AmongForeignCode {
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

    /** Standard output is a pipe without a reader. */
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

    /** Baton logs nothing on these threads, at any level. */
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
}
