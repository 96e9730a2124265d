package dev.baton.etcd;

import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.internal.session.Grants;
import dev.baton.internal.session.PendingCalls;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stay of a claim's key in line: whether the key is first, and whether it still stands. Answers the claim's acquire and
 * renewal accordingly, and deletes the key for a withdrawal. In the lane.
 */
final class InLine {
    private final Session session;
    private final ElectionQueue queue;
    private final Claim claim;
    private final PendingCalls calls;
    private final Grants<OwnKey> grants;
    private final Listener listener;
    private @Nullable OwnKey own;
    private boolean asked;

    /** Receives what becomes of the key. */
    interface Listener {
        /** The key does not exist any more. */
        void lost(String how);

        /** Another client has overwritten the key: it exists, but does not prove the claim any more. */
        void spoiled(String how);

        /** The key was deleted for the claim. */
        void removed();

        /** The claim must not lead, or it is unknown whether it may. */
        void failed(BackendException why);

        /** The claim can go on at once. */
        void proceed();
    }

    InLine(
            Session session,
            ElectionQueue queue,
            Claim claim,
            PendingCalls calls,
            Grants<OwnKey> grants,
            Listener listener) {
        this.session = session;
        this.queue = queue;
        this.claim = claim;
        this.calls = calls;
        this.grants = grants;
        this.listener = listener;
    }

    /** Begins the stay of {@code key}. */
    void enter(OwnKey key) {
        own = key;
    }

    /** Ends the stay: answers that concern the key have no effect from now on. */
    void leave() {
        own = null;
    }

    /** An acquire was asked for: before it is refused, the line is listed once. */
    void asked() {
        asked = true;
    }

    /** Takes the next step towards the answer that a call of the claim waits for. */
    void proceed() {
        OwnKey key = own;
        Wire wire = session.wire();
        if (key == null || wire == null) {
            calls.fail(session.unavailable());
        } else if (calls.isWithdrawing() || key.isSpoiled()) {
            key.delete(wire, reply -> deleted(key, reply));
        } else if (key.isFirst() && queue.isLive()) {
            grants.acquire(key);
        } else if (!queue.isLive() || isFirstByLine(key)) {
            key.read(wire, queue.isLive(), reply -> read(key, reply));
        } else if (calls.isAcquiring() && asked) {
            // The line that is known is as old as the last event that reached this session (rule 6.5).
            asked = false;
            queue.list();
        } else if (calls.isAcquiring()) {
            calls.refuse(queue.holder(), Chance.whenTold());
        }
    }

    private boolean isFirstByLine(OwnKey key) {
        Entry leader = queue.line.first();
        return leader != null && key.is(leader);
    }

    /** The line has changed, or was listed. */
    void moved() {
        OwnKey key = own;
        if (key == null) {
            return;
        }
        Entry entry = queue.line.at(key.at);
        if (entry == null || !key.is(entry)) {
            listener.lost("its key " + key.at + " was deleted");
        } else if (entry.lease() != key.lease.id) {
            spoiled(key);
        } else if (calls.isWithdrawing() || calls.isAcquiring() || (!key.isFirst() && isFirstByLine(key))) {
            listener.proceed();
        }
    }

    private void spoiled(OwnKey key) {
        if (!key.isSpoiled()) {
            key.spoil();
            listener.spoiled("its key " + key.at + " was overwritten");
        }
    }

    // -- whether the key is first -------------------------------------------------------------------------------------

    private void read(OwnKey key, Reply<Transaction.Result> reply) {
        if (own != key) {
            return;
        }
        if (reply instanceof Reply.Done<Transaction.Result> done) {
            List<Entry> found = done.value().found().get(0);
            if (done.value().succeeded()) {
                first(found);
            } else if (found.isEmpty() || !key.is(found.get(0))) {
                listener.lost("its key " + key.at + " was deleted");
            } else {
                session.lease.suspect();
            }
        } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            calls.fail(session.messages.failed(failed.why(), queue.prefix));
        }
    }

    /** A transaction has read {@code found}, the first entry of the line, while the key stood. */
    void first(List<Entry> found) {
        OwnKey key = own;
        if (key == null || found.isEmpty()) {
            return;
        }
        Entry leader = found.get(0);
        if (!key.is(leader)) {
            queue.look();
            if (queue.line.isNested(leader.key())) {
                // The line may not have been listed yet.
                listener.failed(session.messages.nested(queue.election, leader.key()));
            } else {
                behind(leader);
            }
        } else if (leader.lease() != key.lease.id) {
            spoiled(key);
        } else if (calls.isWithdrawing()) {
            listener.proceed();
        } else {
            turn(key);
        }
    }

    private void behind(Entry leader) {
        if (calls.isWithdrawing()) {
            listener.proceed();
        } else if (calls.isAcquiring()) {
            // The line may not know the leader that was read yet; only if it does, the watch reports the end of that
            // leader's turn.
            Entry told = queue.line.at(leader.key());
            // Nor need it be there still: another claim of the same session may have its key by now.
            boolean willTell = queue.isLive() && told != null && told.created() == leader.created();
            Chance next =
                    willTell ? Chance.whenTold() : Chance.after(claim.timing().retryPeriod());
            calls.refuse(queue.shown(leader), next);
        }
    }

    private void turn(OwnKey key) {
        key.first(true);
        if (calls.isAcquiring()) {
            grants.acquire(key);
        } else {
            Answer.@Nullable Granted answer = grants.unasked(key);
            session.observers.tell(claim.election(), watcher -> watcher.yourTurn(claim, answer));
        }
    }

    // -- whether the key stands ---------------------------------------------------------------------------------------

    /** A new proof of the lease has come. */
    void proved() {
        OwnKey key = own;
        if (key == null) {
            return;
        }
        if (calls.isAcquiring() && key.isFirst()) {
            grants.acquire(key);
        }
        if (!calls.isRenewing()) {
            return;
        }
        if (queue.isLive() && session.isWatchFresh()) {
            grants.renew(key);
        } else {
            // The key can be deleted while the lease lives, by another client; without a live watch no event reports
            // that.
            key.seek(session.listing, reply -> sought(key, reply));
        }
    }

    private void sought(OwnKey key, Reply<Listing.Listed> reply) {
        if (own != key) {
            return;
        }
        if (reply instanceof Reply.Done<Listing.Listed> done) {
            List<Entry> found = done.value().entries();
            if (found.isEmpty() || !key.is(found.get(0))) {
                listener.lost("its key " + key.at + " was deleted");
            } else if (found.get(0).lease() != key.lease.id) {
                spoiled(key);
            } else {
                grants.renew(key);
            }
        } else if (reply instanceof Reply.Failed<Listing.Listed> failed) {
            calls.failRenewal(session.messages.failed(failed.why(), key.at));
        }
    }

    private void deleted(OwnKey key, Reply<Transaction.Result> reply) {
        if (own != key) {
            return;
        }
        if (reply instanceof Reply.Done<Transaction.Result>) {
            listener.removed();
        } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            calls.fail(session.messages.failed(failed.why(), queue.prefix));
        }
    }
}
