package dev.baton.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.KubeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a demo shows, and what it says where it cannot. */
class DemoIT extends RunsDemos {
    @Test
    void keepsEveryPromiseAndTheEventsAndLeavesNothing() throws IOException, InterruptedException {
        Path events = directory.resolve("events.jsonl");
        Process demo = demo("--events", events.toString(), "--no-color");

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        String out = output();
        assertThat(out)
                .contains("8 of 8 promises kept in ", "stale write refused", "its first isValid() answers false");
        assertThat(out).as("no colour where there is no terminal").doesNotContain("\033");
        assertThat(demo.exitValue()).as(out).isZero();
        assertThat(Files.readAllLines(events).stream().map(Fact::parse).map(Fact::type))
                .contains("term-started", "ledger-accepted", "ledger-refused", "signal-kill", "signal-stop");
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s-lease", "k8s-endpoints", "k8s-configmap"})
    void keepsEveryPromiseOnKubernetesAndLeavesNothing(String backend) throws IOException, InterruptedException {
        KubeApiServer server = KubeApiServer.shared();
        Process demo =
                demo("--backend", backend, "--kubeconfig", server.kubeconfig().toString());

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(output())
                .contains("Kubernetes at " + server.url() + ", " + backend + " default/baton-demo-")
                .contains("8 of 8 promises kept in ", "stale write refused", "its first isValid() answers false");
        assertThat(demo.exitValue()).as(output()).isZero();
        assertThat(server.kubectl("get", "leases,endpoints,configmaps,events", "--all-namespaces", "-o", "name"))
                .doesNotContain("baton-demo");
        assertNothingIsLeft();
    }

    @Test
    void keepsEveryPromiseOnAnEtcdOfItsOwnAndLeavesNothing() throws IOException, InterruptedException {
        Process demo = demoWithEtcdOnThePath(documented(0, "etcd.md"));

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(output())
                .contains(
                        "etcd at http://127.0.0.1:",
                        directory.resolve("bin/etcd").toString())
                .contains("8 of 8 promises kept in ", "stale write refused", "its first isValid() answers false");
        assertThat(demo.exitValue()).as(output()).isZero();
        assertNothingIsLeft();
    }

    @Test
    void keepsEveryPromiseOnAnEtcdClusterAndLeavesNothing() throws IOException, InterruptedException {
        try (EtcdCluster cluster = EtcdCluster.builder().members(3).start()) {
            List<String> options = new ArrayList<>(List.of(documented(1, "etcd.md")));
            options.set(options.size() - 1, cluster.endpoints());
            // Three members and four JVMs on a small machine: what is promised grows with the timing.
            options.addAll(List.of("--lease-duration", "10s"));
            Process demo = demo(options.toArray(String[]::new));

            assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

            assertThat(output())
                    .contains("etcd at " + cluster.endpoints())
                    .contains("8 of 8 promises kept in ", "stale write refused", "its first isValid() answers false");
            assertThat(demo.exitValue()).as(output()).isZero();
            assertThat(cluster.etcdctl("get", "--prefix", "--keys-only", "/")).isBlank();
            assertNothingIsLeft();
        }
    }

    @Test
    void saysInOneSentenceThatEtcdGrantsNoLeaseAsShort() throws IOException, InterruptedException {
        try (EtcdCluster cluster =
                EtcdCluster.builder().flag("--election-timeout=4000").start()) {
            Process demo = demo("--backend", "etcd", "--endpoints", cluster.endpoints());

            assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

            assertThat(demo.exitValue()).isEqualTo(1);
            assertThat(output())
                    .isEqualTo("baton demo: etcd at " + cluster.endpoints()
                            + " grants no lease shorter than 6s; add --lease-duration 6s\n");
            assertThat(cluster.etcdctl("get", "--prefix", "--keys-only", "/")).isBlank();
            assertNothingIsLeft();
        }
    }

    @Test
    void saysInOneSentenceThatEtcdIsNotThere() throws IOException, InterruptedException {
        Process demo = demo("--backend", "etcd", "--endpoints", "127.0.0.1:1");

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).isEqualTo(1);
        assertThat(output())
                .startsWith("baton demo: etcd at http://127.0.0.1:1 does not let the demo write (")
                .contains("Connection refused); check the address", "leave --endpoints out")
                .hasLineCount(1);
        assertNothingIsLeft();
    }

