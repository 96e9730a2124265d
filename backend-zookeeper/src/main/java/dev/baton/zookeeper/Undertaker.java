package dev.baton.zookeeper;

import dev.baton.spi.BackendRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.StaticHostProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a session that this process has given up while the ensemble may still keep it, until the ensemble itself says
 * that it is gone: with it go its nodes, and any request of it still under way.
 *
 * <p>Curator declares a session expired by itself when it has been cut off for the timeout, and so does ZooKeeper's
 * client library after 4/3 of it. The ensemble may know nothing of that: its timers start anew when it elects a leader.
 */
final class Undertaker {
    private static final Logger log = LoggerFactory.getLogger(ZooKeeperBackend.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

    private final Settings settings;
    private final BackendRuntime runtime;
    private final Duration timeout;
    private final long sessionId;
    private final byte[] password;
    private final Runnable ended;
    private Duration retry = FIRST_RETRY;

    /** @param ended runs on the loop once the ensemble has said that the session is gone */
    Undertaker(Settings settings, BackendRuntime runtime, Duration timeout, ZooKeeper left, Runnable ended) {
        this.settings = settings;
        this.runtime = runtime;
        this.timeout = timeout;
        this.sessionId = left.getSessionId();
        this.password = left.getSessionPasswd().clone();
        this.ended = ended;
    }

    /** Begins, without waiting. On the loop. */
    void start() {
        log.info("session 0x{} may still be alive at ZooKeeper; ending it there", Long.toHexString(sessionId));
        attempt();
    }

    private void attempt() {
        if (!runtime.isClosed()) {
            runtime.callbacks().execute(() -> {
                KeeperState found = find();
                runtime.timekeeper().execute(() -> heard(found));
            });
        }
    }

    private void heard(KeeperState found) {
        switch (found) {
            case Expired -> {
                log.info("session 0x{} is gone", Long.toHexString(sessionId));
                ended.run();
            }
            // It was alive, and was closed just now. Whether that got through, the next attempt tells.
            case SyncConnected -> attempt();
            default -> {
                runtime.timekeeper().schedule(retry, this::attempt);
                retry = retry.multipliedBy(2).compareTo(timeout) < 0 ? retry.multipliedBy(2) : timeout;
            }
        }
    }

    /** Attaches to the session and closes it. Expired when there is none, Disconnected when that could not be learned. */
    private KeeperState find() {
        CuratorFrameworkFactory.Builder builder = Client.builder(settings);
        String connect = builder.getEnsembleProvider().getConnectionString();
        CompletableFuture<KeeperState> state = new CompletableFuture<>();
        try {
            ZooKeeper handle = new ZooKeeper(
                    connect,
                    (int) timeout.toMillis(),
                    event -> {
                        if (event.getState() != KeeperState.Disconnected) {
                            state.complete(event.getState());
                        }
                    },
                    sessionId,
                    password,
                    false,
                    new StaticHostProvider(new ConnectStringParser(connect).getServerAddresses()),
                    builder.getZkClientConfig());
            try {
                KeeperState found = state.get(settings.connectionTimeout().toMillis(), TimeUnit.MILLISECONDS);
                boolean declaredByServer = handle.getSessionTimeout() <= 0;
                return found == KeeperState.Expired && !declaredByServer ? KeeperState.Disconnected : found;
            } finally {
                handle.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return KeeperState.Disconnected;
        } catch (IOException | ExecutionException | TimeoutException e) {
            log.debug("could not learn what became of session 0x{}", Long.toHexString(sessionId), e);
            return KeeperState.Disconnected;
        }
    }
}
