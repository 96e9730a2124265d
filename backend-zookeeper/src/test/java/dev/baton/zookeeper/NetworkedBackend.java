package dev.baton.zookeeper;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.testing.servers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/** A backend with a network of its own, which it takes along when it is closed, and whose sessions are known. */
final class NetworkedBackend implements LockBackend {
    private final TcpProxy network;
    private final List<ZooKeeper> handles = new CopyOnWriteArrayList<>();
    private final ZooKeeperBackend right;
    private volatile boolean open = true;

    NetworkedBackend(TcpProxy network) {
        this.network = network;
        this.right = ZooKeeperBackend.builder(network.connectString())
                .tickTime(Stage.TICK)
                .curator(curator -> curator.zookeeperFactory(this::newHandle))
                .shutdownHook(false)
                .build();
    }

    private ZooKeeper newHandle(String connect, int timeout, Watcher watcher, boolean readOnly) throws Exception {
        ZooKeeper handle = new ZooKeeper(connect, timeout, watcher, readOnly);
        handles.add(handle);
        return handle;
    }

    TcpProxy network() {
        return network;
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

    @Override
    public String kind() {
        return right.kind();
    }

    @Override
    public BackendRuntime runtime() {
        return right.runtime();
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        right.check(election, timing);
    }

    @Override
    public Duration windDownBudget(ElectionTiming timing) {
        return right.windDownBudget(timing);
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return right.acquire(claim, deadline);
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return right.renew(claim, deadline);
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return right.withdraw(claim, deadline);
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        return right.observe(election, timing, watcher);
    }

    @Override
    public void close() {
        try {
            right.close();
        } finally {
            open = false;
            network.close();
        }
    }
}
