package dev.baton.kubernetes;

import dev.baton.testing.servers.Program;
import dev.baton.testing.servers.Requires;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs commands as an operator types them: a shell with {@code kubectl} and {@code jq} on its PATH, and a kubeconfig. */
final class OperatorShell {
    private final Path kubeconfig;
    private final Path folder;

    OperatorShell(Path kubeconfig) {
        Requires.program("jq");
        this.kubeconfig = kubeconfig;
        try {
            folder = Files.createTempDirectory("baton-shell");
            Files.createSymbolicLink(folder.resolve("kubectl"), Program.KUBECTL.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code command} prints; fails unless it succeeds. */
    String run(String command) {
        try {
            Path err = folder.resolve("err");
            ProcessBuilder builder =
                    new ProcessBuilder("bash", "-o", "pipefail", "-c", command).redirectError(err.toFile());
            builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
            builder.environment().put("KUBECONFIG", kubeconfig.toString());
            Path out = folder.resolve("out");
            Process process = builder.redirectOutput(out.toFile()).start();
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " failed: " + Files.readString(err) + Files.readString(out));
            }
            return Files.readString(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + command, e);
        }
    }
}
