package dev.baton.zookeeper;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.List;
import org.apache.curator.framework.AuthInfo;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.state.SessionConnectionStateErrorPolicy;
import org.apache.curator.retry.RetryNTimes;
import org.apache.curator.utils.DefaultZookeeperFactory;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.StaticHostProvider;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * Curator's client for one leaseDuration: it connects, authenticates, and opens the next session when one has expired.
 * What becomes of each session is heard from the handle itself, in order with its answers.
 */
final class Client {
    private final CuratorFramework curator;

    private Client(CuratorFramework curator) {
        this.curator = curator;
    }

    /** What a client tells, in the lane. */
    interface Listener {
        /** A handle was made, which opens a session. Comes before anything else of its wire. */
        void opened(Wire wire, ZooKeeper handle);

        /** The state of the wire's connection, or of its session, changed. */
        void changed(Wire wire, Change change);

        /** A write on the wire was acknowledged. */
        void proved(Wire wire);
    }

    /**
     * @param attemptedAt for a new connection: read before its attempt began; null where not known
     */
    record Change(Watcher.Event.KeeperState state, @Nullable Moment attemptedAt) {}

    /** Opens a client; it connects by itself, as long as it takes. */
    static Client open(Settings settings, Duration sessionTimeout, Timekeeper time, Listener listener) {
        CuratorFrameworkFactory.Builder builder = builder(settings);
        Handles handles = new Handles(settings, builder, time, listener);
        builder.sessionTimeoutMs(millis(sessionTimeout))
                .connectionTimeoutMs(millis(settings.connectionTimeout()))
                .retryPolicy(new RetryNTimes(0, 0))
                .connectionStateErrorPolicy(new SessionConnectionStateErrorPolicy())
                // Curator gives a session up once it has been cut off for this much of the timeout, and ZooKeeper's own
                // library a little later. Neither means that the ensemble has: see Undertaker.
                .simulatedSessionExpirationPercent(100)
                .canBeReadOnly(false)
                .zookeeperFactory(handles);
        CuratorFramework curator = builder.build();
        curator.start();
        return new Client(curator);
    }

    /** Curator's builder after the user's settings, for one client or to see whether they make sense. */
    static CuratorFrameworkFactory.Builder builder(Settings settings) {
        // Curator follows the ensemble's own configuration by default, away from the connect string: behind a proxy,
        // or an address translation, that leads nowhere.
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(settings.connectString())
                .ensembleTracker(false);
        settings.curator().accept(builder);
        return builder;
    }

    /** Ends the session where it can, and disconnects. Blocks. */
    void close() {
        curator.close();
    }

    private static int millis(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE, (duration.toNanos() + 999_999) / 1_000_000);
    }

    /** Makes every ZooKeeper handle of this client, and hears what becomes of it before Curator does. */
    private static final class Handles implements ZookeeperFactory {
        private final Settings settings;
        private final @Nullable ZookeeperFactory users;
        private final @Nullable ZKClientConfig config;
        private final List<AuthInfo> authorizations;
        private final ACLProvider acls;
        private final Timekeeper time;
        private final Listener listener;

        Handles(Settings settings, CuratorFrameworkFactory.Builder builder, Timekeeper time, Listener listener) {
            this.settings = settings;
            this.users = builder.getZookeeperFactory().getClass() == DefaultZookeeperFactory.class
                    ? null
                    : builder.getZookeeperFactory();
            this.config = builder.getZkClientConfig();
            this.authorizations = builder.getAuthInfos() == null ? List.of() : List.copyOf(builder.getAuthInfos());
            this.acls = builder.getAclProvider();
            this.time = time;
            this.listener = listener;
        }

        @Override
        public ZooKeeper newZooKeeper(String connect, int sessionTimeout, Watcher watcher, boolean canBeReadOnly)
                throws Exception {
            return newZooKeeper(connect, sessionTimeout, watcher, canBeReadOnly, config);
        }

        @Override
        public ZooKeeper newZooKeeper(
                String connect,
                int sessionTimeout,
                Watcher watcher,
                boolean canBeReadOnly,
                @Nullable ZKClientConfig clientConfig)
                throws Exception {
            Wire wire = new Wire(time, this::aclFor, settings.tickTime(), time.now(), listener::proved);
            Attempts attempts = new Attempts(addresses(connect), time);
            Watcher both = event -> {
                if (event.getState() == null) {
                    // The client library says so of a login that it could not even begin; Curator would choke on it.
                    return;
                }
                tell(wire, event, attempts);
                watcher.process(event);
            };
            ZooKeeper handle = users == null
                    ? new ZooKeeper(connect, sessionTimeout, both, canBeReadOnly, attempts, clientConfig)
                    : users.newZooKeeper(connect, sessionTimeout, both, canBeReadOnly, clientConfig);
            // Curator adds these as well, but only once it has the handle, and our first request must not be sooner.
            for (AuthInfo authorization : authorizations) {
                handle.addAuthInfo(authorization.getScheme(), authorization.getAuth());
            }
            time.execute(() -> listener.opened(wire, handle));
            return handle;
        }

        private void tell(Wire wire, WatchedEvent event, Attempts attempts) {
            if (event.getType() != Watcher.Event.EventType.None) {
                return;
            }
            boolean connected = event.getState() == Watcher.Event.KeeperState.SyncConnected;
            Change change = new Change(event.getState(), connected ? attempts.next() : null);
            time.execute(() -> listener.changed(wire, change));
        }

        private List<ACL> aclFor(String path) {
            List<ACL> acl = acls.getAclForPath(path);
            return acl == null ? acls.getDefaultAcl() : acl;
        }

        private static HostProvider addresses(String connect) {
            return new StaticHostProvider(new ConnectStringParser(connect).getServerAddresses());
        }
    }
}
