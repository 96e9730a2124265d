package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static dev.baton.zookeeper.Stage.TIMING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    void soonAfterItsThreadsHaveEndedWithoutAWordOfTheConnection() {
        clients.opened.get(0).changed(KeeperState.SyncConnected, time.now());
        time.advance(TIMING.leaseDuration());
        assertThat(clients.opened).as("as long as they live").hasSize(1);
        clients.over = true;
        time.advance(TIMING.retryPeriod().multipliedBy(3));
        assertThat(clients.opened).hasSizeGreaterThan(1);
    }

    /** As the library's does, whose threads have died. */
    @Test
    void whileItsCloseNeverReturns() {
        clients.closing = () -> {
            throw DeadClientTest.<RuntimeException>sneaky(new Exception("as if it hung: nothing after it is done"));
        };
        clients.over = true;
        assertThatThrownBy(() -> time.advance(TIMING.retryPeriod().multipliedBy(2)))
                .hasMessageStartingWith("as if it hung");
        assertThat(clients.opened).hasSize(1);
        clients.over = false;
        time.advance(TIMING.retryPeriod().multipliedBy(2));
        assertThat(clients.opened).hasSize(2);
    }

    /** It was given up while it opened. */
    @Test
    void whileTheCloseOfOneThatOpenedTooLateNeverReturns() {
        clients.over = true;
        clients.opensDuring = () -> {
            clients.opensDuring = () -> {};
            clients.over = false;
            clients.closing = () -> {
                clients.closing = () -> {};
                throw DeadClientTest.<RuntimeException>sneaky(new Exception("as if it hung: nothing after it is done"));
            };
            time.advance(LONG);
        };
        assertThatThrownBy(() -> time.advance(LONG.multipliedBy(2))).hasMessageStartingWith("as if it hung");
        int before = clients.opened.size();
        time.advance(TIMING.leaseDuration());
        assertThat(clients.opened).hasSizeGreaterThan(before);
    }

    @Test
    void whateverIsThrownAsTheNextIsOpened() {
        clients.over = true;
        clients.failure = new Exception("not declared by anything");
        time.advance(TIMING.retryPeriod().multipliedBy(3));
        clients.over = false;
        clients.failure = null;
        assertThat(clients.opened).hasSize(1);
        time.advance(TIMING.leaseDuration());
        assertThat(clients.opened).hasSize(2);
    }

    /** One that could not be closed goes on, and with two that open sessions each would end the other's. */
    @Test
    void andOpensNoSessionFromThenOn() {
        clients.over = true;
        time.advance(TIMING.retryPeriod());
        clients.over = false;
        time.advance(TIMING.retryPeriod().multipliedBy(2));
        assertThat(clients.openings.get(0).get()).isNull();
        Supplier<Clients.@Nullable Connection> last = clients.openings.get(clients.openings.size() - 1);
        assertThat(last.get()).isNotNull();
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
        throw (E) thrown;
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
        private final List<Supplier<@Nullable Connection>> openings = new ArrayList<>();
        private boolean over;
        private Runnable closing = () -> {};
        private Runnable opensDuring = () -> {};
        private @Nullable Exception failure;

        @Override
        public Runnable open(Duration sessionTimeout, Timekeeper lane, Supplier<@Nullable Connection> opening) {
            if (failure != null) {
                throw DeadClientTest.<RuntimeException>sneaky(failure);
            }
            opensDuring.run();
            openings.add(opening);
            Connection connection = opening.get();
            if (connection != null) {
                opened.add(connection);
                connection.opened(new Deaf(() -> over));
            }
            return () -> closing.run();
        }

        @Override
        public void end(
                long sessionId, byte[] password, Duration timeout, Timekeeper time, Consumer<KeeperState> found) {
            found.accept(KeeperState.Disconnected);
        }
    }
}
