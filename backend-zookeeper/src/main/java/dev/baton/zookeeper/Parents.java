package dev.baton.zookeeper;

import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;

/** Creates a node together with the containers above it, as LeaderLatch does: ZooKeeper removes empty containers. */
final class Parents {
    /** ZooKeeper can remove a container before its first child is created, but hardly so often in a row. */
    private static final int TRIES = 5;

    private static final byte[] EMPTY = {};

    /** Creates {@code path}; {@code then} receives the answer that settles it. */
    void create(Wire wire, String path, byte[] data, CreateMode mode, Consumer<Wire.Reply> then) {
        create(wire, path, data, mode, then, TRIES);
    }

    private void create(Wire wire, String path, byte[] data, CreateMode mode, Consumer<Wire.Reply> then, int tries) {
        wire.create(path, data, mode, reply -> {
            String parent = path.substring(0, path.lastIndexOf('/'));
            if (reply.code() == Code.NONODE && tries > 0 && !parent.isEmpty()) {
                create(
                        wire,
                        parent,
                        EMPTY,
                        CreateMode.CONTAINER,
                        made -> {
                            if (made.isOk() || made.code() == Code.NODEEXISTS) {
                                create(wire, path, data, mode, then, tries - 1);
                            } else {
                                then.accept(made);
                            }
                        },
                        tries);
            } else if (reply.code() == Code.UNIMPLEMENTED && mode == CreateMode.CONTAINER) {
                create(wire, path, data, CreateMode.PERSISTENT, then, tries);
            } else {
                then.accept(reply);
            }
        });
    }
}
