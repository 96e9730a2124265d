package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.Leadership;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The trace of a term's token on a real API server, on each kind of object. */
class TokenMarkIT {
    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    TokenMarkIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private TestCandidate candidate(LockObject kind, String identity, ElectionTiming timing) {
        KubernetesBackend.Builder builder = switch (kind) {
            case LEASE -> KubernetesBackend.lease();
            case ENDPOINTS -> KubernetesBackend.endpoints();
            case CONFIG_MAP -> KubernetesBackend.configMap();
        };
        return stage.candidate(stage.backend(builder, settings -> settings), identity, timing);
    }

    private ObjectNode object(LockObject kind) {
        try {
            return Json.parse(stage.kubectl("get", kind.resource(), "reconciler", "-o", "json"));
        } catch (IOException e) {
            throw new IllegalStateException("kubectl printed no JSON", e);
        }
    }

    private String mark(LockObject kind) {
        return Json.annotation(object(kind), TokenMark.ANNOTATION);
    }

    private static String markOf(Leadership term, ObjectNode object) {
        return term.fencingToken().number() + " " + ClaimMark.of(object).nonce();
    }

    @ParameterizedTest
    @EnumSource
    void firstRenewalLeavesTheTokenAndTheEndTakesItAway(LockObject kind) {
        TestCandidate one = candidate(kind, "app-1", KubernetesStage.FAST);
        Leadership first = one.awaitTerm();
        until("the trace", () -> !mark(kind).isEmpty());
        ObjectNode led = object(kind);
        assertThat(Json.annotation(led, TokenMark.ANNOTATION)).isEqualTo(markOf(first, led));
        assertThat(Json.resourceVersion(led))
                .as("the version of a renewal is not that of the token")
                .isNotEqualTo(Long.toString(first.fencingToken().number()));

        TestCandidate two = candidate(kind, "app-2", KubernetesStage.FAST);
        until("the standby sees who leads", () -> two.election.currentLeader().isPresent());
        one.close();
        Leadership second = two.awaitTerm();
        until("the trace of the second", () -> !mark(kind).isEmpty());
        led = object(kind);
        assertThat(Json.annotation(led, TokenMark.ANNOTATION)).isEqualTo(markOf(second, led));

        two.close();
        assertThat(mark(kind)).isEmpty();
    }

    /** The version that is renewed is not the one with which the term began, then. */
    @ParameterizedTest
    @EnumSource
    void editBeforeTheFirstRenewalLeavesTheTokenRight(LockObject kind) {
        ElectionTiming slow = ElectionTiming.of(Duration.ofSeconds(20), Duration.ofSeconds(15), Duration.ofSeconds(6));
        TestCandidate one = candidate(kind, "app-1", slow);
        Leadership first = one.awaitTerm();
        stage.kubectl("annotate", kind.resource(), "reconciler", "note=by-hand");
        until("the trace", () -> !mark(kind).isEmpty());
        ObjectNode led = object(kind);
        assertThat(Json.annotation(led, TokenMark.ANNOTATION)).isEqualTo(markOf(first, led));
        assertThat(Json.annotation(led, "note")).isEqualTo("by-hand");
        assertThat(one.told(Type.TERM_ENDED)).isFalse();
    }

    /** As when somebody takes over who keeps the annotations of others: the next of ours begins without a trace. */
    @ParameterizedTest
    @EnumSource
    void traceOfAnEarlierTermIsNotTakenOver(LockObject kind) {
        stage.kubectl(
                "create",
                "-f",
                stage.file(
                        "object.json",
                        "{\"apiVersion\":\"" + kind.apiVersion() + "\",\"kind\":\"" + kind.kind()
                                + "\",\"metadata\":{\"name\":\"reconciler\",\"annotations\":{\"" + TokenMark.ANNOTATION
                                + "\":\"1 nonce\"}}}"));
        ElectionTiming slow = ElectionTiming.of(Duration.ofSeconds(20), Duration.ofSeconds(15), Duration.ofSeconds(6));
        Leadership term = candidate(kind, "app-1", slow).awaitTerm();
        assertThat(mark(kind)).doesNotStartWith("1 ");
        until("the trace", () -> !mark(kind).isEmpty());
        assertThat(mark(kind)).isEqualTo(markOf(term, object(kind)));
    }
}
