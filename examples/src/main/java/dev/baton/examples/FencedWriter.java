package dev.baton.examples;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A leader whose writes carry the token of its term, and a resource that compares it.
 *
 * <p>{@link Leadership#requireValid()} stops a leader that knows it was deposed. Only the resource stops a leader that
 * does not know it, because it was paused between that check and its write.
 */
public final class FencedWriter {
    private final Ledger ledger;

    FencedWriter(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Writes an entry a second while this process leads, until the process ends. */
    public static void main(String[] args) throws InterruptedException {
        var writer = new FencedWriter(new Ledger());
        writer.contend(ZooKeeperBackend.connect(args[0]));
        Thread.currentThread().join();
    }

    LeaderElection contend(LockBackend backend) {
        return LeaderElection.on(backend, "orders/ledger")
                .onStartedLeading(this::work)
                .onStoppedLeading((term, why) -> System.out.println(term + " is over: " + why.text()))
                .start();
    }

    /** New work begins only while the term accepts it; each write is checked here and fenced at the resource. */
    private void work(Leadership term) throws InterruptedException {
        for (int number = 1; term.acceptsWork(); number++) {
            term.requireValid();
            ledger.append(term.fencingToken(), "entry " + number);
            Thread.sleep(1_000);
        }
    }

    /** The protected resource: it remembers the greatest token it has seen and refuses every smaller one. */
    static final class Ledger {
        private final List<String> entries = new ArrayList<>();
        private @Nullable FencingToken greatest;

        /** @throws IllegalStateException when a later leader has already written */
        synchronized void append(FencingToken token, String entry) {
            FencingToken seen = greatest;
            if (seen != null && seen.isAfter(token)) {
                throw new IllegalStateException("refused \"" + entry + "\" with token " + token
                        + ": a leader with token " + seen + " has written already");
            }
            greatest = token;
            entries.add(entry);
        }

        synchronized List<String> entries() {
            return List.copyOf(entries);
        }
    }
}
