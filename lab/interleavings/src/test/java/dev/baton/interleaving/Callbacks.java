package dev.baton.interleaving;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** A runtime whose callbacks wait until a thread of the scenario's runs them. */
public final class Callbacks implements BackendRuntime {
    private final Timekeeper clock = new StoppedClock();
    private final Queue<Runnable> submitted = new ConcurrentLinkedQueue<>();

    /** Runs the next callback, if there is one; answers whether there was. */
    public boolean runNext() {
        Runnable next = submitted.poll();
        if (next != null) {
            next.run();
        }
        return next != null;
    }

    @Override
    public Timekeeper timekeeper() {
        return clock;
    }

    @Override
    public Executor callbacks() {
        return submitted::add;
    }

    @Override
    public Logger logger(String name) {
        return NOPLogger.NOP_LOGGER;
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        throw new UnsupportedOperationException("nothing is sent");
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        throw new UnsupportedOperationException("nothing is sent");
    }

    @Override
    public boolean isClosed() {
        return false;
    }

    @Override
    public Runnable register(OpenElection election) {
        throw new UnsupportedOperationException("there is no election");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("nothing is open");
    }
}
