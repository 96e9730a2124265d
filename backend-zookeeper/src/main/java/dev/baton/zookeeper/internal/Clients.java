package dev.baton.zookeeper.internal;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.jspecify.annotations.Nullable;

/** Where sessions come from: ZooKeeper's client library, or a simulation of it. */
public interface Clients {

    /**
     * Opens a client, which connects by itself, as long as it takes, and opens the next session when one has expired.
     *
     * @param opening asked just before each handle is made; null once the client is given up, which then makes none
     * @return ends the session where it can, and disconnects; may block
     */
    Runnable open(Duration sessionTimeout, Timekeeper time, Supplier<@Nullable Connection> opening);

    /**
     * Attaches to a session that another handle has left, and closes it. May block.
     *
     * @param found hears Expired when the ensemble says that there is no such session, SyncConnected when it was alive
     *     and was told to close, and anything else when that could not be learned
     */
    void end(long sessionId, byte[] password, Duration timeout, Timekeeper time, Consumer<KeeperState> found);

    /** What hears about one handle, on any thread. */
    interface Connection {
        /** The handle was made, which opens a session; no request was sent on it. */
        void opened(Handle handle);

        /**
         * The state of the connection, or of the session, changed. In order with the handle's answers.
         *
         * @param attemptedAt for a new connection: read before its attempt began; null where not known
         */
        void changed(KeeperState state, @Nullable Moment attemptedAt);

        /** Whether a connection that was lost is to be made again without a pause: somebody leads on the session. */
        boolean isUrgent();
    }
}
