package dev.baton.zookeeper;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.Handle;
import java.time.Duration;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.slf4j.Logger;

/**
 * Ends a session that this process has given up while the ensemble may still keep it, until the ensemble confirms that the
 * session is gone, with its nodes and all its requests that were still under way.
 *
 * <p>Curator itself declares a session expired after the timeout without a connection, and so does ZooKeeper's client
 * library after 4/3 of it. The ensemble may still keep the session: its timers start anew when it elects a leader.
 */
final class SessionCloser {
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    /** Each unanswered attempt may hold a thread. */
    private static final int MOST_UNANSWERED = 4;

    private final Clients clients;
    private final BackendRuntime runtime;
    private final Logger log;
    private final Timekeeper lane;
    private final Duration timeout;
    private final long sessionId;
    private final byte[] password;
    private final Runnable ended;
    private Duration retry = FIRST_RETRY;
    private int attempts;
    private int unanswered;
    private boolean closed;
    private boolean gone;

    /** @param ended runs in the lane once the ensemble has confirmed that the session is gone */
    SessionCloser(
            Clients clients, BackendRuntime runtime, Timekeeper lane, Duration timeout, Handle left, Runnable ended) {
        this.clients = clients;
        this.runtime = runtime;
        this.log = runtime.logger(ZooKeeperBackend.class);
        this.lane = lane;
        this.timeout = timeout;
        this.sessionId = left.sessionId();
        this.password = left.password().clone();
        this.ended = ended;
    }

    /** Starts, without waiting. In the lane. */
    void start() {
        log.info("session 0x{} may still be alive at ZooKeeper; ending it there", Long.toHexString(sessionId));
        // Through the loop: by then the loop knows that the session's terms are over.
        runtime.timekeeper().execute(() -> lane.execute(this::attempt));
    }

    /** An attempt is never answered if a logger that throws has killed its client. */
    private void attempt() {
        if (gone || runtime.isClosed()) {
            return;
        }
        int attempt = ++attempts;
        lane.schedule(undisturbed(), () -> heard(attempt, KeeperState.Disconnected));
        if (unanswered < MOST_UNANSWERED) {
            unanswered++;
            runtime.callbacks()
                    .execute(() -> clients.end(
                            sessionId, password, timeout, lane, found -> lane.execute(() -> answered(attempt, found))));
        }
    }

    private void answered(int attempt, KeeperState found) {
        unanswered--;
        heard(attempt, found);
    }

    private void heard(int attempt, KeeperState found) {
        if (gone) {
            return;
        }
        // The session is gone, whichever attempt found it so.
        if (found == KeeperState.Expired) {
            gone = true;
            log.info("session 0x{} is gone", Long.toHexString(sessionId));
            ended.run();
        } else if (attempt == attempts) {
            if (found == KeeperState.SyncConnected && !closed) {
                // The session was alive, and was told to close just now; the next attempt checks that.
                closed = true;
                attempt();
            } else {
                if (found == KeeperState.SyncConnected) {
                    retry = undisturbed();
                }
                later();
            }
        }
    }

    private void later() {
        attempts++;
        lane.schedule(retry, this::attempt);
        Duration doubled = retry.multipliedBy(2);
        retry = doubled.compareTo(undisturbed()) < 0 ? doubled : undisturbed();
    }

    /** Each attempt renews the session; if the session cannot be closed, it must be left alone until it ends by itself. */
    private Duration undisturbed() {
        return timeout.multipliedBy(3).dividedBy(2);
    }
}
