package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.migration.DualBackend;
import dev.baton.spi.ElectionName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests among the examples, as a real API server takes them, and as the documents show them. */
class ManifestsIT {
    private static final Path EXAMPLES = Path.of("../examples/kubernetes");
    private static final Path DOCUMENT = Path.of("../docs/backends/kubernetes.md");

    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    ManifestsIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private static String manifest(String name) throws IOException {
        return Files.readString(EXAMPLES.resolve(name));
    }

    private static String role() throws IOException {
        return manifest("rbac.yaml").split("(?m)^---\n", -1)[1];
    }

    /** A file with the manifest, in the namespace of this test. */
    private String file(String name) throws IOException {
        return stage.file(name, manifest(name).replace("namespace: orders", "namespace: " + stage.namespace));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rbac.yaml", "role-migration.yaml", "deployment.yaml"})
    void serverTakesItWithoutAWarningWhereThePodStandardIsRestricted(String name) throws IOException {
        stage.kubectl("label", "namespace", stage.namespace, "pod-security.kubernetes.io/warn=restricted");
        String said = stage.kubectl(
                "create", "--dry-run=server", "--validate=strict", "--warnings-as-errors", "-f", file(name));
        assertThat(said.lines()).isNotEmpty().allMatch(line -> line.endsWith("created (server dry run)"));
    }

    @Test
    void deploymentIsOfThreeWithTheAccountThatTheRoleIsBoundTo() throws IOException {
        stage.kubectl("create", "-f", file("rbac.yaml"));
        stage.kubectl("create", "-f", file("deployment.yaml"));
        assertThat(stage.kubectl(
                        "get",
                        "deployment",
                        "reconciler",
                        "-o",
                        "jsonpath={.spec.replicas} {.spec.template.spec.serviceAccountName}"
                                + " {.spec.template.spec.containers[0].env[*].valueFrom.fieldRef.fieldPath}"))
                .isEqualTo("3 reconciler metadata.name metadata.namespace");
        assertThat(stage.kubectl("get", "rolebinding", "-o", "jsonpath={.items[*].subjects[*].name}"))
                .isEqualTo("reconciler");
    }

    @Test
    void accountMayLeadAndNothingElse() throws IOException {
        stage.kubectl("create", "-f", file("rbac.yaml"));
        String token = stage.server.createServiceAccountToken(stage.namespace, "reconciler");
        TestCandidate one = stage.candidate(backend(KubernetesBackend.lease(), token), "app-1");
        one.awaitTerm();
        one.awaitEvent(Type.WATCHING);
        one.awaitEvent(Type.RENEWED);
        assertThat(stage.holder()).isEqualTo("app-1");
        awaitEvent("Lease: app-1 became leader");
        one.close();
        assertThat(stage.holder()).isEmpty();
        assertNothingIsForbidden(one);

        String as = "--as=system:serviceaccount:" + stage.namespace + ":reconciler";
        assertThat(stage.kubectl("auth", "can-i", "update", "leases", as)).isEqualTo("yes");
        for (String beyond : new String[] {"delete leases", "get secrets", "get endpoints", "list events"}) {
            assertThatThrownBy(
                            () -> stage.kubectl("auth", "can-i", beyond.split(" ", 2)[0], beyond.split(" ", 2)[1], as))
                    .as(beyond)
                    .hasMessageContaining("no");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s-endpoints", "k8s-configmap"})
    void migrationsRoleSufficesForBoth(String kind) throws IOException {
        stage.kubectl("create", "-f", file("rbac.yaml"));
        stage.kubectl("replace", "-f", file("role-migration.yaml"));
        String token = stage.server.createServiceAccountToken(stage.namespace, "reconciler");
        KubernetesBackend old = backend(
                kind.equals("k8s-endpoints") ? KubernetesBackend.endpoints() : KubernetesBackend.configMap(), token);
        KubernetesBackend next = backend(KubernetesBackend.lease().epoch(1), token);
        TestCandidate one = stage.later(new TestCandidate(
                DualBackend.of(old, next, 0),
                new ElectionName(stage.namespace, "reconciler"),
                "app-1",
                KubernetesStage.FAST));
        one.awaitTerm();
        one.awaitEvent(Type.RENEWED);
        awaitEvent("Lease: app-1 became leader");
        awaitEvent((old.kind().equals("k8s-endpoints") ? "Endpoints" : "ConfigMap") + ": app-1 became leader");
        assertNothingIsForbidden(one);
    }

    @Test
    void documentShowsTheRoleThatWasTried() throws IOException {
        assertThat(Files.readString(DOCUMENT)).contains("```yaml\n" + role() + "```");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rbac.yaml", "role-migration.yaml", "deployment.yaml"})
    void documentShowsTheManifestThatWasTried(String name) throws IOException {
        assertThat(Files.readString(DOCUMENT)).contains("```yaml\n" + manifest(name) + "```");
    }

    private KubernetesBackend backend(KubernetesBackend.Builder builder, String token) {
        UnaryOperator<KubernetesBackend.Builder> as = settings -> settings.config(stage.config(token));
        return stage.backend(builder, as);
    }

    /** After its term began: the server's authorizer hears of a new role a moment after its creation. */
    private static void assertNothingIsForbidden(TestCandidate candidate) {
        assertThat(candidate.events.stream()
                        .dropWhile(event -> event.type() != Type.TERM_STARTED)
                        .map(event -> String.valueOf(event.detail())))
                .isNotEmpty()
                .noneMatch(detail -> detail.contains("does not permit"));
    }

    private void awaitEvent(String text) {
        until(
                text,
                () -> stage.kubectl(
                                "get",
                                "events",
                                "-o",
                                "jsonpath={range .items[*]}{.involvedObject.kind}: {.message};{end}")
                        .contains(text));
    }
}
