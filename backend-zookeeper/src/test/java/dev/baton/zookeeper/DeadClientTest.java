package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static dev.baton.zookeeper.Stage.TIMING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.Handle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client whose threads have died, by an error or by a logger that throws one, says nothing more, and is replaced. */
class DeadClientTest {
    private static final Duration LONG = TIMING.leaseDuration().multipliedBy(4);

    private final VirtualRuntime time = new VirtualRuntime();
    private final Silent clients = new Silent();
    private final ZooKeeperBackend backend = ForSimulation.backend(
            ZooKeeperBackend.builder("memory:2181").tickTime(Stage.TICK).shutdownHook(false), time, clients);

    @BeforeEach
    void observe() {
        backend.observe(ELECTION, TIMING, new Stage.Heard());
        time.advance(TIMING.retryPeriod());
        assertThat(clients.opened).hasSize(1);
    }

    @Test
    void whenItNeverConnected() {
        time.advance(LONG);
        assertThat(clients.opened).hasSize(2);
        time.advance(LONG.plus(TIMING.leaseDuration()));
        assertThat(clients.opened).as("and the next, too").hasSizeGreaterThan(2);
    }

    @Test
    void whenItLostItsConnection() {
        clients.opened.get(0).changed(KeeperState.SyncConnected, time.now());
        time.advance(TIMING.retryPeriod());
        clients.opened.get(0).changed(KeeperState.Disconnected, null);
        assertThat(clients.opened).hasSize(1);
        time.advance(LONG);
        assertThat(clients.opened).hasSize(2);
    }

    @Test
    void whenItsSessionExpiredAndItOpensNoOther() {
        clients.opened.get(0).changed(KeeperState.SyncConnected, time.now());
        clients.opened.get(0).changed(KeeperState.Expired, null);
        time.advance(LONG);
        assertThat(clients.opened).hasSize(2);
    }

    @Test
    void soonAfterItsThreadsHaveEnded() {
        clients.opened.get(0).changed(KeeperState.SyncConnected, time.now());
        clients.opened.get(0).changed(KeeperState.Disconnected, null);
        time.advance(TIMING.retryPeriod().multipliedBy(2));
        assertThat(clients.opened).as("as long as they live").hasSize(1);
        clients.over = true;
        time.advance(TIMING.retryPeriod().multipliedBy(3));
        assertThat(clients.opened).hasSizeGreaterThan(1);
    }

    @Test
    void notOneThatConnectsInTime() {
        time.advance(TIMING.leaseDuration());
        clients.opened.get(0).changed(KeeperState.SyncConnected, time.now());
        clients.opened.get(0).changed(KeeperState.Disconnected, null);
        time.advance(TIMING.leaseDuration());
        clients.opened.get(0).changed(KeeperState.SyncConnected, time.now());
        time.advance(TIMING.leaseDuration());
        assertThat(clients.opened).hasSize(1);
    }

    /** Opens clients that say what the test says. */
    private static final class Silent implements Clients {
        private final List<Connection> opened = new ArrayList<>();
        private boolean over;

        @Override
        public Runnable open(Duration sessionTimeout, Timekeeper lane, Supplier<Connection> opening) {
            Connection connection = opening.get();
            opened.add(connection);
            connection.opened(new Deaf(this));
            return () -> {};
        }

        @Override
        public void end(
                long sessionId, byte[] password, Duration timeout, Timekeeper time, Consumer<KeeperState> found) {
            found.accept(KeeperState.Disconnected);
        }
    }

    /** Answers nothing. */
    private record Deaf(Silent clients) implements Handle {
        @Override
        public boolean isOver() {
            return clients.over;
        }

        @Override
        public long sessionId() {
            return 7;
        }

        @Override
        public byte[] password() {
            return new byte[0];
        }

        @Override
        public Duration timeout() {
            return TIMING.leaseDuration();
        }

        @Override
        public boolean isRejected() {
            return false;
        }

        @Override
        public void create(String path, byte[] data, CreateMode mode, Answered then) {}

        @Override
        public void setData(String path, byte[] data, Answered then) {}

        @Override
        public void delete(String path, Answered then) {}

        @Override
        public void getData(String path, @Nullable Watcher watcher, Answered then) {}

        @Override
        public void getChildren(String path, @Nullable Watcher watcher, Answered then) {}

        @Override
        public void exists(String path, @Nullable Watcher watcher, Answered then) {}
    }
}
