package dev.baton.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.cli.Baton;
import dev.baton.testing.servers.Program;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo, in a process of its own whose temporary directory is this test's. */
abstract class RunsDemos {
    static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatATestLeft() {
        started.forEach(Process::destroyForcibly);
    }

    /** The one that the tests build or find, wherever that is. */
    Process demoWithEtcdOnThePath(String... options) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(folder.resolve("etcd"), Program.ETCD.path());
        ProcessBuilder builder = new ProcessBuilder(command(options));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        return start(builder);
    }

    Process demo(String... options) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(options));
        builder.environment().put("LC_ALL", "C.UTF-8");
        return start(builder);
    }

    List<String> command(String... options) {
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

    Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        started.add(process);
        return process;
    }

    String output() throws IOException {
        return Files.readString(directory.resolve("output"), StandardCharsets.UTF_8);
    }

    void awaitOutput(String text) {
        await().atMost(PATIENCE).until(() -> output().contains(text));
    }

    void assertNothingIsLeft() throws IOException {
        assertThat(processes()).isEmpty();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.startsWith("baton-demo"));
        }
    }

    /** The command lines of the processes that a demo started here: they name its temporary directory. */
    List<String> processes() throws IOException {
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

    static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "(gone: " + e.getMessage() + ")";
        }
    }

    /** What a shell in the background passes on to its children, and no child can undo. */
    static boolean isInterruptIgnored() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .anyMatch(ignored -> (ignored & 1L << 1) != 0);
        }
    }

    static void signal(String signal, Process process) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                .start()
                .waitFor();
    }
}
