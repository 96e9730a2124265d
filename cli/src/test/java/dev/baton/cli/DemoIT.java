package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.KubeApiServer;
import dev.baton.testing.servers.Program;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole demo, in a process of its own whose temporary directory is this test's. */
class DemoIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatATestLeft() {
        started.forEach(Process::destroyForcibly);
    }

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
    void leavesNoEtcdWhenInterruptedWhileItStarts() throws IOException, InterruptedException {
        Path mute =
                Files.writeString(directory.resolve("etcd"), "#!/usr/bin/env bash\nexec -a \"etcd $*\" sleep 600\n");
        assertThat(mute.toFile().setExecutable(true)).isTrue();
        ProcessBuilder builder = new ProcessBuilder(command("--backend", "etcd"));
        builder.environment().merge("PATH", directory.toString(), (path, first) -> first + ":" + path);
        Process demo = start(builder);
        await().atMost(PATIENCE)
                .until(() -> processes().stream().anyMatch(each -> each.startsWith("etcd --name=demo")));

        signal("TERM", demo);

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isGreaterThan(128);
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
    void leavesNoEtcdWhenInterrupted() throws IOException, InterruptedException {
        Process demo = demoWithEtcdOnThePath("--backend", "etcd");
        awaitOutput("leads, token");
        assertThat(processes()).anyMatch(each -> each.contains("--data-dir="));

        signal("TERM", demo);

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isGreaterThan(128);
        assertThat(output()).contains("interrupted").doesNotContain("promises kept");
        assertNothingIsLeft();
    }

    @Test
    void leavesNoEtcdEvenWhenKilled() throws IOException {
        Process demo = demoWithEtcdOnThePath("--backend", "etcd");
        awaitOutput("leads, token");
        assertThat(processes()).anyMatch(each -> each.contains("--data-dir="));

        demo.destroyForcibly();

        await().atMost(PATIENCE).untilAsserted(this::assertNothingIsLeft);
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
                .startsWith("baton demo: --backend k8s-lease needs a cluster, and no kubeconfig was found")
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
    void failsWhenAFailoverTakesLongerThanPromised() throws IOException, InterruptedException {
        Process demo = demo("--promise-failover", "1ms", "--candidates", "2");

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).as(output()).isEqualTo(1);
        assertThat(output()).contains("6 of 8 promises kept", "at most 1.0 ms");
        assertNothingIsLeft();
    }

    @Test
    void leavesNothingWhenInterrupted() throws IOException, InterruptedException {
        Process demo = demo();
        awaitOutput("leads, token");

        signal(isInterruptIgnored() ? "TERM" : "INT", demo);

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isGreaterThan(128);
        assertThat(output()).contains("interrupted").doesNotContain("promises kept");
        assertNothingIsLeft();
    }

    @Test
    void leavesNothingEvenWhenKilledWhileALeaderIsStopped() throws IOException {
        Process demo = demo();
        awaitOutput("stopped (SIGSTOP)");
        assertThat(processes()).isNotEmpty();

        demo.destroyForcibly();

        await().atMost(PATIENCE).untilAsserted(this::assertNothingIsLeft);
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

    /** The one that the tests build or find, wherever that is. */
    private Process demoWithEtcdOnThePath(String... options) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(folder.resolve("etcd"), Program.ETCD.path());
        ProcessBuilder builder = new ProcessBuilder(command(options));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        return start(builder);
    }

    private Process demo(String... options) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(options));
        builder.environment().put("LC_ALL", "C.UTF-8");
        return start(builder);
    }

    private List<String> command(String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                ManagementFactory.getRuntimeMXBean().getClassPath(),
                Baton.class.getName(),
                "demo"));
        command.addAll(List.of(options));
        return command;
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        started.add(process);
        return process;
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"), StandardCharsets.UTF_8);
    }

    private void awaitOutput(String text) {
        await().atMost(PATIENCE).until(() -> output().contains(text));
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(processes()).isEmpty();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.startsWith("baton-demo"));
        }
    }

    /** The command lines of the processes that a demo started here: they name its temporary directory. */
    private List<String> processes() throws IOException {
        String marker = directory.resolve("baton-demo-").toString();
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .toList()) {
                String commandLine = commandLine(process);
                if (commandLine.contains(marker)) {
                    found.add(commandLine);
                }
            }
        }
        return found;
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "(gone: " + e.getMessage() + ")";
        }
    }

    /** What a shell in the background passes on to its children, and no child can undo. */
    private static boolean isInterruptIgnored() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .anyMatch(ignored -> (ignored & 1L << 1) != 0);
        }
    }

    private static void signal(String signal, Process process) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                .start()
                .waitFor();
    }
}
