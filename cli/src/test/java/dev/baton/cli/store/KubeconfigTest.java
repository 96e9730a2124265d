package dev.baton.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void kubeconfigIsTheOneThatKubectlWouldUse() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path ours = Files.createFile(folder.resolve("ours"));
        Map<String, String> list = Map.of("KUBECONFIG", folder.resolve("absent") + ":" + ours);
        assertThat(Kubeconfig.find(null, Map.of(), home)).isEmpty();
        assertThat(Kubeconfig.find(null, list, home)).contains(ours);
        Path atHome = home.resolve(".kube/config");
        Files.createDirectories(home.resolve(".kube"));
        Files.createFile(atHome);
        assertThat(Kubeconfig.find(null, Map.of(), home)).contains(atHome);
        assertThat(Kubeconfig.find(null, list, home)).contains(ours);
        assertThat(Kubeconfig.find(Path.of("named"), list, home)).contains(Path.of("named"));
    }
}
