package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.kubernetes.Answers.Meaning;
import dev.baton.kubernetes.Answers.Request;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a real API server answers, and what {@link Answers} makes of that; the server in memory says it in the same words. */
class AnswersIT {
    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    AnswersIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private Response ask(String method, String path, ObjectNode body) throws IOException {
        return ask(stage.server.adminToken(), method, path, body);
    }

    private Response ask(String token, String method, String path, ObjectNode body) throws IOException {
        String text = body.isEmpty() ? null : Json.text(body);
        HttpResponse<String> answer = stage.server.request(token, method, path, text);
        ObjectNode said = answer.body().startsWith("{") ? Json.parse(answer.body()) : Json.object();
        return new Response(answer.statusCode(), said, Duration.ZERO);
    }

    private ObjectNode fresh(LockObject kind, ElectionName election) {
        ObjectNode made = MemoryApiServer.object(kind, election);
        Json.child(made, "metadata").remove("uid");
        Json.child(made, "metadata").remove("resourceVersion");
        return made;
    }

    private void assertMeans(Meaning meaning, Request request, Response response, LockObject kind) {
        assertThat(Answers.of(request, response, kind, stage.election))
                .as("%s answered %s %s", request, response.code(), response.body())
                .isEqualTo(meaning);
    }

    @ParameterizedTest
    @EnumSource
    void everyMeaningOfAnObject(LockObject kind) throws IOException {
        String all = kind.path(stage.namespace);
        String one = kind.path(stage.election);
        ObjectNode none = Json.object();
        assertMeans(Meaning.GONE, Request.GET, ask("GET", one, none), kind);
        Response created = ask("POST", all, fresh(kind, stage.election));
        assertMeans(Meaning.DONE, Request.CREATE, created, kind);
        assertMeans(Meaning.ELSEWHERE, Request.CREATE, ask("POST", all, fresh(kind, stage.election)), kind);
        Response found = ask("GET", one, none);
        assertMeans(Meaning.DONE, Request.GET, found, kind);
        ObjectNode changed = found.body().deepCopy();
        Json.annotations(changed).put("a", "b");
        assertMeans(Meaning.DONE, Request.UPDATE, ask("PUT", one, changed), kind);
        assertMeans(Meaning.ELSEWHERE, Request.UPDATE, ask("PUT", one, changed), kind);
        ObjectNode anothers = ask("GET", one, none).body();
        Json.child(anothers, "metadata").put("uid", "00000000-0000-0000-0000-000000000000");
        assertMeans(Meaning.ELSEWHERE, Request.UPDATE, ask("PUT", one, anothers), kind);
        ObjectNode last = ask("GET", one, none).body();
        ask("DELETE", one, none);
        Response afterwards = ask("PUT", one, last);
        assertThat(Answers.of(Request.UPDATE, afterwards, kind, stage.election))
                .as("%s %s", afterwards.code(), afterwards.body())
                .isIn(Meaning.GONE, Meaning.ELSEWHERE);
    }

    @Test
    void everyRefusalThatAnAdministratorCanBringAbout() throws IOException {
        LockObject kind = LockObject.LEASE;
        String all = kind.path(stage.namespace);
        String one = kind.path(stage.election);
        ObjectNode made = fresh(kind, stage.election);
        assertMeans(Meaning.NOT_WRITTEN, Request.CREATE, ask("nobodys-token", "POST", all, made), kind);
        String stranger = stage.server.createServiceAccountToken(stage.namespace, "stranger");
        assertMeans(Meaning.NOT_WRITTEN, Request.CREATE, ask(stranger, "POST", all, made), kind);
        assertMeans(Meaning.UNKNOWN, Request.GET, ask(stranger, "GET", one, Json.object()), kind);
        ObjectNode wrong = made.deepCopy();
        Json.child(wrong, "spec").put("leaseDurationSeconds", -1);
        assertMeans(Meaning.NOT_WRITTEN, Request.CREATE, ask("POST", all, wrong), kind);
        ObjectNode nameless = made.deepCopy();
        Json.child(nameless, "metadata").put("namespace", "another");
        assertMeans(Meaning.NOT_WRITTEN, Request.CREATE, ask("POST", all, nameless), kind);
        ObjectNode missing = made.deepCopy();
        Json.child(missing, "metadata").put("namespace", "no-such-namespace");
        Response without = ask("POST", kind.path("no-such-namespace"), missing);
        assertMeans(Meaning.NOT_WRITTEN, Request.CREATE, without, kind);
        assertThat(Answers.isWithoutNamespace(without)).isTrue();
    }

    @Test
    void pathThatTheServerDoesNotServeSaysNothingOfTheRecord() throws IOException {
        Response unserved = ask("GET", "/apis/coordination.k8s.io/v0/namespaces/n/leases/reconciler", Json.object());
        assertThat(unserved.code()).isEqualTo(404);
        assertMeans(Meaning.UNKNOWN, Request.GET, unserved, LockObject.LEASE);
    }

    /** The policy of a cluster: nobody may make a Lease here. */
    @Test
    void policyThatDeniesIsNotOwed() {
        stage.kubectl("create", "-f", stage.file("policy.yaml", """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata:
                  name: "%1$s"
                spec:
                  failurePolicy: Fail
                  matchConstraints:
                    namespaceSelector:
                      matchLabels:
                        kubernetes.io/metadata.name: "%1$s"
                    resourceRules:
                      - apiGroups: ["coordination.k8s.io"]
                        apiVersions: ["v1"]
                        operations: ["CREATE"]
                        resources: ["leases"]
                  validations:
                    - expression: "false"
                      message: no leases in this namespace
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata:
                  name: "%1$s"
                spec:
                  policyName: "%1$s"
                  validationActions: ["Deny"]
                """.formatted(stage.namespace)));
        ObjectNode probe = fresh(LockObject.LEASE, new ElectionName(stage.namespace, "probe"));
        KubernetesStage.until("the policy holds", () -> {
            int code = ask("POST", LockObject.LEASE.path(stage.namespace) + "?dryRun=All", probe)
                    .code();
            return code != Response.CREATED;
        });
        TestCandidate denied = stage.candidate(stage.backend(), "app-1", ElectionTiming.DEFAULT);
        assertThat(denied.awaitEvent(dev.baton.event.ElectionEvent.Type.UNREACHABLE)
                        .detail())
                .contains("no leases in this namespace");
        denied.close();
        assertThat(denied.told(dev.baton.event.ElectionEvent.Type.STOPPED)).isTrue();
    }
}
