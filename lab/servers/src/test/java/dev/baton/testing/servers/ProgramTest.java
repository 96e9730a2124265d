package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

class ProgramTest {
    @TempDir
    private Path temp;

    @ParameterizedTest
    @EnumSource
    void everyProgramHasAMainAndAVersion(Program program) throws IOException {
        assertThat(GoBuild.source(program, GoBuild.main(program))).contains("func main()");
        assertThat(GoBuild.source(program, "go.sum")).contains(program.versionedBy() + " " + GoBuild.version(program));
    }

    @Test
    void aProgramThatTheEnvironmentNamesIsFoundBeforeOneOnThePath() throws IOException {
        Path named = executable("named", "etcd", "");
        Path onPath = executable("path", "etcd", "");
        Map<String, String> both = Map.of(
                "KUBEBUILDER_ASSETS", temp.resolve("named").toString(),
                "PATH", temp.resolve("path").toString(),
                "XDG_CACHE_HOME", temp.toString());
        assertThat(Program.ETCD.path(both)).isEqualTo(named);
        assertThat(Program.ETCD.path(
                        Map.of("PATH", temp.resolve("path").toString(), "XDG_CACHE_HOME", temp.toString())))
                .isEqualTo(onPath);
    }

    @Test
    void aProgramThatIsNowhereIsMissingWithWhatToDoAboutIt() {
        assertThatThrownBy(
                        () -> Program.KUBECTL.path(Map.of("PATH", temp.toString(), "XDG_CACHE_HOME", temp.toString())))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("kubectl")
                .hasMessageContaining("install Go")
                .hasMessageContaining("KUBEBUILDER_ASSETS");
    }

    @Test
    void aToolchainThatFailsIsReportedWithoutAddresses() throws IOException {
        executable("path", "go", "echo 'reading https://proxy.example/x: no route to host'; exit 1");
        Map<String, String> environment =
                Map.of("PATH", temp.resolve("path").toString(), "XDG_CACHE_HOME", temp.toString());
        assertThatThrownBy(() -> Program.ETCD.path(environment))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("module proxy")
                .hasMessageContaining("no route to host")
                .hasMessageNotContaining("example");
    }

    @Test
    void aProgramIsCompiledOnce() throws IOException {
        Path count = temp.resolve("count");
        executable("path", "go", "echo >>" + count + "; while [ \"$1\" != -o ]; do shift; done; cp /bin/true \"$2\"");
        Map<String, String> environment =
                Map.of("PATH", temp.resolve("path").toString(), "XDG_CACHE_HOME", temp.toString());
        Path binary = Program.ETCD.path(environment);
        assertThat(binary).isExecutable().startsWith(temp);
        assertThat(binary.getFileName().toString()).startsWith("etcd-" + GoBuild.version(Program.ETCD) + "-");
        assertThat(Program.ETCD.path(environment)).isEqualTo(binary);
        assertThat(Program.ETCD.path(in("fast", environment)))
                .as("what was compiled before")
                .isEqualTo(binary);
        assertThat(Files.readAllLines(count)).hasSize(1);
    }

    @Test
    void theFastLaneCompilesNothing() throws IOException {
        Path count = temp.resolve("count");
        executable("path", "go", "echo >>" + count);
        Map<String, String> environment =
                Map.of("PATH", temp.resolve("path").toString(), "XDG_CACHE_HOME", temp.toString());
        assertThatThrownBy(() -> Program.ETCD.path(in("fast", environment)))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("the fast lane compiles nothing")
                .hasMessageContaining("mvn verify -Pfull, which compiles it");
        assertThat(count).doesNotExist();
    }

    @Test
    void aProgramThatIsNowhereElseIsCopiedOutOfItsImageOnce() throws IOException {
        Path asked = temp.resolve("asked");
        executable(
                "path",
                "docker",
                "echo \"$@\" >>" + asked + "; case $1 in create) echo 4711 ;; cp) /bin/cp /bin/true \"$3\" ;; esac");
        Map<String, String> environment =
                Map.of("PATH", temp.resolve("path").toString(), "XDG_CACHE_HOME", temp.toString());
        Path binary = Program.KUBE_APISERVER.path(environment);
        assertThat(binary).isExecutable().startsWith(temp);
        assertThat(Program.KUBE_APISERVER.path(environment)).isEqualTo(binary);
        String image = "registry.k8s.io/kube-apiserver:" + GoBuild.version(Program.KUBE_APISERVER);
        assertThat(Files.readAllLines(asked))
                .satisfiesExactly(
                        create -> assertThat(create).isEqualTo("create " + image + " /usr/local/bin/kube-apiserver"),
                        copy -> assertThat(copy).startsWith("cp 4711:/usr/local/bin/kube-apiserver " + temp),
                        remove -> assertThat(remove).isEqualTo("rm 4711"));
        try (Stream<Path> kept = Files.list(temp.resolve("baton"))) {
            assertThat(kept).containsExactly(binary);
        }
    }

    @Test
    void dockerIsAskedForNothingThatIsOnTheMachine() throws IOException {
        executable("path", "docker", "exit 1");
        Path onPath = executable("path", "etcd", "");
        assertThat(Program.ETCD.path(
                        Map.of("PATH", temp.resolve("path").toString(), "XDG_CACHE_HOME", temp.toString())))
                .isEqualTo(onPath);
    }

    @Test
    void dockerThatDoesNotRunIsOneOfTheReasons() throws IOException {
        executable("path", "docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
        Map<String, String> environment =
                Map.of("PATH", temp.resolve("path").toString(), "XDG_CACHE_HOME", temp.toString());
        assertThatThrownBy(() -> Program.KUBECTL.path(environment))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("no Go toolchain")
                .hasMessageContaining("Cannot connect to the Docker daemon")
                .hasMessageContaining("or start Docker");
    }

    @Test
    void theFullLaneFailsWithoutAToolchain() {
        assertThatThrownBy(() -> Program.KUBECTL.path(
                        in("full", Map.of("PATH", temp.toString(), "XDG_CACHE_HOME", temp.toString()))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no Go toolchain");
    }

    private static Map<String, String> in(String lane, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put(Lane.VARIABLE, lane);
        return all;
    }

    private Path executable(String folder, String name, String script) throws IOException {
        Path file = Files.createDirectories(temp.resolve(folder)).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
