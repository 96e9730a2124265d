package dev.baton.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import dev.baton.register.InMemoryRegister;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.verify.Finding.Kind;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What elections really tell, by both ways in which they tell it. */
class RealEventsTest {
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(6), Duration.ofSeconds(4), Duration.ofMillis(500));
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String ELECTION = "orders/reconciler";

    @TempDir
    private Path folder;

    @Test
    void linesOfJsonAndARecordingTellTheSame() throws IOException {
        Path json = folder.resolve("both.jsonl");
        Path recorded = folder.resolve("both.jfr");
        Queue<ElectionEvent> told = new ConcurrentLinkedQueue<>();
        try (Recording recording = new Recording();
                Writer lines = Files.newBufferedWriter(json)) {
            recording.enable("dev.baton.Election");
            recording.start();
            handOverOnce(event -> {
                told.add(event);
                EventSink.jsonLines(lines).accept(event);
            });
            recording.stop();
            recording.dump(recorded);
        }

        EventLog fromJson = EventLog.read(json);
        EventLog fromRecording = EventLog.read(recorded);
        assertThat(fromJson.events())
                .extracting(logged -> logged.event().toJson())
                .containsExactlyElementsOf(
                        told.stream().map(ElectionEvent::toJson).toList());
        assertThat(fromRecording.events())
                .extracting(logged -> withoutWall(logged.event()))
                .containsExactlyInAnyOrderElementsOf(
                        told.stream().map(RealEventsTest::withoutWall).toList());
        for (List<EventLog> logs :
                List.of(List.of(fromJson), List.of(fromRecording), List.of(fromRecording, fromJson))) {
            Verification verification = Verification.of(logs, Premises.of(Clocks.ofOneHost(), TIMING));
            assertThat(verification.of(Kind.VIOLATION)).isEmpty();
            assertThat(verification.histories()).singleElement().satisfies(history -> {
                assertThat(history.runs()).hasSize(2);
                assertThat(history.terms()).hasSize(2);
            });
        }
    }

    private static String withoutWall(ElectionEvent event) {
        return event.toJson().replaceFirst("\"at\":\"[^\"]*\",", "");
    }

    /** By candidates of whom one looks as though its name had been escaped. */
    private static void handOverOnce(EventSink sink) {
        try (LockBackend backend = InMemoryRegister.open();
                LeaderElection ada = candidate(backend, "ada\\u{1b}", sink)) {
            await().atMost(PATIENCE).until(() -> ada.leadership().isPresent());
            try (LeaderElection ben = candidate(backend, "ben", sink)) {
                await().atMost(PATIENCE).until(() -> ben.currentLeader().isPresent());
                ada.pause();
                ada.stepDown();
                await().atMost(PATIENCE).until(() -> ben.leadership().isPresent());
            }
        }
    }

    private static LeaderElection candidate(LockBackend backend, String name, EventSink sink) {
        return LeaderElection.on(backend, ELECTION)
                .identity(name)
                .timing(TIMING)
                .events(sink)
                .onStartedLeading(term -> term.draining().toCompletableFuture().join())
                .start();
    }

    /** docs/verify.md tells this story; {@code -Dincident=FOLDER} keeps its logs. */
    @Test
    void operatorWhoDeletesTheRecordOfALeaderThatIsCutOffMakesTwo() throws IOException {
        Path kept = Path.of(System.getProperty("incident", folder.toString()));
        InMemoryRegister store = InMemoryRegister.on(BackendRuntime.start("store", false));
        Wire adasWire = new Wire(store);
        try (Writer adasLog = Files.newBufferedWriter(kept.resolve("ada.jsonl"));
                Writer bensLog = Files.newBufferedWriter(kept.resolve("ben.jsonl"));
                Writer cleosLog = Files.newBufferedWriter(kept.resolve("cleo.jsonl"));
                LockBackend adas = adasWire.backend();
                LockBackend bens = new Wire(store).backend();
                LockBackend cleos = new Wire(store).backend();
                LeaderElection ada = candidate(adas, "ada", EventSink.jsonLines(adasLog))) {
            await().atMost(PATIENCE).until(() -> ada.leadership().isPresent());
            try (LeaderElection ben = candidate(bens, "ben", EventSink.jsonLines(bensLog))) {
                await().atMost(PATIENCE).until(() -> ben.currentLeader().isPresent());
                adasWire.cut();
                store.delete(ElectionName.parse(ELECTION));
                try (LeaderElection cleo = candidate(cleos, "cleo", EventSink.jsonLines(cleosLog))) {
                    await().atMost(PATIENCE).until(() -> cleo.leadership().isPresent());
                    await().atMost(PATIENCE).until(() -> ada.leadership().isEmpty());
                    cleo.pause();
                    cleo.stepDown();
                    await().atMost(PATIENCE).until(() -> ben.leadership().isPresent());
                }
            }
        } finally {
            store.close();
        }

        Verification verification = Verification.of(
                EventLog.readAll(
                        List.of(kept.resolve("ada.jsonl"), kept.resolve("ben.jsonl"), kept.resolve("cleo.jsonl"))),
                Premises.of(Clocks.within(Duration.ofMillis(100)), TIMING));
        assertThat(verification.of(Kind.VIOLATION)).singleElement().satisfies(finding -> {
            assertThat(finding.rule()).isEqualTo(Rule.ONE_LEADER);
            assertThat(finding.text()).contains("ada's term", "cleo's term", "were both valid");
        });
    }

    @Test
    void failingReaderIsNotTakenForAnEmptyLog() {
        StringReader closed = new StringReader("");
        closed.close();
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> EventLog.readJsonLines("x", closed)))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(UncheckedIOException.class);
    }
}
