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
 * lost is silence. What stands in between answers in the store's stead, or repeats a request at once, which then meets
 * itself. The store's refusal is never said of a request whose copy may arrive later.
 */
final class SimulatedRegister implements Register {
    /** What a balancer answers that has no server behind it. */
    static final String NOT_OURS = "404 default backend";

    /** What the store answers where it does not permit to write. */
    static final String FORBIDDEN = "403 Forbidden";

    /** What a permission is for. */
    private enum Verb {
        READ,
        CREATE,
        UPDATE;

        boolean writes() {
            return this != READ;
        }
    }

    private final Node node;
    private final World world;
    private final BackendRuntime runtime;
    private final boolean watches;
    private boolean dead;

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
        return call(
                () -> Optional.ofNullable(
                        world.weather().strikes(Fault.STALE_READ)
                                ? world.store().stale()
                                : world.store().entry()),
                Verb.READ);
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        long decidedAt = node.decidedAt();
        node.sends(next.nonce());
        world.invariants().sends(node, next);
        node.sendsWrite();
        long sentAt = world.now();
        return call(
                () -> world.store().write(node, decidedAt, sentAt, expected, next),
                expected == null ? Verb.CREATE : Verb.UPDATE);
    }

    private <T> CompletionStage<T> call(Supplier<T> atTheStore, Verb verb) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Weather weather = world.weather();
        node.countCall();
        long arrival = world.now() + weather.requestDelay();
        boolean twice = weather.strikes(Fault.REQUEST_DUPLICATED);
        int incarnation = world.store().incarnation();
        if (!dead && weather.strikes(Fault.CONNECTION_DEAD)) {
            connectionDies();
        }
        if (!dead && !node.isCutOff() && !weather.strikes(Fault.REQUEST_LOST)) {
            world.at(arrival, null, () -> arrive(incarnation, verb, twice, atTheStore, answer));
        }
        if (twice) {
            world.at(
                    arrival + weather.spell(),
                    null,
                    () -> arrive(incarnation, verb, true, atTheStore, new CompletableFuture<>()));
        }
        return answer;
    }

    /** Whatever is sent on it vanishes, until a request has timed out and a fresh connection is opened (rule 7.2). */
    private void connectionDies() {
        dead = true;
        if (world.options().mutant().reconnects()) {
            long timeout = node.config().timing().renewDeadline().toNanos() / 2;
            world.at(world.now() + timeout, node, () -> dead = false);
        }
    }

    /** @param again whether a copy of the request has arrived before, or will */
    private <T> void arrive(
            int incarnation, Verb verb, boolean again, Supplier<T> atTheStore, CompletableFuture<T> answer) {
        Weather weather = world.weather();
        boolean writes = verb.writes();
        if (weather.storeIsDown() || incarnation != world.store().incarnation()) {
            return;
        }
        boolean repeated = false;
        if (weather.strikes(Fault.ANSWERED_IN_BETWEEN)) {
            if (node.random().nextBoolean()) {
                reply(() -> answer.completeExceptionally(new BackendException(NOT_OURS)));
                return;
            }
            repeat(verb, atTheStore);
            repeated = true;
        }
        if (verb == Verb.READ && world.refusals().are(Fault.READING_DENIED)) {
            reply(() -> answer.completeExceptionally(new BackendException(FORBIDDEN)));
            return;
        }
        if (denies(verb)) {
            // Of a request that something in between sent twice the refusal tells of the second alone.
            boolean certain = !again && !repeated;
            reply(() -> {
                node.settledWrite(certain);
                answer.completeExceptionally(
                        again ? new BackendException(FORBIDDEN) : BackendException.notWritten(FORBIDDEN));
            });
            return;
        }
        if (weather.storeIsBusy()) {
            reply(() -> answer.completeExceptionally(new BackendException("429 Too Many Requests")));
            return;
        }
        if (weather.strikes(Fault.ERROR_BEFORE_COMMIT)) {
            reply(() -> answer.completeExceptionally(new BackendException(
                    node.random().nextBoolean() ? "500 Internal Server Error" : "503 Service Unavailable")));
            return;
        }
        // A conflict says that the request will never land, so it is not said of one that is repeated.
        if (writes && !again && weather.strikes(Fault.CONFLICT_WITHOUT_CAUSE)) {
            reply(() -> answer.completeExceptionally(new ConflictException("409 Conflict")));
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
            reply(() -> {
                shows(value);
                answer.complete(value);
            });
        }
    }

    /** Whether the store does not permit to write so just now. */
    private boolean denies(Verb verb) {
        boolean creating = verb == Verb.CREATE && world.refusals().are(Fault.CREATING_DENIED);
        return verb.writes() && (world.weather().writesAreRefused() || creating);
    }

    /** Carries a request out before the very same arrives again. */
    private <T> void repeat(Verb verb, Supplier<T> atTheStore) {
        if (verb.writes() && !denies(verb)) {
            try {
                var unused = atTheStore.get();
            } catch (ConflictException e) {
                world.trace(node.toString(), String.valueOf(e.getMessage()));
            }
        }
    }

    private void shows(Object value) {
        if (value instanceof Entry entry) {
            node.reads(entry);
        } else if (value instanceof Optional<?> found && found.isPresent()) {
            shows(found.get());
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
