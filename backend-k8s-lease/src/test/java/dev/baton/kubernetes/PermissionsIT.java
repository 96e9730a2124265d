package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Role in the documentation, on a real API server with RBAC on. */
class PermissionsIT {
    private static final Path DOCUMENT = Path.of("../docs/backends/kubernetes.md");
    private static final Pattern ROLE = Pattern.compile("```yaml\n(apiVersion: rbac.*?)```", Pattern.DOTALL);

    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    PermissionsIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private static String documented() throws IOException {
        Matcher role = ROLE.matcher(Files.readString(DOCUMENT));
        assertThat(role.find()).as("a Role in %s", DOCUMENT).isTrue();
        return role.group(1);
    }

    /** A backend that may do what {@code role} says, and nothing else. */
    private KubernetesBackend permitted(String role) throws IOException {
        stage.kubectl("create", "serviceaccount", "app");
        stage.kubectl("create", "-f", stage.file("role.yaml", role));
        stage.kubectl(
                "create",
                "rolebinding",
                "app",
                "--role=leader-election",
                "--serviceaccount=" + stage.namespace + ":app");
        String token = stage.server.createServiceAccountToken(stage.namespace, "app");
        return stage.backend(KubernetesBackend.lease(), settings -> settings.config(stage.config(token)));
    }

    @Test
    void documentedRoleSuffices() throws IOException {
        KubernetesBackend backend = permitted(documented());
        TestCandidate one = stage.candidate(backend, "app-1");
        one.awaitTerm();
        one.awaitEvent(Type.WATCHING);
        one.awaitEvent(Type.RENEWED);
        one.close();
        assertThat(stage.holder()).isEmpty();
        until(
                "its event",
                () -> stage.kubectl("get", "events", "-o", "jsonpath={.items[*].message}")
                        .contains("app-1 became leader"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "create"})
    void missingVerbIsNamed(String verb) throws IOException {
        KubernetesBackend backend = permitted(documented().replace("\"" + verb + "\", ", ""));
        TestCandidate one = stage.candidate(backend, "app-1", ElectionTiming.DEFAULT);
        String said = Objects.requireNonNull(one.awaitEvent(Type.UNREACHABLE).detail());
        assertThat(said)
                .contains(
                        "does not permit to " + verb + " leases in namespace \"" + stage.namespace + "\"",
                        "grant the verb \"" + verb + "\" on \"leases\"")
                .doesNotContain("Bearer");
    }

    @Test
    void updateThatIsNotPermittedIsNamedByTheRenewal() throws IOException {
        KubernetesBackend backend = permitted(documented().replace("\"update\", ", ""));
        TestCandidate one = stage.candidate(backend, "app-1");
        one.awaitTerm();
        String said = Objects.requireNonNull(one.awaitEvent(Type.UNREACHABLE).detail());
        assertThat(said).contains("does not permit to update leases in namespace \"" + stage.namespace + "\"");
    }

    @Test
    void withoutWatchingItPollsAndStillTakesOver() throws IOException {
        KubernetesBackend backend = permitted(documented().replace(", \"list\", \"watch\"", ""));
        TestCandidate one = stage.candidate(stage.backend(), "app-1");
        one.awaitTerm();
        TestCandidate two = stage.candidate(backend, "app-2");
        until("the standby sees who leads", () -> two.election.currentLeader().isPresent());
        one.close();
        two.awaitTerm();
        assertThat(two.told(Type.WATCHING)).isFalse();
    }
}
