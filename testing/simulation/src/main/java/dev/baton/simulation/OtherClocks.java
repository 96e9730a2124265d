package dev.baton.simulation;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A runtime whose driver sees other clocks. */
public abstract class OtherClocks implements BackendRuntime, Timekeeper {
    private final BackendRuntime right;

    /** @param right does everything but tell the time */
    protected OtherClocks(BackendRuntime right) {
        this.right = right;
    }

    /** The time as it is. */
    public Moment truly() {
        return right.timekeeper().now();
    }

    @Override
    public Timekeeper timekeeper() {
        return this;
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
