package dev.baton.kubernetes;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The threads and the monotonic clock of this process, and a wall clock that is set to another time. */
final class ShiftedRuntime implements BackendRuntime, Timekeeper {
    private final BackendRuntime real = BackendRuntime.start("shifted", false);
    private final AtomicLong aheadNanos;

    ShiftedRuntime(Duration ahead) {
        aheadNanos = new AtomicLong(ahead.toNanos());
    }

    /** Sets the wall clock forward, or back. */
    void step(Duration by) {
        aheadNanos.addAndGet(by.toNanos());
    }

    @Override
    public Timekeeper timekeeper() {
        return this;
    }

    @Override
    public Moment now() {
        Moment now = real.timekeeper().now();
        return new Moment(now.nanos(), now.wallNanos() + aheadNanos.get());
    }

    @Override
    public void execute(Runnable task) {
        real.timekeeper().execute(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return real.timekeeper().schedule(delay, task);
    }

    @Override
    public RandomGenerator random() {
        return real.timekeeper().random();
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return real.send(priority, deadline, call);
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        return real.sendNext(call);
    }

    @Override
    public Executor callbacks() {
        return real.callbacks();
    }

    @Override
    public boolean isClosed() {
        return real.isClosed();
    }

    @Override
    public Runnable register(OpenElection election) {
        return real.register(election);
    }

    @Override
    public void close() {
        real.close();
    }
}
