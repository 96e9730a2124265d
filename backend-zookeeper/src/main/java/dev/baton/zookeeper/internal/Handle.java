package dev.baton.zookeeper.internal;

import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One ZooKeeper session of the client library. Requests leave in order, are answered in order, on any thread, and each is
 * answered once.
 */
public interface Handle {
    /** Zero before the first connection. */
    long sessionId();

    /** The password that goes with the session's ID. */
    byte[] password();

    /**
     * The session timeout as granted with the present connection; not positive once the server has declared the session
     * expired.
     */
    Duration timeout();

    /** Whether the servers have rejected this handle's credentials for good. */
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

    /** Reads a node; {@code watcher} receives its next change. */
    void getData(String path, @Nullable Watcher watcher, Answered then);

    /** Lists the names of a node's children, in any order; {@code watcher} receives the next change of the list. */
    void getChildren(String path, @Nullable Watcher watcher, Answered then);

    /** Reads whether a node exists; {@code watcher} receives its next creation, change or deletion. */
    void exists(String path, @Nullable Watcher watcher, Answered then);

    /** Receives the answer to one request. */
    interface Answered {
        /**
         * The answer of the server, or of the client library itself.
         *
         * @param code as in {@link org.apache.zookeeper.KeeperException.Code}
         * @param path the path of the request
         * @param name the name of the created node
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
