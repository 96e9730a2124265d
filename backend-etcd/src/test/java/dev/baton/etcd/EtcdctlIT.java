package dev.baton.etcd;

import static dev.baton.etcd.Stage.TIMING;
import static dev.baton.etcd.Stage.acquire;
import static dev.baton.etcd.Stage.claim;
import static dev.baton.etcd.Stage.lead;
import static dev.baton.etcd.Stage.prefix;
import static dev.baton.etcd.Stage.refused;
import static dev.baton.etcd.Stage.withdraw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.testing.servers.Program;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One line, in which candidates of this backend, of {@code etcdctl elect} and of {@code etcdctl lock} stand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdctlIT {
    @TempDir
    Path folder;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Stage stage;
    private EtcdBackend backend;
    private ElectionName election = Stage.election();
    private Stage.Heard heard = new Stage.Heard();
    private final List<Etcdctl> running = new ArrayList<>();

    @BeforeAll
    void start() throws Exception {
        stage = new Stage(1);
        stage.warmUp();
    }

    @AfterAll
    void stop() throws Exception {
        stage.close();
    }

    @BeforeEach
    void begin() {
        election = Stage.election();
        heard = new Stage.Heard();
        backend = stage.backend();
        backend.observe(election, TIMING, heard);
    }

    @AfterEach
    void end() throws Exception {
        backend.close();
        for (Etcdctl each : running) {
            each.process.destroyForcibly().waitFor();
        }
        running.clear();
    }

    private record Etcdctl(Process process, Path out) {
        String printed() {
            try {
                return Files.readString(out);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Etcdctl etcdctl(String... arguments) throws IOException {
        Path out = Files.createTempFile(folder, "out", "");
        List<String> command = new ArrayList<>();
        command.add(Program.ETCDCTL.path().toString());
        command.add("--endpoints=" + stage.cluster.endpoints());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        Etcdctl started = new Etcdctl(process, out);
        running.add(started);
        return started;
    }

    private String name() {
        return "/baton/" + election;
    }

    private int inLine() {
        return stage.keys(prefix(election)).size();
    }

    @Test
    void electLeadsWhenWeWithdraw() throws Exception {
        Claim ours = claim(election, "ours");
        lead(backend, ours);
        Etcdctl theirs = etcdctl("elect", name(), "theirs");
        await().atMost(PATIENCE).until(() -> inLine() == 2);
        assertThat(theirs.printed()).isEmpty();

        withdraw(backend, ours);

        await().atMost(PATIENCE).until(() -> theirs.printed().contains("theirs"));
        await().atMost(PATIENCE).until(() -> heard.heard("held theirs"));
    }

    @Test
    void weLeadWhenElectResigns() throws Exception {
        Etcdctl theirs = etcdctl("elect", name(), "theirs");
        await().atMost(PATIENCE).until(() -> theirs.printed().contains("theirs"));
        Claim ours = claim(election, "ours");
        assertThat(Objects.requireNonNull(refused(acquire(backend, ours)).holder())
                        .identity())
                .isEqualTo("theirs");

        theirs.process.destroy();
        assertThat(theirs.process.waitFor(10, TimeUnit.SECONDS)).isTrue();

        await().atMost(PATIENCE).until(() -> heard.heard("turn ours granted"));
    }

    @Test
    void electSeesWhoLeads() throws Exception {
        Etcdctl listening = etcdctl("elect", "--listen", name());
        lead(backend, claim(election, "ours"));

        await().atMost(PATIENCE).until(() -> listening.printed().contains("ours"));
    }

    @Test
    void lockWaitsForUsAndWeForIt() throws Exception {
        Claim first = claim(election, "first");
        lead(backend, first);
        Etcdctl lock = etcdctl("lock", name());
        await().atMost(PATIENCE).until(() -> inLine() == 2);

        withdraw(backend, first);
        await().atMost(PATIENCE).until(() -> lock.printed().contains(name()));
        Claim second = claim(election, "second");
        refused(acquire(backend, second));
        lock.process.destroy();

        await().atMost(PATIENCE).until(() -> heard.heard("turn second granted"));
    }
}
