package dev.baton;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JVM ends when it is told to, wherever it is told to, and hands the leadership over. */
class SystemExitTest {
    @TempDir
    private Path directory;

    /** The drain timeout of that process is two minutes: ending within one means that nothing was waited out. */
    @ParameterizedTest
    @ValueSource(strings = {"started", "stopped", "elsewhere", "stopped by another exit", "permit"})
    void systemExitEndsTheProcessAndHandsOver(String where) throws IOException, InterruptedException {
        String events = exits(where);
        assertThat(events).contains("\"claim-withdrawn\"").contains("\"stopped\"");
    }

    /** No election hands over, no callback runs, and yet the process ends. */
    @ParameterizedTest
    @ValueSource(strings = {"sink that blocks", "loop that stands still"})
    void systemExitEndsTheProcessWhateverHangs(String where) throws IOException, InterruptedException {
        exits(where);
    }

    private String exits(String where) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "dev.baton.ExitingLeader",
                        where)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            String events = Files.readString(out, StandardCharsets.UTF_8);
            assertThat(ended).as("ended; it said %s", events).isTrue();
            assertThat(process.exitValue()).isEqualTo(3);
            return events;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
