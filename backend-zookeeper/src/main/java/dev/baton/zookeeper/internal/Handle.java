package dev.baton.zookeeper.internal;

import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One ZooKeeper session as the client library hands it out. Requests leave in order, are answered in order, on any
 * thread, and each is answered once.
 */
public interface Handle {
    /** Zero until connected for the first time. */
    long sessionId();

    /** What proves that the session is ours. */
    byte[] password();

    /** As granted with the present connection; not positive once the server declared the session expired. */
    Duration timeout();

    /** Whether the servers have refused this handle's credentials for good. */
    boolean isRejected();

    /** Whether the client's threads have ended, by an error or by a logger that threw one: it never connects again. */
    default boolean isOver() {
        return false;
    }

    /** Creates a node; the answer has its name. */
    void create(String path, byte[] data, CreateMode mode, Answered then);

    /** Writes a node, whatever its version. */
    void setData(String path, byte[] data, Answered then);

    /** Deletes a node, whatever its version. */
    void delete(String path, Answered then);

    /** Reads a node; {@code watcher} hears once of its next change. */
    void getData(String path, @Nullable Watcher watcher, Answered then);

    /** Lists the names of a node's children, in any order; {@code watcher} hears once when one comes or goes. */
    void getChildren(String path, @Nullable Watcher watcher, Answered then);

    /** Asks for a node that may not be there; {@code watcher} hears once when it comes, changes or goes. */
    void exists(String path, @Nullable Watcher watcher, Answered then);

    /** Hears the answer to one request. */
    interface Answered {
        /**
         * The answer, the server's or the client library's own.
         *
         * @param code as in {@link org.apache.zookeeper.KeeperException.Code}
         * @param path what was asked for
         * @param name what was created
         */
        void answer(
                int code,
                String path,
                @Nullable String name,
                byte @Nullable [] data,
                @Nullable List<String> children,
                @Nullable Stat stat);
    }
}
