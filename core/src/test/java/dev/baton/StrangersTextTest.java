package dev.baton;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.QUICK;
import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EventSink;
import dev.baton.register.InMemoryRegister;
import dev.baton.register.LeaderRecord;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Text that another client wrote into the store, or that a library reported, on each way out of an election. */
@Timeout(120)
class StrangersTextTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String EVIL = "ada\u001b[2J\r\n12:00:00 INFO all is well\u009b\u202e\u2028b\\u{1b}";
    private static final String SHOWN = Printable.value(EVIL);
    private static final String SAID =
            "invalid header value: \"Bearer s3cret-token\n\" \u001b[2J http://root:s3cret@host:2379";

    private final InMemoryRegister register = InMemoryRegister.on(BackendRuntime.start("strangers", false));
    private final LockBackend backend = new RegisterBackend(register, 0);
    private final List<ElectionEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Logger root = (Logger) LoggerFactory.getLogger("dev.baton");
    private final Level before = root.getLevel();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getFormattedMessage());
            for (var thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
                logged.add(thrown.getClassName() + ": " + thrown.getMessage());
            }
            if (event.getThrowableProxy() != null) {
                logged.add(ThrowableProxyUtil.asString(event.getThrowableProxy())
                        .replace(System.lineSeparator(), "")
                        .replace("\t", ""));
            }
        }
    };

    @BeforeEach
    void listen() {
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void close() {
        backend.close();
        root.detachAppender(appender);
        root.setLevel(before);
    }

    private void assertFitToBeShown(String text) {
        assertThat(text.codePoints()).as(text).allMatch(Printable::isPrintable);
        assertThat(text).doesNotContain("s3cret");
    }

    private void hold(String identity) {
        Instant now = Instant.now();
        register.write(ELECTION, null, new LeaderRecord(identity, "", Duration.ofMinutes(5), now, now, 0))
                .toCompletableFuture()
                .join();
    }

    private LeaderElection standby(LockBackend on) {
        return LeaderElection.on(on, ELECTION.toString())
                .timing(QUICK)
                .identity("app-1")
                .events(events::add)
                .onStartedLeading(term -> {})
                .start();
    }

    @Test
    void holdersNameIsEscapedInLogHealthAndRecordingAndStaysWhatItIsInJson(@TempDir Path directory) throws IOException {
        hold(EVIL);
        Path file = directory.resolve("election.jfr");
        StringWriter json = new StringWriter();
        try (Recording recording = new Recording()) {
            recording.enable("dev.baton.Election");
            recording.start();
            try (LeaderElection election = LeaderElection.on(backend, ELECTION.toString())
                    .timing(QUICK)
                    .identity("app-1")
                    .events(events::add)
                    .events(EventSink.jsonLines(json))
                    .onStartedLeading(term -> {})
                    .start()) {
                await().atMost(PATIENCE)
                        .until(() -> events.stream().anyMatch(event -> event.type() == Type.NEW_LEADER));
                await().atMost(PATIENCE).until(() -> election.currentLeader().isPresent());
                assertThat(election.currentLeader().map(Holder::identity)).hasValue(EVIL);
                assertThat(election.currentLeader().orElseThrow().toString()).contains(SHOWN);
                assertThat(election.health().detail()).startsWith(SHOWN + " leads");
                assertFitToBeShown(election.health().detail());
            }
            recording.stop();
            recording.dump(file);
        }
        assertThat(logged).anyMatch(line -> line.contains("holder=" + SHOWN));
        logged.forEach(this::assertFitToBeShown);
        assertThat(json.toString().lines().toList())
                .hasSameSizeAs(events)
                .allSatisfy(this::assertFitToBeShown)
                .anyMatch(line ->
                        line.contains("ada\\u001b[2J\\u000d\\u000a12:00:00 INFO all is well\\u009b\\u202e\\u2028"));
        assertThat(RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals("dev.baton.Election"))
                        .map(event -> event.getString("holder")))
                .contains(SHOWN)
                .doesNotContain(EVIL);
    }

    @Test
    void librarysMessageIsEscapedAndItsSecretsAreHiddenInLogHealthAndEvents() {
        LockBackend failing = new ForwardingBackend(backend) {
            @Override
            public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                return CompletableFuture.failedFuture(
                        new IllegalStateException(SAID, new IllegalArgumentException(SAID)));
            }
        };
        try (LeaderElection election = standby(failing)) {
            await().atMost(PATIENCE).until(() -> events.stream().anyMatch(event -> event.type() == Type.UNREACHABLE));
            await().atMost(PATIENCE).until(() -> !election.health().healthy());
            assertThat(election.health().detail())
                    .contains("Bearer (hidden)", "\\u{1b}[2J", "http://(hidden)@host:2379");
            assertFitToBeShown(election.health().detail());
        }
        assertThat(logged).anyMatch(line -> line.contains("a backend call failed"));
        logged.forEach(this::assertFitToBeShown);
        events.forEach(event -> {
            assertFitToBeShown(event.toString());
            assertFitToBeShown(event.toJson());
        });
    }

    @Test
    void healthIsFitToBeShownWhateverItIsMadeOf() {
        assertFitToBeShown(new Health(false, "standby", SAID).detail());
    }

    @Test
    void whatABackendSaysOfALossIsEscaped() {
        hold("ada");
        LockBackend telling = new ForwardingBackend(backend) {
            @Override
            public Observation observe(
                    dev.baton.spi.ElectionName election,
                    dev.baton.spi.ElectionTiming timing,
                    dev.baton.spi.ElectionWatcher watcher) {
                throw new IllegalStateException(SAID);
            }
        };
        try (LeaderElection election = standby(telling)) {
            await().atMost(PATIENCE).until(() -> logged.stream().anyMatch(line -> line.contains("cannot observe")));
            assertThat(election.name()).isEqualTo(ELECTION);
        }
        logged.forEach(this::assertFitToBeShown);
    }

    @Test
    void workThatFailsWithAStrangersTextIsLoggedEscaped() {
        try (LeaderElection election = LeaderElection.on(backend, ELECTION.toString())
                .timing(QUICK)
                .identity("app-1")
                .events(events::add)
                .onStartedLeading(term -> {
                    throw new IllegalStateException(SAID);
                })
                .start()) {
            await().atMost(PATIENCE).until(() -> events.stream().anyMatch(event -> event.type() == Type.TERM_ENDED));
            assertFitToBeShown(election.health().detail());
        }
        assertThat(logged).anyMatch(line -> line.contains("onStartedLeading failed"));
        logged.forEach(this::assertFitToBeShown);
        events.forEach(event -> {
            assertFitToBeShown(event.toString());
            assertFitToBeShown(event.toJson());
        });
    }
}
