package dev.baton.spi;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/**
 * A runtime that does what another does, for a test to change one thing about it, its clocks among them: it is its own
 * timekeeper. Threads and errors are those of the other.
 */
public class ForwardingRuntime implements BackendRuntime, Timekeeper {
    /** The runtime that does it. */
    protected final BackendRuntime right;

    /** @param right the runtime that does everything, until a subclass changes a part of it */
    public ForwardingRuntime(BackendRuntime right) {
        this.right = Required.given("right", right);
    }

    @Override
    public Timekeeper timekeeper() {
        return this;
    }

    @Override
    public Moment now() {
        return right.timekeeper().now();
    }

    @Override
    public void execute(Runnable task) {
        right.timekeeper().execute(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return right.timekeeper().schedule(delay, task);
    }

    @Override
    public RandomGenerator random() {
        return right.timekeeper().random();
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return right.send(priority, deadline, call);
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        return right.sendNext(call);
    }

    @Override
    public Executor callbacks() {
        return right.callbacks();
    }

    @Override
    public void tell(Runnable report) {
        right.tell(report);
    }

    @Override
    public Logger logger(String name) {
        return right.logger(name);
    }

    @Override
    public void flush() {
        right.flush();
    }

    @Override
    public Duration stalled() {
        return right.stalled();
    }

    @Override
    public boolean isClosed() {
        return right.isClosed();
    }

    @Override
    public Runnable register(OpenElection election) {
        return right.register(election);
    }

    @Override
    public void close() {
        right.close();
    }
}
