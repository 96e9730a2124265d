package dev.baton.simulation.zookeeper;

import dev.baton.simulation.zookeeper.Request.Op;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.Handle;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.jspecify.annotations.Nullable;

/**
 * The client library of one process.
 *
 * @param shown what the backend sees of each handle and hears of it: as it is, or with a mistake
 */
public record SimulatedClients(Surroundings world, Ensemble ensemble, Host process, Shown shown) implements Clients {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** What lies between client library and backend. */
    public interface Shown {
        /** What the backend is handed for {@code handle}. */
        Handle around(Handle handle, Timekeeper time);

        /** What is told for {@code connection}. */
        Connection around(Connection connection, Timekeeper time);
    }

    @Override
    public Runnable open(Duration sessionTimeout, Timekeeper time, Supplier<@Nullable Connection> opening) {
        process.opened();
        SimulatedClient client = new SimulatedClient(world, ensemble, process, sessionTimeout, opening, shown);
        process.time().execute(client::start);
        return () -> {
            process.closed();
            client.close();
        };
    }

    @Override
    public void end(long sessionId, byte[] password, Duration timeout, Timekeeper time, Consumer<KeeperState> found) {
        Ending ending = new Ending(found);
        process.time().schedule(PATIENCE, () -> ending.hears(KeeperState.Disconnected));
        if (process.isCutOff() || world.losesRequest()) {
            return;
        }
        Server server = ensemble.any();
        world.at(world.now() + world.requestDelay(), () -> {
            if (server.isServing()) {
                server.toLeader(() -> {
                    boolean alive = ensemble.revalidate(sessionId, server, timeout);
                    if (alive) {
                        server.toLeader(() -> ensemble.write(sessionId, server, Request.bare(Op.CLOSE), at -> {}));
                    }
                    if (!process.isCutOff() && !world.losesReply()) {
                        KeeperState state = alive ? KeeperState.SyncConnected : KeeperState.Expired;
                        server.fromLeader(
                                () -> process.at(world.now() + world.replyDelay(), () -> ending.hears(state)));
                    }
                });
            }
        });
    }

    /** Told once. */
    private static final class Ending {
        private final Consumer<KeeperState> found;
        private boolean told;

        Ending(Consumer<KeeperState> found) {
            this.found = found;
        }

        void hears(KeeperState state) {
            if (!told) {
                told = true;
                found.accept(state);
            }
        }
    }
}
