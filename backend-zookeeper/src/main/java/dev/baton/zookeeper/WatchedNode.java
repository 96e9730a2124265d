package dev.baton.zookeeper;

import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import dev.baton.zookeeper.internal.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** One candidate's node with the watch on it, of which the queue needs the content and the deletion. In the lane. */
final class WatchedNode {
    private final Session session;
    private final String path;
    private final Listener listener;
    final String name;
    private final Consumer<WatchedEvent> watcher = this::happened;
    private List<Runnable> waiting = new ArrayList<>();
    private boolean reading;
    private boolean watched;
    private boolean forgotten;
    private @Nullable Moment readAt;
    private @Nullable Moment seenAt;
    private @Nullable Holder holder;

    /** Receives what becomes of the node. */
    interface Listener {
        /** The node was read, and its holder is known. */
        void read(WatchedNode node);

        /** The node is watched, and what waited for that has run. */
        void live();

        /** The node was deleted. */
        void deleted(String name);

        /** A read of the node has failed. */
        void unread(String name, Wire.Reply reply);
    }

    /** @param folder the path of the election's node */
    WatchedNode(Session session, String folder, String name, Listener listener) {
        this.session = session;
        this.path = folder + "/" + name;
        this.name = name;
        this.listener = listener;
    }

    /** Whether the watch will report the next change of the node. */
    boolean isWatched() {
        return watched;
    }

    /** The candidate that the node shows; null before the first read. */
    @Nullable Holder holder() {
        return holder;
    }

    /** Runs {@code then} once the node is watched; never, if it is deleted before that, or cannot be read. */
    void whenWatched(Runnable then) {
        if (watched) {
            then.run();
        } else {
            waiting.add(then);
            read();
        }
    }

    /** Discards a watch on a node that was not read for a leaseDuration: the servers may not serve it any more. */
    void expire() {
        if (watched && isStale()) {
            watched = false;
        }
    }

    /** The connection is lost, and the watch with it. */
    void disconnected() {
        watched = false;
        waiting.clear();
    }

    /** The queue does not need the node any more: the listener receives nothing from now on. */
    void forget() {
        forgotten = true;
    }

    /**
     * Reads and watches the node. Unlike {@code exists}, {@code getData} leaves no watch behind if the node does not exist.
     */
    private void read() {
        Wire wire = session.wire();
        if (!reading && wire != null) {
            reading = true;
            readAt = session.time.now();
            wire.getData(path, watcher, this::answered);
        }
    }

    private void answered(Wire.Reply reply) {
        reading = false;
        Stat stat = reply.stat();
        if (forgotten) {
            return;
        }
        if (reply.isOk() && stat != null) {
            watched = true;
            seenAt = readAt;
            holder = shown(reply.data() == null ? "" : reply.data(), stat);
            listener.read(this);
            List<Runnable> ready = waiting;
            waiting = new ArrayList<>();
            ready.forEach(Runnable::run);
            listener.live();
        } else if (reply.code() == Code.NONODE) {
            listener.deleted(name);
        } else {
            waiting.clear();
            listener.unread(name, reply);
        }
    }

    private boolean isStale() {
        return seenAt == null
                || session.time.now().nanosSince(seenAt)
                        >= session.leaseDuration().toNanos();
    }

    private Holder shown(String identity, Stat stat) {
        FencingToken token = new FencingToken(session.epoch(), stat.getCzxid());
        return new Holder(
                Line.called(identity, name),
                Line.nonceIn(name),
                token,
                Instant.ofEpochMilli(stat.getCtime()),
                null,
                -1);
    }

    private void happened(WatchedEvent event) {
        if (forgotten) {
            return;
        }
        watched = false;
        if (event.getType() == EventType.NodeDeleted) {
            listener.deleted(name);
        } else {
            read();
        }
    }
}
