package dev.baton.examples;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.spi.LockBackend;
import java.util.concurrent.BlockingQueue;

/**
 * A service that leads: one of its instances takes orders from a queue and enters them into a ledger that compares
 * tokens. {@code ReconcilerTest} tests it as leader and as deposed leader, without a server.
 */
public final class Reconciler implements AutoCloseable {
    private final BlockingQueue<String> orders;
    private final FencedWriter.Ledger ledger;
    private final LeaderElection election;

    Reconciler(LockBackend backend, BlockingQueue<String> orders, FencedWriter.Ledger ledger) {
        this.orders = orders;
        this.ledger = ledger;
        this.election = LeaderElection.on(backend, "orders/reconciler")
                .onStartedLeading(this::reconcile)
                .start();
    }

    /** Waits for orders until interrupted, when the term is over. */
    private void reconcile(Leadership term) throws InterruptedException {
        while (term.acceptsWork()) {
            String order = orders.take();
            ledger.append(term.requireValid().fencingToken(), order);
        }
    }

    @Override
    public void close() {
        election.close();
    }
}
