package dev.baton.testing.servers.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.testing.servers.ControlPlane;
import dev.baton.testing.servers.Lane;
import dev.baton.testing.servers.Program;
import dev.baton.testing.servers.Requires;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script, as a person runs it. */
class ControlPlaneCommandIT {
    private static final Path SCRIPT =
            Path.of("../control-plane").toAbsolutePath().normalize();

    @TempDir
    private Path temp;

    private record Ran(int code, String out, String err) {}

    @AfterEach
    void leaveNothing() throws Exception {
        run(Map.of(), "down");
    }

    @Test
    void upShowsTheWayStatusTellsOfEachPartAndDownLeavesNoProcess() throws Exception {
        ControlPlane.requirePrograms();
        Program.KUBECTL.path();
        Ran up = run(Map.of(), "up", "--topology", "external");
        assertThat(up.err()).isEmpty();
        assertThat(up.out())
                .contains(
                        "external etcd",
                        "https://127.0.0.1:",
                        "get lease -A",
                        home().kubeconfig().toString());
        assertThat(up.code()).isZero();
        List<NotedProcesses.Noted> noted = NotedProcesses.read(home().processes());
        assertThat(noted).hasSize(11).allMatch(one -> one.process().isPresent());

        Ran second = run(Map.of(), "up");
        assertThat(second.code()).isEqualTo(1);
        assertThat(second.err())
                .isEqualTo(
                        "lab/control-plane up: a control plane is up already;" + " lab/control-plane down ends it\n");

        assertThat(run(Map.of(), "kill", "scheduler-1").code()).isZero();
        Ran status = run(Map.of(), "status");
        assertThat(status.code()).isZero();
        assertThat(status.out().lines())
                .anyMatch(line -> line.matches("etcd-0 +2 +\\d+ +running +yes.*"))
                .anyMatch(line -> line.matches("apiserver-1 +1 +\\d+ +running +yes"))
                .anyMatch(line -> line.matches("load-balancer +\\d+ +running +yes"))
                .anyMatch(line -> line.matches("scheduler-1 +1 +- +down +no"))
                .anyMatch(line -> line.matches("controller-manager-[01] .* leads"))
                .anyMatch(line -> line.matches("Lease kube-scheduler: \\S+_\\S+"))
                .anyMatch(line -> line.matches("Lease kube-controller-manager: \\S+_\\S+"));
        Ran wrong = run(Map.of(), "kill", "kubelet-0");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).hasLineCount(1).contains("kubelet-0", "apiserver-0");
        assertThat(run(Map.of(), "start", "scheduler-1").code()).isZero();

        List<NotedProcesses.Noted> all = NotedProcesses.read(home().processes());
        assertThat(all).hasSize(11);
        assertThat(run(Map.of(), "down").out()).isEqualTo("ended\n");
        assertThat(all).allMatch(one -> one.process().isEmpty());
        assertThat(home().kubeconfig()).doesNotExist();
    }

    @Test
    void serversDoNotOutliveAHostThatIsKilled() throws Exception {
        ControlPlane.requirePrograms();
        Program.KUBECTL.path();
        assertThat(run(Map.of(), "up").code()).isZero();
        List<NotedProcesses.Noted> noted = NotedProcesses.read(home().processes());
        noted.get(0).process().orElseThrow().destroyForcibly();
        assertThat(run(Map.of(), "down").code()).isZero();
        assertThat(noted).allMatch(one -> one.process().isEmpty());
    }

    @Test
    void whatIsNotUpIsSaidInOneSentence() throws Exception {
        Ran status = run(Map.of(), "status");
        assertThat(status.code()).isEqualTo(1);
        assertThat(status.err())
                .isEqualTo("lab/control-plane status: no control plane is up; lab/control-plane up starts one\n");
        assertThat(run(Map.of(), "down")).isEqualTo(new Ran(0, "none was up\n", ""));
    }

    @Test
    void oneThatIsBeingBroughtUpIsNotBroughtUpTwice() throws Exception {
        ControlPlane.requirePrograms();
        Program.KUBECTL.path();
        try (FileChannel other = Home.make(temp.resolve("home")).lockForStart()) {
            assertThat(other.isOpen()).isTrue();
            Ran up = run(Map.of(), "up");
            assertThat(up.code()).isEqualTo(1);
            assertThat(up.err()).hasLineCount(1).contains("is being brought up already");
        }
    }

    @Test
    void aFolderOfSomebodyElseIsLeftAsItIs() throws Exception {
        Path precious =
                Files.writeString(Files.createDirectory(temp.resolve("home")).resolve("kubeconfig"), "precious");
        Ran up = run(Map.of(), "up");
        assertThat(up.code()).isEqualTo(1);
        assertThat(up.err()).hasLineCount(1).contains("name an empty folder");
        assertThat(run(Map.of(), "down")).isEqualTo(new Ran(0, "none was up\n", ""));
        assertThat(precious).hasContent("precious");
    }

    @Test
    void aWrongArgumentIsSaidInOneSentence() throws Exception {
        Ran topology = run(Map.of(), "up", "--topology", "ring");
        assertThat(topology.code()).isEqualTo(2);
        assertThat(topology.err()).hasLineCount(1).contains("--topology", "ring", "STACKED", "EXTERNAL");
        Ran command = run(Map.of(), "sideways");
        assertThat(command.code()).isEqualTo(2);
        assertThat(command.err()).hasLineCount(1).contains("sideways");
    }

    @Test
    void aProgramThatIsMissingIsSaidInOneSentence() throws Exception {
        Path bin = Files.createDirectory(temp.resolve("bin"));
        for (String name : List.of("bash", "dirname", "setsid")) {
            script(bin.resolve(name), Requires.program(name));
        }
        script(bin.resolve("java"), Path.of(System.getProperty("java.home"), "bin", "java"));
        Ran up = run(Map.of("PATH", bin.toString(), "XDG_CACHE_HOME", temp.toString()), "up");
        assertThat(up.code()).isEqualTo(1);
        assertThat(up.err()).hasLineCount(1).contains("the program ", "install ");

        Files.delete(bin.resolve("java"));
        Ran without = run(Map.of("PATH", bin.toString()), "up");
        assertThat(without)
                .isEqualTo(new Ran(
                        1,
                        "",
                        "lab/control-plane: java was not found; install a JDK, 17 or newer, and put it on the PATH\n"));
    }

    private static void script(Path file, Path program) throws IOException {
        Files.writeString(file, "#!/bin/sh\nexec " + program + " \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Home home() {
        return new Home(temp.resolve("home"));
    }

    private Ran run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        if (List.of("up", "status", "down", "kill", "start").contains(arguments[0])) {
            command.add("--folder=" + temp.resolve("home"));
        }
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        // Maven runs at this moment, and has built what it takes.
        builder.environment().put("BATON_NO_BUILD", "1");
        builder.environment().remove(Lane.VARIABLE);
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new Ran(code, Files.readString(out), Files.readString(err));
    }
}
