package dev.baton.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.spi.Moment;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.Handle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** With what a client of Curator's is made, and when it is ended. */
class CuratorClientsTest {
    /** Nobody listens there. */
    private static final String NOBODY = "127.0.0.1:1";

    private final List<String> told = new CopyOnWriteArrayList<>();
    private CuratorFrameworkFactory.@Nullable Builder builder;

    private Runnable open() {
        Settings settings = ZooKeeperBackend.builder(NOBODY)
                .connectionTimeout(Duration.ofMillis(2_500))
                .curator(made -> {
                    builder = made;
                    made.authorization("digest", "app:secret".getBytes(StandardCharsets.UTF_8));
                    made.zookeeperFactory((connect, timeout, watcher, readOnly) -> {
                        told.add("handle " + connect + " " + timeout + " " + readOnly);
                        return new Recorded(connect, timeout, watcher);
                    });
                })
                .settings();
        return new CuratorClients(settings)
                .open(Duration.ofMillis(4_001), new VirtualRuntime(), () -> new Clients.Connection() {
                    @Override
                    public void opened(Handle handle) {
                        told.add("opened");
                    }

                    @Override
                    public void changed(KeeperState state, @Nullable Moment attemptedAt) {
                        // Nobody is reached.
                    }

                    @Override
                    public boolean isUrgent() {
                        return false;
                    }
                });
    }

    @Test
    void aHandleHasTheSessionsTimeoutAndWhoAsksBeforeItsFirstRequest() {
        Runnable close = open();
        assertThat(told).startsWith("handle " + NOBODY + " 4001 false", "auth digest", "opened");
        close.run();
        assertThat(told).contains("closed");
    }

    /** An ensemble's own addresses lead nowhere behind a proxy; and a session is given up no sooner than it may be over. */
    @Test
    void curatorFollowsNoEnsembleAndGivesUpNoSessionBeforeItsTime() {
        open().run();
        CuratorFrameworkFactory.Builder made = Objects.requireNonNull(builder);
        assertThat(made.withEnsembleTracker()).isFalse();
        assertThat(made.getSimulatedSessionExpirationPercent()).isEqualTo(100);
        assertThat(made.canBeReadOnly()).isFalse();
        assertThat(made.getSessionTimeoutMs()).isEqualTo(4_001);
        assertThat(made.getConnectionTimeoutMs()).isEqualTo(2_500);
    }

    /** It waits for the answer of a client's threads, which may have died. */
    @Test
    void aCloseHasALimit() {
        Settings settings = ZooKeeperBackend.builder(NOBODY)
                .connectionTimeout(Duration.ofMillis(2_500))
                .settings();
        assertThat(CuratorClients.builder(settings)
                        .getZkClientConfig()
                        .getProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT))
                .isEqualTo("2500");
    }

    @Test
    void aConfigOfTheUsersIsLeftAlone() {
        ZKClientConfig config = new ZKClientConfig();
        Settings settings = ZooKeeperBackend.builder(NOBODY)
                .curator(made -> made.zkClientConfig(config))
                .settings();
        assertThat(CuratorClients.builder(settings).getZkClientConfig()).isSameAs(config);
        assertThat(config.getProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT)).isNull();
    }

    @Test
    void whateverIsThrownOnTheWayThatWhatBecameOfASessionCouldNotBeLearnedIsSaid() {
        Settings settings = ZooKeeperBackend.builder(NOBODY)
                .curator(made -> sneak(new Exception("not declared by anything")))
                .settings();
        List<KeeperState> found = new CopyOnWriteArrayList<>();
        assertThatThrownBy(() -> new CuratorClients(settings)
                        .end(4_711, new byte[16], Duration.ofSeconds(4), new VirtualRuntime(), found::add))
                .hasMessage("not declared by anything");
        assertThat(found).containsExactly(KeeperState.Disconnected);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** A handle that says what is done with it. */
    @SuppressWarnings("try") // its close is the library's, and may be interrupted
    private final class Recorded extends ZooKeeper {
        Recorded(String connect, int timeout, Watcher watcher) throws IOException {
            super(connect, timeout, watcher);
        }

        @Override
        public void addAuthInfo(String scheme, byte[] auth) {
            told.add("auth " + scheme);
        }

        @Override
        public synchronized void close() throws InterruptedException {
            told.add("closed");
            super.close();
        }

        @Override
        public boolean close(int waitMillis) throws InterruptedException {
            told.add("closed");
            return super.close(waitMillis);
        }
    }
}
