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
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in README.md, in a JVM of its own, against a real ZooKeeper server. */
@Timeout(120)
class TwelveLinesIT {
    private static final Duration START = Duration.ofSeconds(60);

    /** Less than the session timeout of 15 s, after which any successor would lead. */
    private static final Duration HAND_OVER = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void leadsAndHandsOverWhenItsJvmIsAskedToEnd() throws Exception {
        try (TestingServer server = new TestingServer();
                ZooKeeperBackend backend = ZooKeeperBackend.connect(server.getConnectString());
                LeaderObserver observer =
                        LeaderElection.observe(backend, "orders/reconciler").start()) {
            Path output = folder.resolve("output");
            Process program = start(output, server.getConnectString());
            try {
                await().atMost(START).until(() -> read(output).contains("reconciling with token "));
                await().atMost(START).until(() -> observer.currentLeader().isPresent());
                Optional<Holder> leader = observer.currentLeader();
                assertThat(leader.map(Holder::token).map(Object::toString))
                        .hasValueSatisfying(
                                token -> assertThat(read(output)).contains("reconciling with token " + token));

                program.destroy();

                assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
                await().atMost(HAND_OVER).until(() -> observer.currentLeader().isEmpty());
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
