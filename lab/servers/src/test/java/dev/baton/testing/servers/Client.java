package dev.baton.testing.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** A session of the raw ZooKeeper client, which remembers what it was told of its connection. */
final class Client implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<KeeperState> states = new CopyOnWriteArrayList<>();
    private final ZooKeeper zooKeeper;

    Client(String connectString, Duration sessionTimeout) throws IOException {
        zooKeeper = new ZooKeeper(connectString, (int) sessionTimeout.toMillis(), this::remember);
        Await.until(LIMIT, "connection", states::toString, () -> states.contains(KeeperState.SyncConnected));
    }

    private void remember(WatchedEvent event) {
        states.add(event.getState());
    }

    /** What it was told of its connection, in order. */
    List<KeeperState> states() {
        return List.copyOf(states);
    }

    long sessionId() {
        return zooKeeper.getSessionId();
    }

    Duration sessionTimeout() {
        return Duration.ofMillis(zooKeeper.getSessionTimeout());
    }

    void create(String path, String data, CreateMode mode) throws KeeperException, InterruptedException {
        zooKeeper.create(path, data.getBytes(UTF_8), ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
    }

    CompletableFuture<Code> createLater(String path) {
        CompletableFuture<Code> answer = new CompletableFuture<>();
        zooKeeper.create(
                path,
                new byte[0],
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.PERSISTENT,
                (code, failed, context, name) -> answer.complete(Code.get(code)),
                null);
        return answer;
    }

    /** Creates {@code path}, however often the connection is lost on the way. */
    void createEventually(String path) {
        Await.until(LIMIT, "write", states::toString, () -> {
            Code code = createLater(path).join();
            return code == Code.OK || code == Code.NODEEXISTS;
        });
    }

    String read(String path) throws KeeperException, InterruptedException {
        return new String(zooKeeper.getData(path, false, null), UTF_8);
    }

    /** Whether {@code path} exists; empty while the connection is lost. */
    Optional<Code> look(String path) {
        CompletableFuture<Code> answer = new CompletableFuture<>();
        zooKeeper.exists(path, false, (code, looked, context, stat) -> answer.complete(Code.get(code)), null);
        Code code = answer.join();
        return code == Code.OK || code == Code.NONODE ? Optional.of(code) : Optional.empty();
    }

    @Override
    public void close() {
        try {
            zooKeeper.close((int) LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while closing the session", e);
        }
    }
}