    @Test
    void saysInOneSentenceHowToGetAnEtcd() throws IOException, InterruptedException {
        assumeFalse(Files.exists(Path.of("/usr/bin/etcd")), "an etcd is installed here");
        List<String> command = command("--backend", "etcd");
        command.add(1, "-Duser.home=" + directory);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PATH", directory.toString());
        builder.environment().remove("XDG_CACHE_HOME");
        Process demo = start(builder);

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).isEqualTo(2);
        assertThat(output())
                .startsWith("baton demo: --backend etcd needs an etcd, and no program etcd was found on the PATH, in "
                        + directory.resolve(".cache/baton") + " or at /usr/bin/etcd")
                .contains("apt-get install etcd-server", "--endpoints")
                .hasLineCount(1);
    }

    @Test
    void saysInOneSentenceThatTheEtcdThatWasFoundDoesNotServe() throws IOException, InterruptedException {
        Path broken = Files.writeString(directory.resolve("etcd"), "#!/bin/sh\necho no such luck\n");
        assertThat(broken.toFile().setExecutable(true)).isTrue();
        ProcessBuilder builder = new ProcessBuilder(command("--backend", "etcd"));
        builder.environment().merge("PATH", directory.toString(), (path, first) -> first + ":" + path);
        Process demo = start(builder);

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).isEqualTo(1);
        assertThat(output()).isEqualTo("baton demo: " + broken + " did not serve; it said last: no such luck\n");
        assertNothingIsLeft();
    }

    @Test
    void saysInOneSentenceThatEventsCannotBeKept() throws IOException, InterruptedException {
        Path nowhere = directory.resolve("none").resolve("events.jsonl");
        Process demo = demo("--events", nowhere.toString());

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).isEqualTo(1);
        assertThat(output())
                .startsWith("baton demo: --events " + nowhere + " cannot be written: ")
                .hasLineCount(1);
        assertNothingIsLeft();
    }

    @Test
    void saysInOneSentenceThatThereIsNoKubeconfig() throws IOException, InterruptedException {
        List<String> command = command("--backend", "k8s-lease");
        command.add(1, "-Duser.home=" + directory);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("KUBECONFIG");
        Process demo = start(builder);

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).isEqualTo(2);
        assertThat(output())
                .startsWith("baton demo: --backend kubernetes needs a cluster, and no kubeconfig was found")
                .contains("KUBECONFIG", "~/.kube/config")
                .hasLineCount(1);
    }

    @Test
    void saysInOneSentenceThatTheClusterIsNotThere() throws IOException, InterruptedException {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: gone
                clusters: [{name: gone, cluster: {server: "http://127.0.0.1:1"}}]
                contexts: [{name: gone, context: {cluster: gone, user: nobody}}]
                users: [{name: nobody, user: {}}]
                """);
        Process demo = demo("--backend", "k8s-configmap", "--kubeconfig", kubeconfig.toString());

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).isEqualTo(1);
        assertThat(output())
                .startsWith("baton demo: Kubernetes at http://127.0.0.1:1 is not reachable")
                .hasLineCount(1);
        assertNothingIsLeft();
    }

    @Test
    void runsThroughASymbolicLinkFromAnywhere() throws IOException, InterruptedException {
        Path script = Path.of("..").resolve("baton").toRealPath();
        Path link = Files.createSymbolicLink(directory.resolve("baton-link"), script);
        ProcessBuilder builder = new ProcessBuilder(link.toString(), "--version").directory(directory.toFile());
        builder.environment().put("BATON_NO_BUILD", "1");

        Process version = start(builder);

        assertThat(version.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(output()).startsWith("baton ");
        assertThat(version.exitValue()).isZero();
    }

    /** The options of the command that {@code document} gives, counted from 0. */
    private static String[] documented(int number, String document) throws IOException {
        String start = "$ ./baton demo ";
        List<String> commands = Files.readAllLines(Path.of("..", "docs", "backends", document)).stream()
                .filter(line -> line.startsWith(start))
                .toList();
        return commands.get(number).substring(start.length()).split(" ");
    }
}
