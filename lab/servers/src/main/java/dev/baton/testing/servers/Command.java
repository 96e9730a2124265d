package dev.baton.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that runs to its end, and what it prints. */
final class Command {
    private static final Duration LIMIT = Patience.LIMIT;

    private Command() {}

    /**
     * Runs {@code command} without input and returns what it printed.
     *
     * @throws IllegalStateException with all that it printed, if it fails, takes longer than {@link Patience#LIMIT}, or is interrupted
     */
    static String run(List<String> command) {
        try {
            Path folder = Files.createTempDirectory("baton-command-");
            try {
                return run(command, folder.resolve("out"), folder.resolve("err"));
            } finally {
                Folders.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(List<String> command, Path out, Path err) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            boolean ended = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(command
                        + (ended ? " failed: " : " did not end within " + LIMIT + ": ")
                        + Files.readString(err)
                        + Files.readString(out));
            }
            return Files.readString(out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + command, e);
        } finally {
            process.destroyForcibly();
        }
    }
}
