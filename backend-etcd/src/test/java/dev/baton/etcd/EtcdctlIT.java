package dev.baton.etcd;

import static dev.baton.etcd.Stage.TIMING;
import static dev.baton.etcd.Stage.acquire;
import static dev.baton.etcd.Stage.claim;
import static dev.baton.etcd.Stage.lead;
import static dev.baton.etcd.Stage.prefix;
import static dev.baton.etcd.Stage.refused;
import static dev.baton.etcd.Stage.withdraw;
import static dev.baton.etcd.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.testing.servers.Program;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
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

    @AutoClose
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

    @BeforeEach
    void begin() {
        election = Stage.election();
        heard = new Stage.Heard();
        backend = stage.backend();
        backend.observe(election, TIMING, heard);
    }

    @AfterEach
    void end() throws Exception {
        stage.closeWhatIsOpen();
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
        await().until(() -> inLine() == 2);
        assertThat(theirs.printed()).isEmpty();

        withdraw(backend, ours);

        await().until(() -> theirs.printed().contains("theirs"));
        await().until(() -> heard.heard("held theirs"));
    }

    @Test
    void weLeadWhenElectResigns() throws Exception {
        Etcdctl theirs = etcdctl("elect", name(), "theirs");
        await().until(() -> theirs.printed().contains("theirs"));
        Claim ours = claim(election, "ours");
        assertThat(Objects.requireNonNull(refused(acquire(backend, ours)).holder())
                        .identity())
                .isEqualTo("theirs");

        theirs.process.destroy();
        assertThat(theirs.process.waitFor(2, TimeUnit.MINUTES)).isTrue();

        await().until(() -> heard.heard("turn ours granted"));
    }

    @Test
    void electSeesWhoLeads() throws Exception {
        Etcdctl listening = etcdctl("elect", "--listen", name());
        lead(backend, claim(election, "ours"));

        await().until(() -> listening.printed().contains("ours"));
    }

    @Test
    void lockWaitsForUsAndWeForIt() throws Exception {
        Claim first = claim(election, "first");
        lead(backend, first);
        Etcdctl lock = etcdctl("lock", name());
        await().until(() -> inLine() == 2);

        withdraw(backend, first);
        await().until(() -> lock.printed().contains(name()));
        Claim second = claim(election, "second");
        refused(acquire(backend, second));
        lock.process.destroy();

        await().until(() -> heard.heard("turn second granted"));
    }
}
