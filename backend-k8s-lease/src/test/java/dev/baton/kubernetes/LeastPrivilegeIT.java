package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.Leadership;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.testing.servers.FaultyHttp;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Roles that are narrower than the one that suffices for any election of a namespace. */
class LeastPrivilegeIT {
    private static final Path DOCUMENT = Path.of("../docs/backends/kubernetes.md");
    private static final Pattern NARROW =
            Pattern.compile("```yaml\n(apiVersion: rbac[^`]*?resourceNames[^`]*?)```", Pattern.DOTALL);

    private final KubernetesStage stage = new KubernetesStage();
    private final FaultyHttp proxy = stage.proxy();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    LeastPrivilegeIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private static String documented() throws IOException {
        Matcher role = NARROW.matcher(Files.readString(DOCUMENT));
        assertThat(role.find()).as("a Role for one election in %s", DOCUMENT).isTrue();
        return role.group(1);
    }

    /** A backend that may do what {@code role} says, and nothing else. */
    private KubernetesBackend permitted(String role) throws IOException {
        String token = stage.server.createServiceAccountToken(stage.namespace, "app");
        stage.kubectl("create", "-f", stage.file("role.yaml", role));
        stage.kubectl(
                "create",
                "rolebinding",
                "app",
                "--role=leader-election",
                "--serviceaccount=" + stage.namespace + ":app");
        return stage.backend(
                KubernetesBackend.lease(),
                settings -> settings.config(new ConfigBuilder(stage.config(token))
                        .withMasterUrl(proxy.url())
                        .build()));
    }

    @Test
    void roleForOneElectionSufficesAndItsStandbyWatches() throws IOException {
        TestCandidate one = stage.candidate(stage.backend(), "app-1");
        Leadership first = one.awaitTerm();
        TestCandidate two = stage.candidate(permitted(documented()), "app-2");
        two.awaitEvent(Type.WATCHING);
        one.close();
        assertThat(two.awaitTerm().fencingToken().isAfter(first.fencingToken())).isTrue();
        two.awaitEvent(Type.RENEWED);
        two.close();
        assertThat(stage.holder()).isEmpty();
    }

    @Test
    void leaseThatIsThereAlreadyNeedsNoRightToCreateOne() throws IOException {
        stage.kubectl(
                "create",
                "-f",
                stage.file(
                        "lease.yaml",
                        "{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: reconciler}, spec: {}}"));
        String role = documented()
                .replaceAll("(?m)^ +- apiGroups: \\[\"coordination.*\\n.*\\n +verbs: \\[\"create\"\\]\\n", "");
        assertThat(role).doesNotContain("verbs: [\"create\"]\n  - apiGroups: [\"coordination");
        TestCandidate one = stage.candidate(permitted(role), "app-1");
        one.awaitTerm();
        one.awaitEvent(Type.RENEWED);
        one.close();
        assertThat(stage.holder()).isEmpty();
        assertThat(proxy.log()).noneMatch(line -> line.startsWith("POST ") && line.endsWith("/leases"));
    }

    @Test
    void eventsThatMayNotBeRecordedAreMissedAndNothingElse() throws IOException {
        String role = documented().replaceAll("(?m)^ +- apiGroups: \\[\"\"\\]\\n.*\\n.*\\n", "");
        assertThat(role).doesNotContain("events");
        TestCandidate one = stage.candidate(permitted(role), "app-1");
        Leadership term = one.awaitTerm();
        until("its event was refused", () -> proxy.log().stream().anyMatch(line -> line.endsWith("/events")));
        one.awaitEvent(Type.RENEWED);
        assertThat(term.isValid()).isTrue();
        assertThat(one.told(Type.UNREACHABLE)).isFalse();
        assertThat(stage.kubectl("get", "events", "-o", "jsonpath={.items[*].message}"))
                .isEmpty();
    }
}
