package dev.baton.zookeeper.internal;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.jspecify.annotations.Nullable;

/** Makes sessions: with ZooKeeper's client library, or in a simulation of it. */
public interface Clients {

    /**
     * Opens a client, which connects by itself, however long that takes, and opens the next session when one has expired.
     *
     * @param opening called just before each handle is made; null once the client is given up, which then makes no handle
     * @return ends the session where it can, and disconnects; may block
     */
    Runnable open(Duration sessionTimeout, Timekeeper time, Supplier<@Nullable Connection> opening);

    /**
     * Attaches to a session that another handle has left, and closes it. May block.
     *
     * @param found receives Expired if the ensemble has no such session, SyncConnected if the session was alive and was
     *     told to close, and another state if the outcome is unknown
     */
    void end(long sessionId, byte[] password, Duration timeout, Timekeeper time, Consumer<KeeperState> found);

    /** Receives the events of one handle, on any thread. */
    interface Connection {
        /** The handle was made, which opens a session; no request was sent on it. */
        void opened(Handle handle);

        /**
         * The state of the connection, or of the session, changed. In order with the handle's answers.
         *
         * @param attemptedAt for a new connection: read before its attempt began; null if unknown
         */
        void changed(KeeperState state, @Nullable Moment attemptedAt);

        /** Whether to replace a lost connection without a pause, since a term depends on the session. */
        boolean isUrgent();
    }
}
