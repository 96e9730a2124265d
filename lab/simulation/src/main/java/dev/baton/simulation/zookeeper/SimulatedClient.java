package dev.baton.simulation.zookeeper;

import dev.baton.zookeeper.internal.Clients;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Curator's client: it makes a new handle when a session has expired, and when a handle has been disconnected for as
 * long as its session timeout.
 */
final class SimulatedClient {
    private final Surroundings world;
    private final Ensemble ensemble;
    private final Host process;
    private final Duration timeout;
    private final Supplier<Clients.@Nullable Connection> opening;
    private final SimulatedClients.Shown shown;
    private @Nullable SimulatedHandle current;
    private boolean closed;

    SimulatedClient(
            Surroundings world,
            Ensemble ensemble,
            Host process,
            Duration timeout,
            Supplier<Clients.@Nullable Connection> opening,
            SimulatedClients.Shown shown) {
        this.world = world;
        this.ensemble = ensemble;
        this.process = process;
        this.timeout = timeout;
        this.opening = opening;
        this.shown = shown;
    }

    void start() {
        if (closed) {
            return;
        }
        Clients.Connection wanted = opening.get();
        if (wanted == null) {
            return;
        }
        Clients.Connection connection = shown.around(wanted, process.time());
        SimulatedHandle handle = new SimulatedHandle(world, ensemble, process, timeout, connection, this);
        current = handle;
        connection.opened(shown.around(handle, process.time()));
        handle.connect();
    }

    void close() {
        closed = true;
        if (current != null) {
            current.abandon();
            current = null;
        }
    }

    void expired(SimulatedHandle handle) {
        if (current == handle) {
            process.time().execute(this::start);
        }
    }

    void disconnected(SimulatedHandle handle, Duration granted) {
        int before = handle.connections();
        process.time().schedule(granted, () -> {
            if (current == handle && !handle.isConnected() && handle.connections() == before) {
                handle.abandon();
                start();
            }
        });
    }
}
