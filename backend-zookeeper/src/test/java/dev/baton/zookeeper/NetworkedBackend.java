package dev.baton.zookeeper;

import dev.baton.conformance.TcpProxy;
import dev.baton.spi.ForwardingBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/** A backend with a network of its own, which it takes along when it is closed, and whose sessions are known. */
final class NetworkedBackend extends ForwardingBackend {
    private final TcpProxy network;
    private final List<ZooKeeper> handles;
    private volatile boolean open = true;
    private @Nullable FaultyZooKeeper above;

    private NetworkedBackend(TcpProxy network, List<ZooKeeper> handles, ZooKeeperBackend backend) {
        super(backend);
        this.network = network;
        this.handles = handles;
    }

    static NetworkedBackend on(TcpProxy network) {
        List<ZooKeeper> handles = new CopyOnWriteArrayList<>();
        ZooKeeperBackend backend = ZooKeeperBackend.builder(network.connectString())
                .tickTime(Stage.TICK)
                .curator(curator -> curator.zookeeperFactory((connect, timeout, watcher, readOnly) -> {
                    ZooKeeper handle = new ZooKeeper(connect, timeout, watcher, readOnly);
                    handles.add(handle);
                    return handle;
                }))
                .shutdownHook(false)
                .build();
        return new NetworkedBackend(network, handles, backend);
    }

    TcpProxy network() {
        return network;
    }

    /** What its network leads through from now on, to {@code server}: a proxy that can do more than lose connections. */
    synchronized FaultyZooKeeper through(InetSocketAddress server) throws IOException {
        FaultyZooKeeper known = above;
        if (known == null) {
            known = FaultyZooKeeper.before(server);
            above = known;
            network.redirect(known.address());
        }
        return known;
    }

    /** Whatever has befallen it. */
    synchronized void heal() {
        network.pass();
        if (above != null) {
            above.heal();
        }
    }

    /** The handles of the sessions that the server has granted and not ended. */
    List<ZooKeeper> sessions() {
        return handles.stream()
                .filter(handle -> handle.getState().isAlive() && handle.getSessionId() != 0)
                .toList();
    }

    boolean isOpen() {
        return open;
    }

    private synchronized void closeNetwork() {
        network.close();
        if (above != null) {
            above.close();
        }
    }

    @Override
    public void close() {
        try {
            delegate.close();
        } finally {
            open = false;
            closeNetwork();
        }
    }
}
