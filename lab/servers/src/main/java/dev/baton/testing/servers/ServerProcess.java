package dev.baton.testing.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, which can be killed, started again, stopped and continued.
 *
 * <p>It does not outlive this JVM, even if that is killed: a {@link Watchdog} ends it.
 */
final class ServerProcess {
    private static final int LOG_LINES_SHOWN = 30;
    /** Becomes the server on a line of input, and ends without one: nothing runs that its watchdog does not know. */
    private static final List<String> LEASHED =
            List.of("sh", "-c", "read -r line && exec \"$@\" </dev/null", "baton-server");

    private final List<String> command;
    private final Path folder;
    private final Path log;
    private @Nullable Process process;
    private long logBeforeStart;
    private boolean paused;

    /** Runs {@code command} in {@code folder}, where it also keeps what it prints. */
    ServerProcess(List<String> command, Path folder) {
        this.command = List.copyOf(command);
        this.folder = folder;
        this.log = folder.resolve("server.log");
    }

    /** Starts it, this time with {@code more} arguments after its own. */
    synchronized void start(String... more) throws IOException {
        if (isAlive()) {
            throw new IllegalStateException("the server in " + folder + " is running already");
        }
        logBeforeStart = Files.exists(log) ? Files.size(log) : 0;
        List<String> leashed = new ArrayList<>(LEASHED);
        leashed.addAll(command);
        leashed.addAll(List.of(more));
        Process starting = new ProcessBuilder(leashed)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process = starting;
        try (OutputStream leash = starting.getOutputStream()) {
            Watchdog.guard(starting, folder);
            leash.write('\n');
        }
        paused = false;
    }

    /** Kills the process, which has no say in it, and returns when it is gone. */
    synchronized void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            // Uninterruptible, so that nobody who is told to stop leaves a process behind.
            running.onExit().join();
        }
        paused = false;
    }

    /**
     * Asks the process to end with SIGTERM, and returns when it is gone.
     *
     * @throws IllegalStateException with what it printed, if it is not gone within {@code limit}
     */
    void terminate(Duration limit) {
        Process running;
        synchronized (this) {
            running = running();
            running.destroy();
        }
        Await.until(limit, "end of the process in " + folder, this::lastWords, () -> !running.isAlive());
    }

    synchronized void pause() {
        signal("STOP");
        paused = true;
    }

    synchronized void resume() {
        signal("CONT");
        paused = false;
    }

    /** What every thread of it does goes to what it prints. Requires a Java program. */
    synchronized void dumpThreads() {
        signal("QUIT");
    }

    synchronized long pid() {
        return running().pid();
    }

    synchronized boolean isAlive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** Whether it runs and has the processor. */
    synchronized boolean isRunning() {
        return isAlive() && !paused;
    }

    /** The last lines that it printed. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "its log cannot be read: " + e;
        }
    }

    /** Whether {@code words} are in what it printed. */
    boolean hasPrinted(String words) {
        return printed().contains(words);
    }

    /** All that it printed so far. */
    String printed() {
        try {
            return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it printed since it was last started. */
    synchronized String printedSinceStart() {
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(logBeforeStart);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process running() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            throw new IllegalStateException("the server in " + folder + " is not running");
        }
        return running;
    }

    /** Signals the process, and those that it started. */
    private void signal(String signal) {
        Process running = running();
        Signals.send(
                signal,
                Stream.concat(Stream.of(running.toHandle()), running.descendants())
                        .toList());
    }
}
