package dev.baton.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** A ZooKeeper server in this process, on a free loopback port, with its data in a temporary directory. */
final class EmbeddedZooKeeper implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 64;
    private static final Duration LONGEST_SESSION = Duration.ofDays(1);

    private final ServerCnxnFactory connections;

    private EmbeddedZooKeeper(ServerCnxnFactory connections) {
        this.connections = connections;
    }

    static EmbeddedZooKeeper start(Path data, Duration tick) throws IOException, InterruptedException {
        // The data is temporary: no need to reserve 64 MiB of disk for it.
        System.setProperty("zookeeper.preAllocSize", "1024");
        ZooKeeperServer server = new ZooKeeperServer(data.toFile(), data.toFile(), Math.toIntExact(tick.toMillis()));
        server.setMaxSessionTimeout(Math.toIntExact(LONGEST_SESSION.toMillis()));
        ServerCnxnFactory connections = ServerCnxnFactory.createFactory(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), MAX_CONNECTIONS);
        connections.startup(server);
        return new EmbeddedZooKeeper(connections);
    }

    String address() {
        return "127.0.0.1:" + connections.getLocalPort();
    }

    @Override
    public void close() {
        connections.shutdown();
    }
}
