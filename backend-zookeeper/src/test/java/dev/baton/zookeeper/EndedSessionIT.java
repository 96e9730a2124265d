package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static dev.baton.zookeeper.Stage.PATH;
import static dev.baton.zookeeper.Stage.get;
import static dev.baton.zookeeper.Stage.granted;
import static dev.baton.zookeeper.Stage.in;
import static dev.baton.zookeeper.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import dev.baton.testing.servers.FullLane;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A server closes the connection of a session that somebody has ended, and tells of the end on the next one. Before that,
 * ZooKeeper's client library pauses: with a single server for a second and up to another. A leader does not. What it takes
 * is compared with a plain client's in the same rounds: so the machine's moods concern both.
 */
@FullLane("waits out the pauses of ZooKeeper's client library, several times")
class EndedSessionIT {
    private static final int ROUNDS = 5;
    /** As long a timeout as the server grants: only what the test does is to cost a connection. */
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Stage.TICK.multipliedBy(20), Duration.ofSeconds(6), Duration.ofMillis(200));

    private final ZooKeeperEnsemble server;
    private final Relay network;
    private final CuratorFramework operator;
    private final ZooKeeperBackend backend;
    private final List<ZooKeeper> clients = new ArrayList<>();
    private long leaders;
    private long plain;

    EndedSessionIT() throws Exception {
        server = ZooKeeperEnsemble.builder().tickTime(Stage.TICK).start();
        network = new Relay(server.address(0).getPort());
        operator = CuratorFrameworkFactory.newClient(server.connectString(), new RetryOneTime(10));
        operator.start();
        backend = ZooKeeperBackend.builder(network.address())
                .tickTime(Stage.TICK)
                .connectionTimeout(Waits.LIMIT)
                .shutdownHook(false)
                .build();
    }

    @AfterEach
    void close() throws Exception {
        backend.close();
        for (ZooKeeper client : clients) {
            client.close();
        }
        operator.close();
        network.close();
        server.close();
    }

    @Test
    void aLeaderHearsThatItsSessionWasEndedWithoutTheLibrarysPause() throws Exception {
        Lapse leader = new Lapse();
        backend.observe(ELECTION, TIMING, leader);
        for (int round = 0; round < ROUNDS; round++) {
            granted(acquire(claim()));
            Lapse other = new Lapse();
            ZooKeeper client = client(other);
            await().until(() -> leader.isConnected() && other.isConnected());
            end(client.getSessionId());
            long session = owner();
            // A server sometimes gets the event of the leader's own node out before it closes the connection.
            network.loseAnswers();
            end(session);
            await().until(() -> other.isOver() && leader.isLost());
            count(leader, other);
        }
        assertThat(leaders).isLessThan(plain * 2 / 3);
    }

    @Test
    void aLeaderWhoseConnectionIsCutIsBackWithoutThePauseAndLeadsOn() throws Exception {
        Lapse leader = new Lapse();
        Lapse other = new Lapse();
        backend.observe(ELECTION, TIMING, leader);
        Claim claim = claim();
        Answer.Granted first = granted(acquire(claim));
        client(other);
        for (int round = 0; round < ROUNDS; round++) {
            await().until(() -> leader.isConnected() && other.isConnected());
            network.cut();
            await().until(() -> leader.isOver() && other.isOver());
            count(leader, other);
            Answer.Granted renewed = granted(get(backend.renew(claim, in(backend, Waits.LIMIT))));
            assertThat(renewed.token()).isEqualTo(first.token());
        }
        assertThat(leader.isLost()).isFalse();
        assertThat(leaders).isLessThan(plain * 2 / 3);
    }

    private Answer acquire(Claim claim) throws Exception {
        return get(backend.acquire(claim, in(backend, Waits.LIMIT)));
    }

    private static Claim claim() {
        return new Claim(ELECTION, "leader", UUID.randomUUID().toString(), TIMING);
    }

    private ZooKeeper client(Watcher watcher) throws IOException {
        ZooKeeper client =
                new ZooKeeper(network.address(), (int) TIMING.leaseDuration().toMillis(), watcher);
        clients.add(client);
        return client;
    }

    private void count(Lapse leader, Lapse other) {
        leaders += leader.nanos();
        plain += other.nanos();
        leader.next();
        other.next();
    }

    private void end(long session) throws IOException {
        assertThat(server.endSession(session)).isTrue();
    }

    /** Whose node the leader's is. */
    private long owner() throws Exception {
        String node = operator.getChildren().forPath(PATH).get(0);
        return Objects.requireNonNull(operator.checkExists().forPath(PATH + "/" + node))
                .getEphemeralOwner();
    }

    /** From the loss of a connection until it is known whether the session lives. */
    private static final class Lapse implements Watcher, ElectionWatcher {
        private boolean connected;
        private boolean lost;
        private long lostAt;
        private long nanos;

        synchronized boolean isConnected() {
            return connected;
        }

        synchronized boolean isLost() {
            return lost;
        }

        synchronized boolean isOver() {
            return nanos > 0;
        }

        synchronized long nanos() {
            return nanos;
        }

        synchronized void next() {
            nanos = 0;
            lost = false;
        }

        private synchronized void disconnected() {
            if (connected) {
                connected = false;
                lostAt = System.nanoTime();
            }
        }

        private synchronized void knows(boolean alive) {
            if (!connected && lostAt > 0) {
                nanos = System.nanoTime() - lostAt;
                lostAt = 0;
            }
            connected = alive;
        }

        @Override
        public void process(WatchedEvent event) {
            if (event.getState() == KeeperState.Disconnected) {
                disconnected();
            } else {
                knows(event.getState() == KeeperState.SyncConnected);
            }
        }

        @Override
        public void watching(boolean live) {
            if (live) {
                knows(true);
            } else {
                disconnected();
            }
        }

        @Override
        public synchronized void lost(Claim claim, String how) {
            lost = true;
            knows(false);
        }

        @Override
        public void held(Holder holder, Chance chance) {
            // Told of once more with each connection.
        }

        @Override
        public void vacant() {
            // The leader's node is gone, of which it is told itself.
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            // Nobody else is in line.
        }
    }
}
