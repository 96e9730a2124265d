package dev.baton.cli.store;

import dev.baton.spi.ElectionTiming;
import dev.baton.zookeeper.ConnectString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/** Connections to ZooKeeper. */
public final class ZooKeeperAccess {
    private ZooKeeperAccess() {}

    /**
     * The message for a chroot in the address that does not exist.
     *
     * @return null if it exists, or there is none
     */
    public static @Nullable String withoutChroot(ZooKeeper client, String endpoints)
            throws KeeperException, InterruptedException {
        String sentence = ConnectString.withoutChroot(endpoints);
        return sentence == null || client.exists("/", false) != null ? null : sentence;
    }

    /**
     * A client that is connected.
     *
     * @param patience how long connecting may take; also the session timeout that the client requests
     * @throws IOException when ZooKeeper does not answer; {@code wayOut} ends the sentence
     */
    public static ZooKeeper connect(String endpoints, Duration patience, String wayOut)
            throws IOException, InterruptedException {
        return connect(endpoints, null, patience)
                .orElseThrow(() -> new IOException("ZooKeeper at " + endpoints + " did not answer within "
                        + ElectionTiming.text(patience) + "; check the address, or " + wayOut));
    }

    /**
     * As above; empty when ZooKeeper does not answer.
     *
     * @param user the digest's name and password, separated by a colon; null for none
     */
    public static Optional<ZooKeeper> connect(String endpoints, @Nullable String user, Duration patience)
            throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(endpoints, Math.toIntExact(patience.toMillis()), event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        if (user != null) {
            client.addAuthInfo("digest", user.getBytes(StandardCharsets.UTF_8));
        }
        if (connected.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            return Optional.of(client);
        }
        client.close();
        return Optional.empty();
    }
}
