package dev.baton.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.LeaderElection;
import dev.baton.LeaderObserver;
import dev.baton.spi.Holder;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in README.md, in a JVM of its own, against a real ZooKeeper server. */
@Timeout(600)
class TwelveLinesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void leadsAndHandsOverWhenItsJvmIsAskedToEnd() throws Exception {
        try (TestingServer server = new TestingServer();
                CuratorFramework curator =
                        CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100));
                ZooKeeperBackend backend = ZooKeeperBackend.connect(server.getConnectString());
                LeaderObserver observer =
                        LeaderElection.observe(backend, "orders/reconciler").start()) {
            curator.start();
            Path output = folder.resolve("output");
            Process program = start(output, server.getConnectString());
            try {
                await().atMost(PATIENCE).until(() -> read(output).contains("reconciling with token "));
                await().atMost(PATIENCE).until(() -> observer.currentLeader().isPresent());
                Optional<Holder> leader = observer.currentLeader();
                assertThat(leader.map(Holder::token).map(Object::toString))
                        .hasValueSatisfying(
                                token -> assertThat(read(output)).contains("reconciling with token " + token));

                assertThat(curator.getChildren().forPath("/baton/orders/reconciler"))
                        .hasSize(1);
                program.destroy();

                assertThat(program.waitFor(2, TimeUnit.MINUTES)).isTrue();
                // It did not leave that to the end of its session, 15 s later.
                assertThat(curator.getChildren().forPath("/baton/orders/reconciler"))
                        .isEmpty();
                await().atMost(PATIENCE).until(() -> observer.currentLeader().isEmpty());
            } finally {
                program.destroyForcibly();
            }
        }
    }

    private static Process start(Path output, String connectString) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TwelveLines.class.getName(),
                        connectString)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
