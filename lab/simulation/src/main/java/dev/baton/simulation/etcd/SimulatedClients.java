package dev.baton.simulation.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Clients;
import dev.baton.spi.Timekeeper;
import java.util.List;

/**
 * The client library of one process.
 *
 * @param shown what the backend sees of each channel: as it is, or with a mistake
 */
public record SimulatedClients(Surroundings world, Cluster cluster, Host process, Shown shown) implements Clients {

    /** What lies between client library and backend. */
    public interface Shown {
        /** What the backend is handed for {@code channel}. */
        Channel around(Channel channel, Timekeeper time);
    }

    @Override
    public List<String> endpoints() {
        return cluster.endpoints();
    }

    @Override
    public Channel open(String endpoint) {
        return shown.around(new SimulatedChannel(world, cluster, process, cluster.member(endpoint)), process.time());
    }
}
