package dev.baton.testing.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A shell that waits for the end of this JVM, and then kills a server and deletes its folder.
 *
 * <p>The end it waits for is that of its standard input: the system closes the other end with the JVM, however that
 * ends. (The kernel's own means, a signal on the parent's death, goes by the thread that started the process, and so
 * would end the servers of a test with the thread that ran it.)
 */
final class Watchdog {
    /** Deaf to what a terminal sends to all of its processes, since the JVM is among them and must end first. */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r pid
            read -r end
            kill -KILL "$pid"
            while kill -0 "$pid"; do sleep 0.1; done
            rm -rf "$1"
            rmdir "$(dirname "$1")"
            """;

    private Watchdog() {}

    /** Ends {@code server} with this JVM and deletes {@code folder}, and the one around it once that is empty. */
    static void guard(Process server, Path folder) throws IOException {
        Process shell = new ProcessBuilder("sh", "-c", SCRIPT, "baton-watchdog", folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        // A number is given to another process some day: the watchdog ends with its server.
        var unused = server.onExit().thenRun(shell::destroyForcibly);
        OutputStream input = shell.getOutputStream();
        input.write((server.pid() + "\n").getBytes(StandardCharsets.US_ASCII));
        input.flush();
    }
}
