package dev.baton.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A demo that is broken off, and one whose promise is not kept. */
class DemoEndIT extends RunsDemos {
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
}
