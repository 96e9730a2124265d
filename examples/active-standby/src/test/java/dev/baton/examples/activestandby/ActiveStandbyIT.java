package dev.baton.examples.activestandby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.examples.activestandby.Ledger.Entry;
import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.KubeApiServer;
import dev.baton.testing.servers.Program;
import dev.baton.testing.servers.Requires;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service, in processes of its own on real servers, started and asked by the commands in its README. */
@Timeout(400)
class ActiveStandbyIT {
    private static final Path JAR = Path.of("target", "active-standby.jar").toAbsolutePath();
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private final List<Instance> instances = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void killAll() {
        instances.forEach(Instance::close);
    }

    @Test
    void onEtcdOneWorksAndTheOthersStandBy() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start()) {
            oneWorksAndTheOthersStandBy(command("etcd").replace("http://127.0.0.1:2379", etcd.endpoints()), true);
        }
    }

    @Test
    void onZooKeeperOneWorksAndTheOthersStandBy() throws Exception {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.builder().start()) {
            oneWorksAndTheOthersStandBy(command("zookeeper").replace("127.0.0.1:2181", ensemble.connectString()), true);
        }
    }

    @Test
    void onKubernetesOneWorksAndTheOthersStandBy() throws Exception {
        KubeApiServer server = KubeApiServer.shared();
        Instance last = oneWorksAndTheOthersStandBy(kubernetes(server), false);
        String holder = operator(server).run(readme("kubectl").get(0));
        assertThat(holder).isEqualTo("  holderIdentity: " + last.identity() + "\n");
        assertThat(last.terminate()).isZero();
        assertThat(operator(server).run(readme("kubectl").get(0))).isEqualTo("  holderIdentity: \"\"\n");
    }

    @Test
    void bothRecordsNameWhoHoldsTwoKindsOfLock() throws Exception {
        KubeApiServer server = KubeApiServer.shared();
        Instance one = start(kubernetes(server)
                + " --leader-elect-resource-lock endpointsleases --leader-elect-resource-name=moving");
        one.awaitLeading();
        assertThat(one.leader().path("token").asText()).startsWith("0000000001-");
        assertThat(server.kubectl("-n", "kube-system", "get", "lease", "moving", "-o", "yaml"))
                .contains("holderIdentity: " + one.identity());
        assertThat(server.kubectl("-n", "kube-system", "get", "endpoints", "moving", "-o", "yaml"))
                .contains("\"holderIdentity\":\"" + one.identity() + "\"");
        assertThat(one.terminate()).isZero();
    }

    @Test
    void instanceThatWasStoppedForLongerThanItsLeaseWritesNoMore() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start()) {
            String command = command("etcd").replace("http://127.0.0.1:2379", etcd.endpoints());
            Instance one = start(command);
            one.awaitLeading();
            Instance two = start(command);
            two.awaitNaming(one.identity());
            String identity = one.identity();
            // Right after a line there is none for a second: it does not stop with the file locked.
            awaitFurtherLine();
            one.signal("STOP");
            two.awaitLeading();
            awaitLineOf(two.identity());
            one.signal("CONT");
            one.awaitNaming(two.identity());
            awaitFurtherLine();
            awaitFurtherLine();
            assertThat(one.status("/healthz")).isEqualTo(200);
            assertThat(lastLine().writer()).isEqualTo(two.identity()).isNotEqualTo(identity);
            assertThatNoLineIsOfAnEarlierTerm(2);
        }
    }

    @Test
    void onlyInstanceWorksUnelected() throws Exception {
        Instance only = start("java -jar " + JAR + " --port 0 --leader-elect=false");
        awaitLineOf(only.identity());
        assertThat(only.leads()).isTrue();
        assertThat(only.status("/readyz")).isEqualTo(200);
        assertThat(only.terminate()).isZero();
        assertThat(lastLine().token()).isEqualTo(Alone.TOKEN);
    }

    @Test
    void wrongFlagEndsItWithTwoAndAPortThatIsTakenWithOne() throws Exception {
        Instance wrong = start("java -jar " + JAR + " --port 0 --leader-elect-lease-duration=10s");
        await().atMost(Instance.PATIENCE).until(() -> !wrong.isAlive());
        assertThat(wrong.exitValue()).isEqualTo(2);
        assertThat(wrong.toString()).contains("active-standby: leaseDuration 10s must be longer");

        Instance first = start("java -jar " + JAR + " --port 0 --backend memory --ledger one");
        Instance second = start("java -jar " + JAR + " --port " + first.port() + " --backend memory --ledger two");
        await().atMost(Instance.PATIENCE).until(() -> !second.isAlive());
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(second.toString()).contains("cannot be served");
        first.awaitLeading();
    }

    /**
     * One leads and is ended, the next is killed, the third leads and is returned.
     *
     * @param keepsTokens whether the store tells a standby the leader's token; on Kubernetes a standby that comes after a
     *     renewal knows the newest revision of the record only
     */
    private Instance oneWorksAndTheOthersStandBy(String command, boolean keepsTokens) throws Exception {
        Instance one = start(command);
        one.awaitLeading();
        awaitLineOf(one.identity());
        Instance two = start(command);
        two.awaitNaming(one.identity());
        assertThat(one.identity()).matches(".+_" + UUID);
        assertThat(one.names(one.identity())).isTrue();
        assertThat(two.leads()).isFalse();
        String token = one.leader().path("token").asText();
        String seen = two.leader().path("token").asText();
        assertThat(seen).isGreaterThanOrEqualTo(token);
        if (keepsTokens) {
            assertThat(seen).isEqualTo(token);
        }
        for (Instance instance : List.of(one, two)) {
            assertThatTheCommandsOfReadmeSucceed(instance);
        }

        assertThat(one.terminate()).as("exit code").isZero();
        two.awaitLeading();
        awaitLineOf(two.identity());

        Instance three = start(command);
        three.awaitNaming(two.identity());
        JsonNode killed = two.leader();
        two.kill();
        three.awaitLeading();
        assertThat(Instant.now())
                .isAfter(Instant.parse(killed.path("validUntil").asText()));
        awaitLineOf(three.identity());
        assertThatNoLineIsOfAnEarlierTerm(3);
        return three;
    }

    private void assertThatTheCommandsOfReadmeSucceed(Instance instance) throws IOException {
        Requires.program("curl");
        Shell shell = new Shell(folder, Map.of());
        List<String> commands = new ArrayList<>(readme("curl"));
        commands.addAll(readme("tail"));
        assertThat(commands).hasSize(4);
        List<String> printed = commands.stream()
                .map(command -> shell.run(command.replace(":8081", ":" + instance.port())))
                .toList();
        assertThat(printed.get(0)).contains("\"identity\":\"" + instance.identity() + "\"");
        assertThat(printed.subList(1, 3)).containsOnly("ok\n");
        assertThat(printed.get(3)).isNotEmpty();
    }

    /** Lines are numbered without a gap, tokens never fall, and each is of one writer. */
    private void assertThatNoLineIsOfAnEarlierTerm(int terms) throws IOException {
        List<Entry> entries = entries();
        Map<Object, String> writers = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            assertThat(entry.number()).isEqualTo(i + 1L);
            assertThat(i == 0 || !entries.get(i - 1).token().isAfter(entry.token()))
                    .as("tokens of %s", entries)
                    .isTrue();
            assertThat(writers.computeIfAbsent(entry.token(), token -> entry.writer()))
                    .isEqualTo(entry.writer());
        }
        assertThat(writers).hasSizeGreaterThanOrEqualTo(terms);
    }

    private void awaitLineOf(String identity) {
        await().atMost(Instance.PATIENCE)
                .ignoreExceptions()
                .until(() -> lastLine().writer().equals(identity));
    }

    private void awaitFurtherLine() throws IOException {
        long number = lastLine().number();
        await().atMost(Instance.PATIENCE)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .until(() -> lastLine().number() > number);
    }

    private Entry lastLine() throws IOException {
        List<Entry> entries = entries();
        return entries.get(entries.size() - 1);
    }

    /** The whole lines of the ledger. */
    private List<Entry> entries() throws IOException {
        String text = Files.readString(folder.resolve("ledger.txt"));
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(Entry::parse)
                .toList();
    }

    private Instance start(String command) throws IOException {
        Requires.that(Files.exists(JAR), JAR + " is not there; run mvn verify, or mvn package before");
        Instance instance = Instance.start(command, folder);
        instances.add(instance);
        return instance;
    }

    private String kubernetes(KubeApiServer server) {
        return command("kubernetes")
                .replace("~/.kube/config", server.kubeconfig().toString());
    }

    /** The README's for this backend, with a port of its own. */
    private static String command(String backend) {
        return readme("java -jar target/active-standby.jar --port 8081 --backend " + backend)
                .get(0)
                .replace("target/active-standby.jar", JAR.toString())
                .replace("--port 8081", "--port 0");
    }

    private Shell operator(KubeApiServer server) throws IOException {
        Path kubectl = folder.resolve("kubectl");
        if (!Files.exists(kubectl)) {
            Files.createSymbolicLink(kubectl, Program.KUBECTL.path());
        }
        return new Shell(
                folder,
                Map.of("KUBECONFIG", server.kubeconfig().toString(), "PATH", folder + ":" + System.getenv("PATH")));
    }

    /** The commands of the README that begin so. */
    private static List<String> readme(String beginning) {
        try {
            return Files.readString(Path.of("README.md"))
                    .lines()
                    .filter(line -> line.startsWith("$ " + beginning))
                    .map(line -> line.substring(2))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
