package dev.baton.zookeeper;

import dev.baton.spi.BackendException;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether requests may wait for a session's first connection, and the reason for failing them if not. In the lane.
 */
final class Reachability {
    private final Timekeeper time;
    private final Messages messages;
    private final SessionClient client;
    private final Duration connectionTimeout;
    private final Runnable unreachable;
    private boolean everConnected;
    private boolean waiting = true;
    private boolean rejected;
    private Timekeeper.@Nullable Timer timer;

    /** @param unreachable runs when connectionTimeout has passed without a connection */
    Reachability(
            Timekeeper time,
            Messages messages,
            SessionClient client,
            Duration connectionTimeout,
            Runnable unreachable) {
        this.time = time;
        this.messages = messages;
        this.client = client;
        this.connectionTimeout = connectionTimeout;
        this.unreachable = unreachable;
    }

    /** Lets requests wait for a connection during the next connectionTimeout. */
    void await() {
        waiting = true;
        if (timer != null) {
            timer.cancel();
        }
        timer = time.schedule(connectionTimeout, this::timedOut);
    }

    private void timedOut() {
        waiting = false;
        if (!everConnected) {
            unreachable.run();
        }
    }

    /** A session was opened, which has yet to connect. */
    void opened() {
        everConnected = false;
    }

    /** The session has connected. */
    void connected() {
        everConnected = true;
    }

    /** Whether the servers reject the credentials. */
    void rejected(boolean is) {
        rejected = is;
    }

    /** Whether a request may wait for the first connection. */
    boolean mayStillConnect() {
        return !everConnected && waiting && !rejected && client.failure() == null;
    }

    /** Why there is no connection. */
    BackendException unavailable() {
        Throwable unopened = client.failure();
        if (client.isClosed()) {
            return messages.closed();
        } else if (rejected) {
            return messages.credentialsRejected();
        }
        return unopened == null ? messages.unreachable() : messages.unopened(unopened);
    }
}
