package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands in the documentation, as an operator would type them. */
class OperatorsCommandsIT {
    private static final Path DOCUMENT = Path.of("../docs/backends/kubernetes.md");

    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    OperatorsCommandsIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** Of the document's section {@code heading}, for the namespace of this test. */
    private List<String> commands(String heading) throws IOException {
        String section = Files.readString(DOCUMENT)
                .split("(?m)^## " + heading + "$", -1)[1]
                .split("(?m)^## ", -1)[0];
        return section.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("$ kubectl "))
                .map(line -> line.substring(2).replace("-n orders", "-n " + stage.namespace))
                .toList();
    }

    @Test
    void tellWhoLeadsOnEachKindOfLock() throws IOException {
        for (KubernetesBackend.Builder kind :
                List.of(KubernetesBackend.lease(), KubernetesBackend.endpoints(), KubernetesBackend.configMap())) {
            KubernetesBackend backend = stage.backend(kind, settings -> settings);
            stage.candidate(backend, "app-of-" + backend.kind(), ElectionTiming.DEFAULT)
                    .awaitTerm();
        }
        OperatorShell shell = new OperatorShell(stage.server.kubeconfig());
        List<String> commands = commands("Who leads\\?");
        assertThat(commands).hasSize(4);
        assertThat(shell.run(commands.get(0))).isEqualTo("  holderIdentity: app-of-k8s-lease\n");
        assertThat(shell.run(commands.get(1)))
                .startsWith("{\n  \"holderIdentity\": \"app-of-k8s-endpoints\",\n  \"leaseDurationSeconds\": 15,\n")
                .endsWith(",\n  \"leaderTransitions\": 0\n}\n");
        assertThat(shell.run(commands.get(2)))
                .startsWith("{\n  \"holderIdentity\": \"app-of-k8s-configmap\",\n  \"leaseDurationSeconds\": 15,\n");
        for (String kind : List.of("k8s-lease", "k8s-endpoints", "k8s-configmap")) {
            until("its event", () -> shell.run(commands.get(3)).contains("app-of-" + kind + " became leader"));
        }
    }

    @Test
    void tellTheRevisionThatTokensAreMadeOf() throws IOException {
        TestCandidate one = stage.candidate(stage.backend(), "app-1");
        long token = one.awaitTerm().fencingToken().number();
        String printed = new OperatorShell(stage.server.kubeconfig())
                .run(commands("Moving a fleet to Leases").get(0));
        assertThat(Long.parseLong(printed.strip())).isGreaterThanOrEqualTo(token);
    }
}
