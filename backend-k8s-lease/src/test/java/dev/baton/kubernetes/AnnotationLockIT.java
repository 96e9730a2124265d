package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.Leadership;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The annotation of Endpoints and ConfigMaps on a real API server. */
class AnnotationLockIT {
    private static final Logger OURS = (Logger) LoggerFactory.getLogger("dev.baton");
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getLevel() + " " + event.getFormattedMessage());
        }
    };
    private final @Nullable Level ofRoot = ROOT.getLevel();
    private final @Nullable Level ofOurs = OURS.getLevel();
    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    AnnotationLockIT() throws IOException {}

    @BeforeEach
    void open() throws IOException {
        appender.start();
        ROOT.addAppender(appender);
        ROOT.setLevel(Level.INFO);
        OURS.setLevel(Level.INFO);
    }

    @AfterEach
    void close() throws Exception {
        ROOT.detachAppender(appender);
        ROOT.setLevel(ofRoot);
        OURS.setLevel(ofOurs);
        stage.close();
    }

    private KubernetesBackend backend(LockObject kind) {
        return stage.backend(
                kind == LockObject.ENDPOINTS ? KubernetesBackend.endpoints() : KubernetesBackend.configMap(),
                settings -> settings);
    }

    private TestCandidate candidate(LockObject kind, String identity) {
        return stage.candidate(backend(kind), identity);
    }

    private ObjectNode object(LockObject kind) {
        try {
            return Json.parse(stage.kubectl("get", kind.resource(), "reconciler", "-o", "json"));
        } catch (IOException e) {
            throw new IllegalStateException("kubectl printed no JSON", e);
        }
    }

    private String annotation(LockObject kind) {
        return Json.annotation(object(kind), AnnotationFormat.ANNOTATION);
    }

    private void annotate(LockObject kind, String text) {
        stage.kubectl(
                "annotate", "--overwrite", kind.resource(), "reconciler", AnnotationFormat.ANNOTATION + "=" + text);
    }

    private void create(LockObject kind, String more) {
        stage.kubectl(
                "create",
                "-f",
                stage.file(
                        "object.json",
                        "{\"apiVersion\":\"v1\",\"kind\":\"" + kind.kind() + "\",\"metadata\":{\"name\":\"reconciler\","
                                + "\"annotations\":{\"theirs\":\"kept\"}}" + more + "}"));
    }

    private static String holding(String holder, int seconds) {
        return "{\"holderIdentity\":\"" + holder + "\",\"leaseDurationSeconds\":" + seconds
                + ",\"acquireTime\":\"2026-01-02T03:04:05Z\",\"renewTime\":\"2026-01-02T03:04:05Z\","
                + "\"leaderTransitions\":4}";
    }

    // -- an election ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(names = {"ENDPOINTS", "CONFIG_MAP"})
    void isHeldRenewedTakenOverAndGivenBackInClientGosBytes(LockObject kind) {
        TestCandidate one = candidate(kind, "app-1");
        Leadership first = one.awaitTerm();
        String begun = annotation(kind);
        assertThat(begun)
                .matches("\\{\"holderIdentity\":\"app-1\",\"leaseDurationSeconds\":3,"
                        + "\"acquireTime\":\"[-0-9]{10}T[:0-9]{8}Z\",\"renewTime\":\"[-0-9]{10}T[:0-9]{8}Z\","
                        + "\"leaderTransitions\":0\\}");
        until("a renewal in another second", () -> !annotation(kind).equals(begun));
        assertThat(field(annotation(kind), "acquireTime")).isEqualTo(field(begun, "acquireTime"));

        TestCandidate two = candidate(kind, "app-2");
        until("the standby sees who leads", () -> two.election.currentLeader().isPresent());
        one.close();
        Leadership second = two.awaitTerm();
        assertThat(second.fencingToken().isAfter(first.fencingToken())).isTrue();
        assertThat(one.ends()).containsExactly(EndReason.CLOSED);
        assertThat(annotation(kind)).contains("\"holderIdentity\":\"app-2\"").endsWith("\"leaderTransitions\":1}");

        two.close();
        assertThat(annotation(kind))
                .matches("\\{\"holderIdentity\":\"\",\"leaseDurationSeconds\":1,.*\"leaderTransitions\":1\\}");
        assertThat(field(annotation(kind), "renewTime")).isEqualTo(field(annotation(kind), "acquireTime"));
        assertThat(Json.annotation(object(kind), ClaimMark.ANNOTATION)).isEmpty();
    }

    private static String field(String json, String name) {
        try {
            return Json.parse(json).path(name).asText();
        } catch (IOException e) {
            throw new IllegalStateException("not JSON: " + json, e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ENDPOINTS", "CONFIG_MAP"})
    void anotherHolderSeenWhileLeadingEndsTheTermAtOnce(LockObject kind) {
        TestCandidate one = stage.candidate(backend(kind), "app-1", ElectionTiming.DEFAULT);
        Leadership first = one.awaitTerm();
        one.awaitEvent(Type.WATCHING);
        annotate(kind, holding("intruder", 3600));
        one.awaitEvent(Type.TERM_ENDED);
        assertThat(one.ends()).containsExactly(EndReason.LOST);
        assertThat(first.isValid()).isFalse();
        until(
                "the intruder is seen",
                () -> one.election
                        .currentLeader()
                        .filter(holder -> holder.identity().equals("intruder"))
                        .isPresent());
        assertThat(annotation(kind)).as("left to whom it was given").isEqualTo(holding("intruder", 3600));
    }

    @ParameterizedTest
    @EnumSource(names = {"ENDPOINTS", "CONFIG_MAP"})
    void deletedObjectEndsTheTermAndItsNextTermHasAGreaterToken(LockObject kind) {
        TestCandidate one = stage.candidate(backend(kind), "app-1", ElectionTiming.DEFAULT);
        Leadership first = one.awaitTerm();
        one.awaitEvent(Type.WATCHING);
        stage.kubectl("delete", kind.resource(), "reconciler");
        Leadership second = one.awaitTermAfter(first);
        assertThat(one.ends()).containsExactly(EndReason.LOST);
        assertThat(second.fencingToken().isAfter(first.fencingToken())).isTrue();
        assertThat(annotation(kind)).as("a new count").contains("\"app-1\"").endsWith("\"leaderTransitions\":0}");
    }

    @ParameterizedTest
    @CsvSource({
        "ENDPOINTS, 'subsets', '[{\"addresses\":[{\"ip\":\"10.1.2.3\"}],\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\"}]}]'",
        "CONFIG_MAP, 'data', '{\"greeting\":\"hello\"}'"
    })
    void whatOthersKeepInTheObjectStays(LockObject kind, String field, String content) throws IOException {
        create(kind, ",\"" + field + "\":" + content);
        TestCandidate one = candidate(kind, "app-1");
        one.awaitTerm();
        stage.kubectl("annotate", kind.resource(), "reconciler", "added=later");
        until("a renewal after that", () -> told(one, Type.RENEWED) >= 2);
        one.close();
        ObjectNode object = object(kind);
        assertThat(Json.annotation(object, "theirs")).isEqualTo("kept");
        assertThat(Json.annotation(object, "added")).isEqualTo("later");
        assertThat(Json.text(object.path(field))).isEqualTo(content);
        assertThat(Json.annotation(object, AnnotationFormat.ANNOTATION)).contains("\"holderIdentity\":\"\"");
    }

    private static long told(TestCandidate candidate, Type type) {
        return candidate.events.stream().filter(event -> event.type() == type).count();
    }

    // -- what operators read ---------------------------------------------------------------------------------------

    @Test
    void operatorsCommandPrintsTheRecord() {
        TestCandidate one = candidate(LockObject.ENDPOINTS, "app-1");
        one.awaitTerm();
        String command = "kubectl get endpoints reconciler -n " + stage.namespace
                + " -o jsonpath=\"{.metadata.annotations.control-plane\\.alpha\\.kubernetes\\.io/leader}\"";
        OperatorShell shell = new OperatorShell(stage.server.kubeconfig());
        // The record may be renewed between the two looks at it: looked at until they agree.
        until("two equal looks", () -> {
            String bytes = shell.run(command);
            String printed = shell.run(command + " | jq .");
            if (!field(bytes, "renewTime").equals(field(printed, "renewTime"))) {
                return false;
            }
            assertThat(printed).isEqualTo("""
                    {
                      "holderIdentity": "app-1",
                      "leaseDurationSeconds": 3,
                      "acquireTime": "%s",
                      "renewTime": "%s",
                      "leaderTransitions": 0
                    }
                    """.formatted(field(bytes, "acquireTime"), field(bytes, "renewTime")));
            assertThat(bytes)
                    .isEqualTo("{\"holderIdentity\":\"app-1\",\"leaseDurationSeconds\":3,\"acquireTime\":\"%s\","
                                    .formatted(field(bytes, "acquireTime"))
                            + "\"renewTime\":\"%s\",\"leaderTransitions\":0}".formatted(field(bytes, "renewTime")));
            return true;
        });
    }

    @Test
    void deprecationOfEndpointsIsNotRepeatedInTheLog() throws IOException {
        TestCandidate one = candidate(LockObject.ENDPOINTS, "app-1");
        one.awaitTerm();
        until("ten renewals", () -> told(one, Type.RENEWED) >= 10);
        HttpResponse<String> answer = stage.server.request(
                stage.server.adminToken(),
                "GET",
                "/api/v1/namespaces/" + stage.namespace + "/endpoints/reconciler",
                null);
        assertThat(answer.headers().firstValue("Warning"))
                .as("the server does warn")
                .hasValueSatisfying(warning -> assertThat(warning).contains("deprecated"));
        assertThat(logged).noneMatch(line -> line.contains("deprecated"));
    }

    // -- what others write, or nobody ------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ENDPOINTS  | not json                                                                             | is not a leader record
            CONFIG_MAP | {"holderIdentity":["a"],"leaseDurationSeconds":"x"}                                  | is not a leader record
            CONFIG_MAP | {"holderIdentity":"go-1","leaseDurationSeconds":"x","renewTime":7}                    | has no leaseDurationSeconds for "go-1"
            CONFIG_MAP | {"holderIdentity":"f8-1","leaseDuration":"PT2S","acquireTime":"2026-01-02T03:04:05.123456Z","renewTime":"2026-01-02T03:04:05.123456Z","leaderTransitions":0} | fabric8
            """)
    void oddRecordIsReportedOnceAndTakenOver(LockObject kind, String text, String said) {
        create(kind, "");
        annotate(kind, text);
        TestCandidate one = candidate(kind, "app-1");
        one.awaitTerm();
        one.awaitEvent(Type.RENEWED);
        assertThat(logged.stream().filter(line -> line.contains(AnnotationFormat.ANNOTATION)))
                .singleElement()
                .asString()
                .startsWith("WARN ")
                .contains(kind.kind() + " " + stage.election, said);
        assertThat(annotation(kind)).contains("\"holderIdentity\":\"app-1\"");
    }

    @Test
    void textThatIsNoRecordWhileLeadingEndsTheTermAndIsTakenOverInTime() {
        TestCandidate one = candidate(LockObject.CONFIG_MAP, "app-1");
        Leadership first = one.awaitTerm();
        one.awaitEvent(Type.WATCHING);
        annotate(LockObject.CONFIG_MAP, "scribble");
        Leadership second = one.awaitTermAfter(first);
        assertThat(one.ends()).containsExactly(EndReason.LOST);
        assertThat(second.fencingToken().isAfter(first.fencingToken())).isTrue();
    }

    @Test
    void officialJavaClientsMillisecondsAreReadAndItsHolderIsWaitedFor() {
        create(LockObject.CONFIG_MAP, "");
        annotate(
                LockObject.CONFIG_MAP,
                "{\"holderIdentity\":\"java-1\",\"leaseDurationSeconds\":2,\"acquireTime\":\"2026-01-02T03:04:05.123Z\","
                        + "\"renewTime\":\"2026-01-02T03:04:05.456Z\",\"leaderTransitions\":7}");
        TestCandidate one = candidate(LockObject.CONFIG_MAP, "app-1");
        Leadership term = one.awaitTerm();
        assertThat(term.isValid()).isTrue();
        assertThat(one.events.stream()
                        .filter(event -> event.type() == Type.NEW_LEADER)
                        .map(event -> Objects.requireNonNull(event.holder())))
                .startsWith("java-1");
        assertThat(annotation(LockObject.CONFIG_MAP)).endsWith("\"leaderTransitions\":8}");
        assertThat(logged).noneMatch(line -> line.contains(AnnotationFormat.ANNOTATION));
    }

    @ParameterizedTest
    @EnumSource(names = {"ENDPOINTS", "CONFIG_MAP"})
    void clusterIsToldWhoBecameLeader(LockObject kind) {
        candidate(kind, "app-1").awaitTerm();
        until(
                "the event",
                () -> stage.kubectl(
                                "get",
                                "events",
                                "-o",
                                "jsonpath={range .items[*]}{.involvedObject.kind}: {.message};{end}")
                        .contains(kind.kind() + ": app-1 became leader"));
    }
}
