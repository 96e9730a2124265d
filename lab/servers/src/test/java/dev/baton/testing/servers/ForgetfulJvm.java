package dev.baton.testing.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A JVM that starts a server and does not close it. */
final class ForgetfulJvm implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Process jvm;
    private final long server;
    private final Path folder;

    ForgetfulJvm(String server) throws IOException {
        this.jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ForgetfulMain.class.getName(),
                        server)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out = jvm.inputReader();
        this.server = Long.parseLong(out.readLine());
        this.folder = folderOf(this.server);
    }

    /** Where the process {@code pid} runs. */
    static Path folderOf(long pid) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd"));
    }

    /** The folder of the server, from before the end. */
    Path folder() {
        return folder;
    }

    /** Whether the server runs. */
    boolean serverIsAlive() {
        return ProcessHandle.of(server).isPresent();
    }

    /** Ends the JVM as a shell does, so that it can clean up. */
    void terminate() throws InterruptedException {
        jvm.destroy();
        jvm.waitFor();
    }

    /** Kills the JVM, which has no say in it, and returns when its server and the folder are gone. */
    void killAndAwaitTheEndOfTheServer() throws InterruptedException {
        jvm.destroyForcibly().waitFor();
        Await.until(
                LIMIT,
                "end of the server",
                () -> "server " + server + (serverIsAlive() ? " is alive" : " ended") + ", folder " + folder,
                () -> !serverIsAlive() && !Files.exists(folder));
    }

    @Override
    public void close() {
        jvm.destroy();
    }
}
