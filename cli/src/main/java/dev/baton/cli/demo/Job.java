package dev.baton.cli.demo;

import dev.baton.Leadership;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The work of the demo's leader: it checks that it leads, then writes to the ledger, some twenty times a second.
 *
 * <p>After a pause of the process it reports the result of its first check, and, if deposed, still sends one write with
 * its old token, as a service does whose check came just before the pause.
 */
final class Job implements AutoCloseable {
    /** The time between two writes. */
    static final Duration PACE = Duration.ofMillis(50);

    /** A round that took longer was a pause of the process. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Part part;
    private final Consumer<Fact> journal;
    private final ExecutorService line = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "demo-ledger-line");
        thread.setDaemon(true);
        return thread;
    });
    private long counter;

    Job(Part part, Consumer<Fact> journal) {
        this.part = part;
        this.journal = journal;
    }

    /** Works for as long as the term accepts work. */
    void lead(Leadership term) {
        String token = term.fencingToken().toString();
        boolean written = false;
        long last = System.nanoTime();
        for (; ; ) {
            long before = System.nanoTime();
            boolean valid = term.isValid();
            if (System.nanoTime() - before > PAUSE_NANOS) {
                // The process was stopped during the check, so its result may be older than the stop. Check again.
                continue;
            }
            boolean paused = before - last > PAUSE_NANOS;
            if (paused) {
                // The time before the check: the result was true then, even if the term ends between the check and this
                // line.
                journal.accept(Fact.at(before, "first-check-after-pause", part.identity())
                        .with("token", token)
                        .with("valid", valid));
            }
            if (!valid || !term.acceptsWork()) {
                if (paused && !valid) {
                    tell("stale-write", token, "answer", write(token, 0));
                }
                return;
            }
            String answer = write(token, before);
            if (!written || !answer.equals("accepted")) {
                tell("write", token, "answer", answer);
                written = true;
            }
            last = before;
            LockSupport.parkNanos(PACE.toNanos());
        }
    }

    @Override
    public void close() {
        line.shutdownNow();
    }

    private void tell(String type, String token, String name, Object value) {
        journal.accept(Fact.now(type, part.identity()).with("token", token).with(name, value));
    }

    /**
     * Sends one write and waits for the answer, on a thread that no end of a term interrupts.
     *
     * @param checkedAt when {@code isValid()} last returned true, or 0 for a write without a check before it
     */
    private String write(String token, long checkedAt) {
        String request = token + " " + part.identity() + " " + counter++ + " " + checkedAt;
        return CompletableFuture.supplyAsync(() -> send(request), line).join();
    }

    private String send(String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), part.ledgerPort());
                PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.US_ASCII);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            out.println(request);
            String answer = in.readLine();
            return answer == null ? "no answer" : answer;
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger does not answer", e);
        }
    }
}
