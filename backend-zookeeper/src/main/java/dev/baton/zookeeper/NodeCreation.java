package dev.baton.zookeeper;

import dev.baton.internal.session.PendingCalls;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.zookeeper.internal.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Creates the node of one claim, and settles whether the node was created if the answer to the create is lost. One create at
 * a time. In the lane.
 */
final class NodeCreation {
    private final Session session;
    private final ElectionQueue queue;
    private final Claim claim;
    private final PendingCalls calls;
    private final Listener listener;
    private @Nullable Wire sentOn;
    private boolean unknown;
    private boolean settling;

    /** Receives the progress of a creation. */
    interface Listener {
        /** The create is about to be sent on {@code wire}. */
        void creating(Wire wire);

        /** The node exists at {@code path}. */
        void created(String path, Stat stat);

        /** The store has no node of the claim, and no create that is still under way can make one. */
        void absent();

        /** The claim can go on at once, with another attempt. */
        void proceed();
    }

    NodeCreation(Session session, ElectionQueue queue, Claim claim, PendingCalls calls, Listener listener) {
        this.session = session;
        this.queue = queue;
        this.claim = claim;
        this.calls = calls;
        this.listener = listener;
    }

    /** Sends a create, unless the session is unsuitable. */
    void begin(Wire on) {
        BackendException unsuitable = session.unsuitable();
        if (unsuitable != null) {
            calls.fail(unsuitable);
            return;
        }
        sentOn = on;
        unknown = false;
        listener.creating(on);
        String path = queue.path + "/" + Line.nameFor(claim.nonce());
        byte[] data = claim.identity().getBytes(StandardCharsets.UTF_8);
        session.parents.create(on, path, data, CreateMode.EPHEMERAL_SEQUENTIAL, reply -> answered(on, reply));
    }

    /** Settles the outcome of the create if it is unknown; otherwise the answer to the create is still to come. */
    void proceed(Wire on) {
        if (sentOn != null && unknown) {
            settle(on);
        }
    }

    /** The connection is lost: an attempt to settle that is under way may never be answered. */
    void disconnected() {
        settling = false;
    }

    /** The session of the create is over: whether it made a node does not matter any more. */
    void abandon() {
        sentOn = null;
        settling = false;
    }

    private void answered(Wire on, Wire.Reply reply) {
        if (sentOn != on || unknown) {
            return;
        }
        if (reply.isOk() && reply.name() != null && reply.stat() != null) {
            sentOn = null;
            listener.created(reply.name(), reply.stat());
            return;
        }
        if (Answers.toCreate(reply.code()) == Answers.Meaning.NOT_WRITTEN) {
            sentOn = null;
            listener.absent();
        } else {
            unknown = true;
        }
        calls.fail(session.messages.failed(reply.code(), reply.path()));
    }

    /**
     * Finds out whether a create was carried out whose answer was lost. It may still be under way on the connection on
     * which it was sent, so at first a listing without the node proves nothing. ZooKeeper rejects requests of a session
     * that arrive through a server from which the session has moved on. Once a later write on the present connection is
     * acknowledged, the ensemble's leader has settled all earlier requests, and a listing after that write is conclusive.
     * Only a node of this very session counts: another session's can vanish at any moment.
     */
    private void settle(Wire on) {
        if (settling) {
            return;
        }
        settling = true;
        session.afterWrite(() -> on.getChildren(queue.path, null, reply -> {
            if (reply.isOk() && reply.children() != null) {
                Deque<String> found = new ArrayDeque<>(Line.of(reply.children()).madeFor(claim.nonce()));
                adopt(on, found);
            } else if (reply.code() == Code.NONODE) {
                adopt(on, new ArrayDeque<>());
            } else {
                settling = false;
                calls.fail(session.messages.failed(reply.code(), reply.path()));
            }
        }));
    }

    /** Adopts the first of the nodes {@code found} that this session owns; without one, the create made none. */
    private void adopt(Wire on, Deque<String> found) {
        String next = found.poll();
        if (next == null) {
            settling = false;
            if (sentOn != null && unknown) {
                sentOn = null;
                listener.absent();
                listener.proceed();
            }
            return;
        }
        on.exists(queue.path + "/" + next, null, reply -> {
            Stat stat = reply.stat();
            if (Answers.toLook(reply.code()) == Answers.Meaning.UNKNOWN) {
                settling = false;
                calls.fail(session.messages.failed(reply.code(), reply.path()));
            } else if (stat != null && stat.getEphemeralOwner() == on.sessionId() && sentOn != null && unknown) {
                settling = false;
                sentOn = null;
                listener.created(reply.path(), stat);
            } else {
                adopt(on, found);
            }
        });
    }
}
