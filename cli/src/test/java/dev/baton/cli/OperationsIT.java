package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.etcd.EtcdBackend;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.spi.LockBackend;
import dev.baton.testing.servers.ControlPlane;
import dev.baton.testing.servers.Program;
import dev.baton.testing.servers.Requires;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command of docs/operations.md, in the order of the page, as an operator would type it: a shell in the root of the
 * repository, on a highly available control plane with Kubernetes' own schedulers and controller managers, and three servers
 * of ZooKeeper, with two candidates of ours in each election.
 */
class OperationsIT extends OnRealServers {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolveSibling("");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<String, String> environment = new LinkedHashMap<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void everyCommandOfThePageDoesWhatThePageSays() throws IOException, InterruptedException {
        stage();
        Map<String, String> said = new LinkedHashMap<>();
        List<String> commands = BLOCK.matcher(Files.readString(ROOT.resolve("docs/operations.md")))
                .results()
                .map(MatchResult::group)
                .flatMap(block -> block.lines().filter(line -> !line.startsWith("```")))
                .toList();
        assertThat(commands).hasSizeGreaterThan(25);
        for (String command : commands) {
            String question = leaderShownBy(command);
            String before = question.isEmpty() ? "" : run(question);
            said.put(command, run(command));
            if (!question.isEmpty()) {
                await(command).atMost(PATIENCE).until(() -> isAnother(before, shell(question)));
            }
        }
        assertThat(said.get("./baton status orders/reconciler")).contains("orders/reconciler   ", " ago ");
        assertThat(saidTo(said, "kube-controller-manager"))
                .contains("kube-system/kube-scheduler", "kube-system/kube-controller-manager")
                .doesNotContain("nobody");
        assertThat(saidTo(said, "backend etcd")).contains("member0", "member1", "member2", "   leader ");
        assertThat(saidTo(said, "backend zookeeper")).contains("   follower ", "   leader ");
        assertThat(saidTo(said, "get endpoints")).contains("\"holderIdentity\": \"");
        assertThat(saidTo(said, "sort-by=CREATE")).contains("/baton/orders/reconciler/");
        assertThat(saidTo(said, "member list")).contains("member0", "member1", "member2", " started ");
        assertThat(saidTo(said, "zkCli.sh -server \"$ZK\" ls")).contains("-latch-0000000000", "-latch-0000000001");
        assertThat(saidTo(said, "srvr")).contains("Mode: leader", "Mode: follower");
        assertThat(saidTo(said, "readyz")).contains("readyz check passed");
        assertThat(saidTo(said, "can-i update")).startsWith("yes");
        assertThat(saidTo(said, "raw \"/api/v1/namespaces").strip()).matches("\\d+");
        assertThat(saidTo(said, "header.revision").lines()).hasSize(3).allMatch(line -> line.matches("\\d+"));
        assertThat(saidTo(said, ".address")).hasLineCount(3);
        assertThat(saidTo(said, ".reachable").lines()).hasSize(3).allMatch(line -> line.contains(" true "));
    }

    private static String saidTo(Map<String, String> said, String part) {
        return said.entrySet().stream()
                .filter(each -> each.getKey().contains(part))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no command has " + part));
    }

    /** What prints a term's mark, for a command that hands over; nothing for any other. */
    private static String leaderShownBy(String command) {
        String key = " -o json | jq -r '.elections[0].inLine[0].key'";
        if (command.startsWith("etcdctl del")) {
            return "./baton status orders/reconciler --backend etcd --endpoints \"$ETCDCTL_ENDPOINTS\"" + key;
        }
        if (command.contains(" delete ")) {
            return "./baton status orders/reconciler --backend zookeeper --endpoints \"$ZK\"" + key;
        }
        return command.startsWith("kubectl patch")
                ? "./baton status orders/reconciler -o json | jq -r .elections[0].transitions"
                : "";
    }

    private boolean isAnother(String before, Process asked) throws IOException {
        return asked.exitValue() == 0
                && !Files.readString(folder.resolve("out")).equals(before);
    }

    private void stage() throws IOException, InterruptedException {
        Requires.program("jq");
        Requires.program("curl");
        ControlPlane plane = later(ControlPlane.start(ControlPlane.Topology.EXTERNAL));
        ZooKeeperEnsemble zooKeeper =
                later(ZooKeeperEnsemble.builder().members(3).start());
        environment.put("KUBECONFIG", plane.kubeconfig().toString());
        environment.put("ETCDCTL_ENDPOINTS", plane.etcd().endpoints());
        environment.put("ZK", zooKeeper.connectString());
        environment.put("BATON_NO_BUILD", "1");
        programs();
        plane.kubectl("create", "namespace", "orders");
        plane.kubectl(
                "apply",
                "-n",
                "orders",
                "-f",
                ROOT.resolve("examples/kubernetes/rbac.yaml").toString());
        for (String identity : List.of("ada", "bob")) {
            candidate(KubernetesBackend.lease().kubeconfig(plane.kubeconfig()).build(), identity);
            candidate(
                    KubernetesBackend.endpoints().kubeconfig(plane.kubeconfig()).build(), identity);
            candidate(EtcdBackend.connect(plane.etcd().endpoints()), identity);
            candidate(ZooKeeperBackend.connect(zooKeeper.connectString()), identity);
        }
        String all = "./baton status orders/reconciler && ./baton status orders/reconciler --backend endpoints"
                + " && ./baton status kube-scheduler kube-controller-manager -n kube-system";
        await("leaders").atMost(PATIENCE).until(() -> shell(all).exitValue() == 0);
        await("candidates in line")
                .atMost(PATIENCE)
                .until(() -> inLine("etcd", "$ETCDCTL_ENDPOINTS") == 2 && inLine("zookeeper", "$ZK") == 2);
    }

    private int inLine(String backend, String endpoints) throws IOException, InterruptedException {
        String length = run("{ ./baton status orders/reconciler --backend " + backend + " --endpoints \"" + endpoints
                + "\" -o json || true; } | jq '.elections[0].inLine | length'");
        return Integer.parseInt(length.strip());
    }

    private void candidate(LockBackend backend, String identity) {
        candidate(backend, "orders/reconciler", identity);
    }

    /** kubectl and etcdctl as the servers' versions have them; zkCli.sh as ZooKeeper's own script would run it. */
    private void programs() throws IOException {
        for (Program program : List.of(Program.KUBECTL, Program.ETCDCTL)) {
            Files.createSymbolicLink(folder.resolve(program.command()), program.path());
        }
        script(
                "zkCli.sh",
                "exec '" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -cp '"
                        + ManagementFactory.getRuntimeMXBean().getClassPath()
                        + "' org.apache.zookeeper.ZooKeeperMain \"$@\"");
        // Whichever netcat a machine has: what is sent and what comes back.
        script("nc", "exec 3<>\"/dev/tcp/$1/$2\"; cat >&3; cat <&3");
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/bash\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** What {@code command} prints; fails unless it succeeds. */
    private String run(String command) throws IOException, InterruptedException {
        Process process = shell(command);
        String out = Files.readString(folder.resolve("out"));
        assertThat(process.exitValue())
                .as(command + "\n" + out + Files.readString(folder.resolve("err")))
                .isZero();
        assertThat(out)
                .as("a subcommand that there is not is answered with help, and with 0: " + command)
                .doesNotContain("Usage:");
        return out;
    }

    private Process shell(String command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-o", "pipefail", "-c", command)
                .directory(ROOT.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().putAll(environment);
        builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(command).isTrue();
        return process;
    }
}
