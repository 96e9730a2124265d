package dev.baton.zookeeper;

import dev.baton.spi.BackendThreads;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.StaticHostProvider;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes clients of Curator's: each connects, authenticates, and opens the next session when one has expired. The state of
 * each session comes from the handle itself, in order with its answers.
 */
record CuratorClients(Settings settings) implements Clients {
    private static final Logger log = LoggerFactory.getLogger(ZooKeeperBackend.class);

    @Override
    public Runnable open(Duration sessionTimeout, Timekeeper time, Supplier<@Nullable Connection> opening) {
        CuratorFrameworkFactory.Builder builder = builder(settings);
        Handles handles = new Handles(builder, time, opening);
        builder.sessionTimeoutMs(millis(sessionTimeout))
                .connectionTimeoutMs(millis(settings.connectionTimeout()))
                .retryPolicy(new RetryNTimes(0, 0))
                .connectionStateErrorPolicy(new SessionConnectionStateErrorPolicy())
                // Curator gives a session up after this share of the timeout without a connection, and ZooKeeper's own
                // library a little later. The ensemble may still keep the session: see SessionCloser.
                .simulatedSessionExpirationPercent(100)
                .canBeReadOnly(false)
                .zookeeperFactory(handles);
        CuratorFramework curator = builder.build();
        try {
            curator.start();
        } catch (Throwable e) {
            // On a thread of its own: the close may never return, and may throw.
            BackendThreads.daemon("baton-zookeeper-unopened", curator::close).start();
            throw e;
        }
        return curator::close;
    }

    @Override
    public void end(long sessionId, byte[] password, Duration timeout, Timekeeper time, Consumer<KeeperState> found) {
        KeeperState state = KeeperState.Disconnected;
        try {
            state = end(sessionId, password, timeout, time);
        } finally {
            found.accept(state);
        }
    }

    /**
     * Attaches to the session and closes it. Expired if the ensemble has no such session, Disconnected if that is unknown.
     */
    private KeeperState end(long sessionId, byte[] password, Duration timeout, Timekeeper time) {
        CuratorFrameworkFactory.Builder builder = builder(settings);
        String connect = builder.getEnsembleProvider().getConnectionString();
        CompletableFuture<KeeperState> state = new CompletableFuture<>();
        Moment began = time.now();
        try {
            ZooKeeper handle = new ZooKeeper(
                    connect,
                    millis(timeout),
                    event -> {
                        KeeperState heard = event.getState();
                        if (heard == KeeperState.Expired && time.now().nanosSince(began) >= timeout.toNanos()) {
                            // The client library itself reports this after a timeout without a connection.
                            state.complete(KeeperState.Disconnected);
                        } else if (heard != null && heard != KeeperState.Disconnected) {
                            state.complete(heard);
                        }
                    },
                    sessionId,
                    password,
                    false,
                    new StaticHostProvider(new ConnectStringParser(connect).getServerAddresses()),
                    builder.getZkClientConfig());
            try {
                return state.get(
                        Math.min(millis(settings.connectionTimeout()), millis(timeout)), TimeUnit.MILLISECONDS);
            } finally {
                handle.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return KeeperState.Disconnected;
        } catch (IOException | ExecutionException | TimeoutException e) {
            log.debug("could not learn what became of session 0x{}", Long.toHexString(sessionId), Printable.failure(e));
            return KeeperState.Disconnected;
        }
    }

    /** Returns Curator's builder after the user's settings, for one client or to check the settings. */
    static CuratorFrameworkFactory.Builder builder(Settings settings) {
        // By default Curator replaces the connect string by the ensemble's own configuration, whose addresses do not
        // work behind a proxy or an address translation.
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(settings.connectString())
                .ensembleTracker(false);
        settings.curator().accept(builder);
        // With a config, Curator would not call a user's factory that takes none.
        if (builder.getZkClientConfig() == null && usersFactory(builder) == null) {
            builder.zkClientConfig(boundedClose(settings.connectionTimeout()));
        }
        List<AuthInfo> given = builder.getAuthInfos();
        return given == null
                ? builder
                : builder.authorization(
                        given.stream().map(CuratorClients::trimmed).toList());
    }

    private static @Nullable ZookeeperFactory usersFactory(CuratorFrameworkFactory.Builder builder) {
        ZookeeperFactory factory = builder.getZookeeperFactory();
        return factory.getClass() == DefaultZookeeperFactory.class ? null : factory;
    }

    /** Without a limit, closing a client whose threads have died never returns. Only closing waits for answers. */
    private static ZKClientConfig boundedClose(Duration limit) {
        ZKClientConfig config = new ZKClientConfig();
        if (config.getProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT) == null) {
            config.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, String.valueOf(millis(limit)));
        }
        return config;
    }

    /** Removes the line break at the end of a digest's password that was read from a file. */
    private static AuthInfo trimmed(AuthInfo given) {
        byte[] auth = given.getAuth();
        int end = auth == null ? 0 : auth.length;
        while (end > 0 && (auth[end - 1] == '\n' || auth[end - 1] == '\r')) {
            end--;
        }
        return auth == null ? given : new AuthInfo(given.getScheme(), Arrays.copyOf(auth, end));
    }

    private static int millis(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE, (duration.toNanos() + 999_999) / 1_000_000);
    }

    /** Makes every ZooKeeper handle of this client, and receives its events before Curator does. */
    private static final class Handles implements ZookeeperFactory {
        private final @Nullable ZookeeperFactory users;
        private final @Nullable ZKClientConfig config;
        private final List<AuthInfo> authorizations;
        private final ACLProvider acls;
        private final Timekeeper time;
        private final Supplier<@Nullable Connection> opening;

        Handles(CuratorFrameworkFactory.Builder builder, Timekeeper time, Supplier<@Nullable Connection> opening) {
            this.users = usersFactory(builder);
            this.config = builder.getZkClientConfig();
            this.authorizations = builder.getAuthInfos() == null ? List.of() : List.copyOf(builder.getAuthInfos());
            this.acls = builder.getAclProvider();
            this.time = time;
            this.opening = opening;
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
            Connection connection = opening.get();
            if (connection == null) {
                throw new IllegalStateException("this client was given up, and opens no more sessions");
            }
            Attempts attempts = new Attempts(addresses(connect), time, connection::isUrgent);
            Watcher both = event -> {
                if (event.getState() == null) {
                    // The client library reports this for a login that it could not even begin; Curator would fail on
                    // it.
                    return;
                }
                attempts.tells(Thread.currentThread());
                tell(connection, event, attempts);
                watcher.process(event);
            };
            ZooKeeper handle = users == null
                    ? new ZooKeeper(connect, sessionTimeout, both, canBeReadOnly, attempts, clientConfig)
                    : users.newZooKeeper(connect, sessionTimeout, both, canBeReadOnly, clientConfig);
            // Curator adds these as well, but only once it has the handle; the first request of the session comes
            // earlier.
            for (AuthInfo authorization : authorizations) {
                handle.addAuthInfo(authorization.getScheme(), authorization.getAuth());
            }
            connection.opened(new ServedHandle(handle, this::aclFor, attempts::isOver));
            return handle;
        }

        private static void tell(Connection connection, WatchedEvent event, Attempts attempts) {
            if (event.getType() == Watcher.Event.EventType.None) {
                boolean connected = event.getState() == KeeperState.SyncConnected;
                connection.changed(event.getState(), connected ? attempts.next() : null);
            }
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
