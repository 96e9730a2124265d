package dev.baton.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process whose writes take long to be forced to the disk: {@code strace} holds each of its {@code fsync} and {@code
 * fdatasync} back, and nothing else that it does. It must force its writes in the first place.
 */
public final class SlowDisk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SlowDisk.class);
    private static final String STRACE = "strace";
    private static final Duration LIMIT = Patience.LIMIT;

    private final Process strace;

    private SlowDisk(Process strace) {
        this.strace = strace;
    }

    /** Whether process {@code pid} can be slowed down here: there is {@code strace}, and it may trace that process. */
    public static boolean isPossible(long pid) {
        if (!Requires.hasProgram(STRACE)) {
            return false;
        }
        try {
            under(pid, Duration.ofMillis(1)).close();
            return true;
        } catch (IllegalStateException e) {
            LOG.debug("process {} cannot be traced", pid, e);
            return false;
        }
    }

    /**
     * Slows process {@code pid} down, and returns once that is so.
     *
     * @throws org.opentest4j.TestAbortedException if there is no {@code strace} here
     * @throws IllegalStateException if it may not trace other processes
     */
    public static SlowDisk under(long pid, Duration delay) {
        List<String> command = List.of(
                Requires.program(STRACE).toString(),
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=fsync,fdatasync",
                "-e",
                "inject=fsync,fdatasync:delay_enter=" + TimeUnit.NANOSECONDS.toMicros(delay.toNanos()),
                "-p",
                Long.toString(pid));
        try {
            // It ends with the process that it traces, and so with this JVM.
            SlowDisk slow = new SlowDisk(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
            try {
                Await.until(LIMIT, "trace of process " + pid, () -> String.join(" ", command), () -> slow.traces(pid));
                return slow;
            } catch (RuntimeException e) {
                slow.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean traces(long pid) {
        if (!strace.isAlive()) {
            throw new IllegalStateException("strace may not trace process " + pid + ", or it has ended");
        }
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.anyMatch(line -> line.equals("TracerPid:\t" + strace.pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets go of the process, which runs on as before. */
    @Override
    public void close() {
        // On this signal it detaches. Killed, it would do so as well, after what it holds back has passed.
        strace.destroy();
        strace.onExit().join();
    }
}
