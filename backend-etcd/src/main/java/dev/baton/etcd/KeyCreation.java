package dev.baton.etcd;

import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.internal.session.PendingCalls;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creates the key of one claim, and settles whether the key was created if the answer to the write leaves that unknown.
 * One write at a time. In the lane.
 */
final class KeyCreation {
    private final Session session;
    private final ElectionQueue queue;
    private final Claim claim;
    private final PendingCalls calls;
    private final Listener listener;
    private @Nullable OwnKey underWay;
    private boolean unknown;

    /** Receives the progress of a creation. */
    interface Listener {
        /** The write of {@code key} is about to be sent. */
        void creating(OwnKey key);

        /** The write created {@code key} as {@code entry}, with {@code first} as the first entry of the line. */
        void created(OwnKey key, Entry entry, List<Entry> first);

        /** A read found {@code key} as {@code entry}. */
        void found(OwnKey key, Entry entry);

        /** The store has no key of the claim, and no write that is still under way can create one. */
        void absent();

        /** The attempt has failed; the key may exist unless {@link #absent} was called before. */
        void failed(BackendException why);

        /** The claim can go on at once: with its key, or with another attempt to create it. */
        void proceed();
    }

    KeyCreation(Session session, ElectionQueue queue, Claim claim, PendingCalls calls, Listener listener) {
        this.session = session;
        this.queue = queue;
        this.claim = claim;
        this.calls = calls;
        this.listener = listener;
    }

    /** Writes a key on the session's lease; waits if the lease or the first connection is yet to come. */
    void begin() {
        BackendException unsuitable = session.unsuitable();
        String nested = queue.line.nested();
        if (unsuitable != null) {
            listener.failed(unsuitable);
            return;
        }
        if (nested != null) {
            listener.failed(session.messages.nested(queue.election, nested));
            return;
        }
        Lease on = session.lease.get();
        Wire wire = session.wire();
        if (wire != null && on != null) {
            write(wire, new OwnKey(on, queue.prefix));
        } else if (wire == null && !session.mayStillConnect()) {
            // With a connection, the session has asked for a lease.
            calls.fail(session.unavailable());
        }
    }

    private void write(Wire wire, OwnKey key) {
        underWay = key;
        unknown = false;
        listener.creating(key);
        queue.line.expect(key.at);
        key.write(wire, claim.identity(), reply -> {
            if (underWay == key) {
                answered(key, reply);
            }
        });
    }

    /** Settles the outcome of the write if it is unknown; otherwise the answer to the write is still to come. */
    void proceed() {
        OwnKey key = underWay;
        if (key == null || !unknown) {
            return;
        }
        Wire wire = session.wire();
        if (wire == null) {
            calls.fail(session.unavailable());
        } else {
            settle(wire, key);
        }
    }

    /** The lease of the key was given up: whether the write created the key does not matter any more. */
    void abandon() {
        underWay = null;
    }

    /** The request that was to void the write has failed. */
    void unsettled() {
        if (underWay != null) {
            underWay.unsettled();
        }
    }

    private void answered(OwnKey key, Reply<Transaction.Result> reply) {
        if (reply instanceof Reply.Done<Transaction.Result> done) {
            Transaction.Result result = done.value();
            underWay = null;
            if (result.succeeded()) {
                long revision = result.revision();
                Entry entry = new Entry(key.at, claim.identity(), revision, revision, key.lease.id);
                listener.created(key, entry, result.found().get(0));
            } else {
                listener.absent();
                refused(key, result.found().get(0), result.found().get(1));
            }
        } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            failed(key, failed.why());
        }
    }

    private void failed(OwnKey key, Failure why) {
        if (why.means() == Failure.Meaning.GONE) {
            underWay = null;
            listener.absent();
            session.lease.suspect();
        } else {
            unknown = true;
            key.mayStillLand(why.means() == Failure.Meaning.UNKNOWN);
            listener.failed(session.messages.failed(why, queue.prefix));
        }
    }

    /** A guard of the transaction did not hold, so the transaction wrote nothing. */
    private void refused(OwnKey key, List<Entry> found, List<Entry> sentinel) {
        Lease on = key.lease;
        if (sentinel.isEmpty() || sentinel.get(0).created() != on.sentinelCreated) {
            // The next lease brings the next attempt.
            session.lease.suspect();
        } else if (sentinel.get(0).modified() < key.ticket) {
            session.lease.wentBack(on);
        } else if (sentinel.get(0).modified() > key.ticket) {
            // The session wrote the sentinel after this write was sent, and may have its answer already.
            on.written(sentinel.get(0).modified());
            listener.proceed();
        } else if (!found.isEmpty()
                && found.get(0).lease() == on.id
                && found.get(0).value().equals(claim.identity())) {
            // The request was carried out twice, and the second time met the key of the first.
            listener.found(key, found.get(0));
        } else if (!found.isEmpty()) {
            listener.failed(session.messages.taken(found.get(0).key()));
        }
    }

    private void settle(Wire wire, OwnKey key) {
        key.settle(wire, session.lease, reply -> {
            if (!unknown || underWay != key) {
                return;
            }
            if (reply instanceof Reply.Done<Transaction.Result> done) {
                settled(key, done.value().found().get(0));
            } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
                calls.fail(session.messages.failed(failed.why(), queue.prefix));
            }
        });
    }

    private void settled(OwnKey key, List<Entry> found) {
        underWay = null;
        if (!found.isEmpty() && found.get(0).lease() == key.lease.id) {
            listener.found(key, found.get(0));
        } else {
            listener.absent();
            listener.proceed();
        }
    }
}
