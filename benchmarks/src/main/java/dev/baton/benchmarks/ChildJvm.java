package dev.baton.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own with the same class path, which prints lines and ends with this one at the latest. */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Thread atShutdown;

    private ChildJvm(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.atShutdown = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atShutdown);
    }

    /** Runs {@code main} with {@code arguments}, in at most {@code megabytes} of heap. */
    public static ChildJvm start(Class<?> main, int megabytes, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                "-XX:+UseSerialGC",
                // With two processors the JDK's HTTP client makes a thread for each answer; with three it has this
                // pool.
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
                "-Xmx" + megabytes + "m",
                main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The next line that begins with {@code word} and a space or is just that, without it; others are passed over. */
    public String await(String word) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.equals(word) || line.startsWith(word + " ")) {
                return line.substring(word.length()).strip();
            }
        }
        throw new IllegalStateException("the process ended before it printed \"" + word + "\"");
    }

    /** Ends its standard input, by which it may be told that it is time. */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(atShutdown);
    }
}
