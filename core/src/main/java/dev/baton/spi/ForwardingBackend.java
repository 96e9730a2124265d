package dev.baton.spi;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * A backend that does what another does, for a decorator or a test to change one thing about it. Threads and errors are
 * those of the other.
 */
public class ForwardingBackend implements LockBackend {
    /** The backend that does it. */
    protected final LockBackend right;

    /** @param right the backend that does everything, until a subclass changes a part of it */
    public ForwardingBackend(LockBackend right) {
        this.right = right;
    }

    @Override
    public String kind() {
        return right.kind();
    }

    @Override
    public BackendRuntime runtime() {
        return right.runtime();
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        right.check(election, timing);
    }

    @Override
    public Duration windDownBudget(ElectionTiming timing) {
        return right.windDownBudget(timing);
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return right.acquire(claim, deadline);
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return right.renew(claim, deadline);
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return right.withdraw(claim, deadline);
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        return right.observe(election, timing, watcher);
    }

    @Override
    public void close() {
        right.close();
    }
}
