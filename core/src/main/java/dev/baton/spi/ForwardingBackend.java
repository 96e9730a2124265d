package dev.baton.spi;

import dev.baton.internal.Required;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * A backend that forwards every call to another, for a decorator or a test that changes one method. Threads and errors
 * are those of the other.
 */
public class ForwardingBackend implements LockBackend {
    /** The backend that receives the calls. */
    protected final LockBackend delegate;

    /** @param delegate the backend that receives every call that a subclass does not override */
    public ForwardingBackend(LockBackend delegate) {
        this.delegate = Required.given("delegate", delegate);
    }

    @Override
    public String kind() {
        return delegate.kind();
    }

    @Override
    public BackendRuntime runtime() {
        return delegate.runtime();
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        delegate.check(election, timing);
    }

    @Override
    public Duration windDownBudget(ElectionTiming timing) {
        return delegate.windDownBudget(timing);
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return delegate.acquire(claim, deadline);
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return delegate.renew(claim, deadline);
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return delegate.withdraw(claim, deadline);
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        return delegate.observe(election, timing, watcher);
    }

    @Override
    public void close() {
        delegate.close();
    }
}
