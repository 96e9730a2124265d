package dev.baton.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A program that contends in elections, in a process of its own, and tells what happens to it in lines of JSON; what else
 * it prints is its log.
 *
 * <p>It can be asked to end, killed, stopped and continued. It does not outlive this JVM, even if that is killed. Safe for
 * use by many threads.
 */
public final class CandidateProcess implements AutoCloseable {
    private static final Duration END_LIMIT = Patience.LIMIT;
    private static final Duration EVENT_LIMIT = Patience.LIMIT;

    private final Path parent;
    private final ServerProcess process;
    private long endedAt = Long.MAX_VALUE;
    private String printed = "";
    private boolean closed;

    private CandidateProcess(Path parent, ServerProcess process) {
        this.parent = parent;
        this.process = process;
    }

    /** Runs {@code command}; returns before it has told anything. */
    public static CandidateProcess start(List<String> command) throws IOException {
        Path parent = Files.createTempDirectory("baton-candidate-");
        // The watchdog deletes the folder and, once it is empty, the one around it, which must be ours too.
        ServerProcess process = new ServerProcess(command, Files.createDirectory(parent.resolve("process")));
        try {
            process.start();
        } catch (IOException e) {
            Folders.delete(parent);
            throw e;
        }
        return new CandidateProcess(parent, process);
    }

    /** What it told so far, in that order. */
    public List<CandidateEvent> events() {
        return printed()
                .lines()
                .map(CandidateEvent::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * When it first told of {@code event}, in nanoseconds of the wall clock since 1970; waits for that for {@link Patience#LIMIT}.
     *
     * @throws IllegalStateException if it does not tell of it, with what it printed, or if the thread is interrupted
     */
    public long awaitEvent(String event) {
        return Await.forValue(
                        EVENT_LIMIT,
                        "event \"" + event + "\"",
                        this::printed,
                        () -> events().stream()
                                .filter(one -> one.event().equals(event))
                                .findFirst())
                .at();
    }

    /** All that it printed so far, its log included. */
    public synchronized String printed() {
        return closed ? printed : process.printed();
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * When it was seen to have ended by {@link #terminate}, {@link #kill} or {@link #close}, in nanoseconds of the wall
     * clock since 1970; {@link Long#MAX_VALUE} before that.
     */
    public synchronized long endedAt() {
        return endedAt;
    }

    /**
     * Asks it to end with SIGTERM and returns when it has.
     *
     * @throws IllegalStateException if it is not running, or does not end within {@link Patience#LIMIT}, with what it printed last
     */
    public void terminate() {
        process.terminate(END_LIMIT);
        ended();
    }

    /** Kills it with SIGKILL and returns when it is gone; a second time, does nothing. */
    public void kill() {
        process.kill();
        ended();
    }

    /** Stops it with SIGSTOP: its connections stay open. */
    public void pause() {
        process.pause();
    }

    /** Continues it with SIGCONT. */
    public void resume() {
        process.resume();
    }

    /** What each of its threads does goes to what it prints. */
    public void dumpThreads() {
        process.dumpThreads();
    }

    private synchronized void ended() {
        if (endedAt == Long.MAX_VALUE) {
            endedAt = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
        }
    }

    /** Kills it unless it has ended, and deletes its folder; what it printed is kept. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            kill();
            printed = process.printed();
            closed = true;
            Folders.delete(parent);
        }
    }
}
