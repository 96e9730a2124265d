package dev.baton.cli;

import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;

/** Connections to ZooKeeper. */
final class ZooKeeperAccess {
    private ZooKeeperAccess() {}

    /** Whether no address is in a list of {@code host:port}. */
    static boolean namesNobody(String endpoints) {
        return new ConnectStringParser(endpoints)
                .getServerAddresses().stream()
                        .noneMatch(address -> !address.getHostString().isBlank());
    }

    /**
     * A client that is connected.
     *
     * @param patience how long that may take; also the session timeout that is asked for
     * @throws IOException when ZooKeeper does not answer; {@code wayOut} ends the sentence
     */
    static ZooKeeper connect(String endpoints, Duration patience, String wayOut)
            throws IOException, InterruptedException {
        return connect(endpoints, patience)
                .orElseThrow(() -> new IOException("ZooKeeper at " + endpoints + " did not answer within "
                        + ElectionTiming.text(patience) + "; check the address, or " + wayOut));
    }

    /** As above; empty when ZooKeeper does not answer. */
    static Optional<ZooKeeper> connect(String endpoints, Duration patience) throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(endpoints, Math.toIntExact(patience.toMillis()), event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        if (connected.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            return Optional.of(client);
        }
        client.close();
        return Optional.empty();
    }
}
