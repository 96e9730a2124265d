package dev.baton.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.KubeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program in README.md, and with its other lines for other stores, as it stands there: compiled, run twice on a real
 * server, and handed over when the one that leads is asked to end.
 */
@Timeout(600)
class TwelveLinesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path README = Path.of("../README.md");
    private static final String LEADS = "reconciling with token ";
    private static final String ON_KUBERNETES = "var backend = KubernetesBackend.connect();";

    private final List<Process> running = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        running.forEach(Process::destroyForcibly);
    }

    @Test
    void handsOverOnKubernetes() throws Exception {
        KubeApiServer server = KubeApiServer.shared();
        server.createNamespace("orders");
        handsOver(program(), Map.of("KUBECONFIG", server.kubeconfig().toString()));
    }

    @Test
    void handsOverOnEtcd() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start()) {
            handsOver(program().replace(ON_KUBERNETES, line("EtcdBackend", etcd.endpoints())), Map.of());
        }
    }

    @Test
    void handsOverOnZooKeeper() throws Exception {
        try (TestingServer server = new TestingServer()) {
            handsOver(program().replace(ON_KUBERNETES, line("ZooKeeperBackend", server.getConnectString())), Map.of());
        }
    }

    private void handsOver(String program, Map<String, String> environment) throws Exception {
        compile(program);
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        Process leader = start(first, environment);
        await().atMost(PATIENCE).until(() -> read(first).contains(LEADS));
        start(second, environment);

        leader.destroy();

        assertThat(leader.waitFor(PATIENCE.toMinutes(), TimeUnit.MINUTES)).isTrue();
        await().atMost(PATIENCE).until(() -> read(second).contains(LEADS));
        assertThat(read(second)).doesNotContain(read(first).lines().findFirst().orElseThrow());
    }

    private static String program() throws IOException {
        return block("public static void main");
    }

    /** README's line for a store, with an address that is there. */
    private static String line(String backend, String address) throws IOException {
        String line = block(backend + ".connect(");
        assertThat(line.lines()).hasSize(1);
        return line.replaceAll("\".*\"", '"' + address + '"');
    }

    private static String block(String start) throws IOException {
        List<String> blocks = Pattern.compile("(?ms)^```java\\n(.*?)^```$")
                .matcher(Files.readString(README))
                .results()
                .map((MatchResult found) -> found.group(1).strip())
                .filter(each -> each.contains(start))
                .toList();
        assertThat(blocks).hasSize(1);
        return blocks.get(0);
    }

    private void compile(String program) throws IOException {
        Path source = folder.resolve("Program.java");
        Files.writeString(source, """
                import dev.baton.LeaderElection;
                import dev.baton.etcd.EtcdBackend;
                import dev.baton.kubernetes.KubernetesBackend;
                import dev.baton.zookeeper.ZooKeeperBackend;

                public final class Program {
                    %s
                }
                """.formatted(program));
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                folder.toString(),
                                source.toString()))
                .isZero();
    }

    private Process start(Path output, Map<String, String> environment) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder = new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        folder + System.getProperty("path.separator") + System.getProperty("java.class.path"),
                        "Program")
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        running.add(process);
        return process;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
