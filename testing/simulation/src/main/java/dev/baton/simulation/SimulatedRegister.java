package dev.baton.simulation;

import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A process's client of the store, over a network that loses, delays and repeats. It has no timeout of its own: what is
 * lost is silence. A conflict is reported only of the request that met it, never of a repetition that met itself.
 */
final class SimulatedRegister implements Register {
    private final Node node;
    private final World world;
    private final BackendRuntime runtime;
    private final boolean watches;

    SimulatedRegister(Node node, BackendRuntime runtime) {
        this.node = node;
        this.world = node.world();
        this.runtime = runtime;
        this.watches = node.random().nextInt(4) != 0 || world.options().isDirected();
    }

    @Override
    public String kind() {
        return "simulated";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        return call(() -> Optional.ofNullable(world.store().entry()));
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        long sentAt = world.now();
        return call(() -> world.store().write(node, sentAt, expected, next));
    }

    private <T> CompletionStage<T> call(Supplier<T> atTheStore) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Weather weather = world.weather();
        node.countCall();
        long arrival = world.now() + weather.requestDelay();
        boolean twice = weather.strikes(Fault.REQUEST_DUPLICATED);
        if (!node.isCutOff() && !weather.strikes(Fault.REQUEST_LOST)) {
            world.at(arrival, null, () -> arrive(atTheStore, answer));
        }
        if (twice) {
            world.at(arrival + weather.spell(), null, () -> arrive(atTheStore, new CompletableFuture<>()));
        }
        return answer;
    }

    private <T> void arrive(Supplier<T> atTheStore, CompletableFuture<T> answer) {
        Weather weather = world.weather();
        if (weather.storeIsDown()) {
            return;
        }
        if (weather.storeIsBusy()) {
            reply(() -> answer.completeExceptionally(new BackendException("429 Too Many Requests")));
            return;
        }
        T value;
        try {
            value = atTheStore.get();
        } catch (ConflictException e) {
            reply(() -> answer.completeExceptionally(e));
            return;
        }
        if (weather.strikes(Fault.ERROR_AFTER_COMMIT)) {
            reply(() -> answer.completeExceptionally(new BackendException("the connection was reset")));
        } else {
            reply(() -> answer.complete(value));
        }
    }

    private void reply(Runnable delivery) {
        Weather weather = world.weather();
        if (!node.isCutOff() && !weather.strikes(Fault.REPLY_LOST)) {
            world.at(world.now() + weather.replyDelay(), node, delivery);
        }
    }

    @Override
    public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
        if (!watches) {
            return null;
        }
        SimulatedWatch watch = new SimulatedWatch(node, watcher);
        watch.open();
        return watch;
    }

    @Override
    public void close() {
        runtime.close();
    }
}
