package dev.baton.spi;

import dev.baton.internal.Required;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/**
 * A runtime that forwards every call to another, for a test that changes one method. It is its own timekeeper, so a test
 * may change the clocks, too. Threads and errors are those of the other.
 */
public class ForwardingRuntime implements BackendRuntime, Timekeeper {
    /** The runtime that receives the calls. */
    protected final BackendRuntime delegate;

    /** @param delegate the runtime that receives every call that a subclass does not override */
    public ForwardingRuntime(BackendRuntime delegate) {
        this.delegate = Required.given("delegate", delegate);
    }

    @Override
    public Timekeeper timekeeper() {
        return this;
    }

    @Override
    public Moment now() {
        return delegate.timekeeper().now();
    }

    @Override
    public void execute(Runnable task) {
        delegate.timekeeper().execute(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return delegate.timekeeper().schedule(delay, task);
    }

    @Override
    public RandomGenerator random() {
        return delegate.timekeeper().random();
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return delegate.send(priority, deadline, call);
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        return delegate.sendNext(call);
    }

    @Override
    public Executor callbacks() {
        return delegate.callbacks();
    }

    @Override
    public void tell(Runnable report) {
        delegate.tell(report);
    }

    @Override
    public Logger logger(String name) {
        return delegate.logger(name);
    }

    @Override
    public void flush() {
        delegate.flush();
    }

    @Override
    public Duration stalled() {
        return delegate.stalled();
    }

    @Override
    public boolean isClosed() {
        return delegate.isClosed();
    }

    @Override
    public Runnable register(OpenElection election) {
        return delegate.register(election);
    }

    @Override
    public void close() {
        delegate.close();
    }
}
