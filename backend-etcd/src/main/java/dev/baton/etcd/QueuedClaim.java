package dev.baton.etcd;

import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.internal.session.ElectionSession;
import dev.baton.internal.session.Pending;
import dev.baton.internal.session.PendingCalls;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One claim and its key in line, from the first write to the confirmed deletion. In the lane. */
final class QueuedClaim implements ElectionSession.Queued, KeyCreation.Listener {
    private enum State {
        /** Nothing of the claim is in the store, nor on its way. */
        ABSENT,
        /** The key was sent: it may exist, or may still come to exist, until its creation has settled that. */
        CREATING,
        /** The key stands, as far as is known. */
        PRESENT,
        /** The lease that a key may stand on was given up, and may still be alive. */
        LEFT
    }

    private final Session session;
    private final ElectionQueue queue;
    final Claim claim;
    private final PendingCalls calls;
    private final Grants grants;
    private final KeyCreation creation;
    private State state = State.ABSENT;
    private @Nullable OwnKey own;
    private boolean standing;
    private boolean asked;

    QueuedClaim(Session session, ElectionQueue queue, Claim claim) {
        this.session = session;
        this.queue = queue;
        this.claim = claim;
        this.calls = new PendingCalls(claim);
        this.grants = new Grants(session, queue, this, calls);
        this.creation = new KeyCreation(session, queue, claim, calls, this);
    }

    /** Whether what stands at {@code other} is this candidate's, which the watch may tell before the write is answered. */
    boolean isAt(String other) {
        return own != null && other.equals(own.at);
    }

    @Override
    public void acquire(Pending<Answer> answer) {
        if (calls.acquire(answer)) {
            standing = true;
            asked = true;
            proceed();
        }
    }

    @Override
    public void renew(Pending<Answer> answer) {
        if (calls.renew(answer, state == State.PRESENT, queue.holder())) {
            proved();
        }
    }

    @Override
    public void withdraw(Pending<Void> answer) {
        calls.withdraw(answer);
        standing = false;
        proceed();
    }

    /** Takes the next step towards whatever is being waited for. */
    @Override
    public void proceed() {
        if (!standing && !calls.isWithdrawing()) {
            return;
        }
        switch (state) {
            case ABSENT -> {
                if (calls.isWithdrawing()) {
                    gone();
                } else if (!queue.mayEnter(this)) {
                    refuse();
                } else {
                    creation.begin();
                }
            }
            case CREATING -> creation.proceed();
            case PRESENT -> {
                Wire wire = session.wire();
                if (wire == null || own == null) {
                    fail(session.unavailable());
                } else {
                    proceedInLine(wire, own);
                }
            }
            case LEFT -> {
                if (session.wire() == null && own != null) {
                    fail(session.messages.leaseNotYetRevoked(own.lease.id));
                }
            }
        }
    }

    private void proceedInLine(Wire wire, OwnKey key) {
        if (calls.isWithdrawing() || key.isSpoiled()) {
            key.delete(wire, reply -> deleted(key, reply));
        } else if (key.isFirst() && queue.isLive()) {
            grants.acquire(key);
        } else if (!queue.isLive() || isFirstByLine(key)) {
            key.read(wire, queue.isLive(), reply -> read(key, reply));
        } else if (calls.isAcquiring() && asked) {
            // What is known of the line is as old as the last event that was not lost (rule 6.5).
            asked = false;
            queue.list();
        } else {
            refuse();
        }
    }

    private Chance chance(boolean willBeTold) {
        return willBeTold ? Chance.whenTold() : Chance.after(claim.timing().retryPeriod());
    }

    private boolean isFirstByLine(OwnKey key) {
        Entry leader = queue.line.first();
        return leader != null && key.is(leader);
    }

    private void refuse() {
        if (calls.isAcquiring()) {
            calls.refuse(queue.holder(), chance(queue.isLive()));
        }
    }

    // -- into the line ------------------------------------------------------------------------------------------------

    @Override
    public void creating(OwnKey key) {
        state = State.CREATING;
        own = key;
    }

    @Override
    public void created(OwnKey key, Entry entry, List<Entry> first) {
        entered(key, entry);
        noteFirst(key, first);
    }

    @Override
    public void found(OwnKey key, Entry entry) {
        entered(key, entry);
        proceed();
    }

    private void entered(OwnKey key, Entry entry) {
        state = State.PRESENT;
        own = key;
        key.stands(entry.created());
        if (!queue.line.entered(entry)) {
            lost("its key " + entry.key() + " was deleted");
        }
    }

    @Override
    public void absent() {
        state = State.ABSENT;
        own = null;
    }

    @Override
    public void failed(BackendException why) {
        boolean asked = calls.isAcquiring();
        fail(why);
        if (!asked && standing) {
            // Nobody waits for an answer, so this has to be heard, or it would not be tried again.
            session.observers.tell(claim.election(), watcher -> watcher.lost(claim, String.valueOf(why.getMessage())));
        }
    }

    /** What was to settle an unknown write has failed. */
    void unsettled() {
        creation.unsettled();
    }

    // -- in the line --------------------------------------------------------------------------------------------------

    /** The line was looked at, or has changed. */
    void moved() {
        OwnKey key = own;
        if (state != State.PRESENT || key == null) {
            if (state == State.ABSENT && calls.isAcquiring()) {
                proceed();
            }
            return;
        }
        Entry entry = queue.line.at(key.at);
        if (entry == null || !key.is(entry)) {
            lost("its key " + key.at + " was deleted");
        } else if (entry.lease() != key.lease.id) {
            spoiled(key);
        } else if (calls.isWithdrawing() || calls.isAcquiring() || (!key.isFirst() && isFirstByLine(key))) {
            proceed();
        }
    }

    /** Somebody has written to our key, so it does not go with our lease any more, and nothing is proved by that. */
    private void spoiled(OwnKey key) {
        if (!key.isSpoiled()) {
            key.spoil();
            tellLost("its key " + key.at + " was overwritten");
        }
    }

    private void read(OwnKey key, Reply<Transaction.Result> reply) {
        if (state != State.PRESENT || own != key) {
            return;
        }
        if (reply instanceof Reply.Done<Transaction.Result> done) {
            List<Entry> found = done.value().found().get(0);
            if (done.value().succeeded()) {
                noteFirst(key, found);
            } else if (found.isEmpty() || !key.is(found.get(0))) {
                lost("its key " + key.at + " was deleted");
            } else {
                session.lease.suspect();
            }
        } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            fail(session.messages.failed(failed.why(), queue.prefix));
        }
    }

    private void noteFirst(OwnKey key, List<Entry> found) {
        if (state != State.PRESENT || found.isEmpty()) {
            return;
        }
        Entry leader = found.get(0);
        if (!key.is(leader)) {
            queue.look();
            if (queue.line.isNested(leader.key())) {
                // The line may not have been listed yet.
                failed(session.messages.nested(queue.election, leader.key()));
            } else {
                answerBehind(leader);
            }
        } else if (leader.lease() != key.lease.id) {
            spoiled(key);
        } else if (calls.isWithdrawing()) {
            proceed();
        } else {
            turn(key);
        }
    }

    private void answerBehind(Entry leader) {
        if (calls.isWithdrawing()) {
            proceed();
        } else if (calls.isAcquiring()) {
            // The line may not have heard of the leader that was read, and it tells when its turn is over.
            Entry told = queue.line.at(leader.key());
            // Nor need it be there still: another claim of the same session may have its key by now.
            boolean willTell = queue.isLive() && told != null && told.created() == leader.created();
            calls.refuse(queue.shown(leader), chance(willTell));
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

    /** The lease was proved. */
    void proved() {
        OwnKey key = own;
        if (state != State.PRESENT || key == null) {
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
            // Nobody may tell when the key is gone while the lease lives: by a hand other than ours.
            key.seek(session.listing, reply -> sought(key, reply));
        }
    }

    private void sought(OwnKey key, Reply<Listing.Listed> reply) {
        if (state != State.PRESENT || own != key) {
            return;
        }
        if (reply instanceof Reply.Done<Listing.Listed> done) {
            List<Entry> found = done.value().entries();
            if (found.isEmpty() || !key.is(found.get(0))) {
                lost("its key " + key.at + " was deleted");
            } else if (found.get(0).lease() != key.lease.id) {
                spoiled(key);
            } else {
                grants.renew(key);
            }
        } else if (reply instanceof Reply.Failed<Listing.Listed> failed) {
            calls.failRenewal(session.messages.failed(failed.why(), key.at));
        }
    }

    /** What was to prove the lease was refused. */
    void unproven(BackendException why) {
        calls.unproven(why);
    }

    // -- out of the line ----------------------------------------------------------------------------------------------

    private void deleted(OwnKey key, Reply<Transaction.Result> reply) {
        if (state != State.PRESENT || own != key) {
            return;
        }
        if (reply instanceof Reply.Done<Transaction.Result>) {
            removed();
        } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            fail(session.messages.failed(failed.why(), queue.prefix));
        }
    }

    private void removed() {
        forget();
        if (calls.isWithdrawing()) {
            gone();
        } else {
            proceed();
        }
    }

    private void forget() {
        if (own != null) {
            grants.ended(own);
        }
        absent();
    }

    void connected() {
        if (calls.isRenewing()) {
            session.awaitProof(this);
        }
        proceed();
    }

    void disconnected() {
        if (own != null) {
            own.disconnected();
        }
        fail(session.unavailable());
    }

    /** The lease is over for us, and may still be alive at etcd. */
    void leaseEnded(Lease ended, String why) {
        if (own != null && own.lease == ended && state != State.LEFT) {
            boolean stood = state == State.PRESENT;
            state = State.LEFT;
            creation.abandon();
            if (stood) {
                tellLost("its lease " + ended.text() + " " + why);
            }
        }
    }

    /** A lease is gone for certain, with its keys. */
    void leaseGone(long gone) {
        if (state == State.LEFT && own != null && own.lease.id == gone) {
            removed();
        }
    }

    private void lost(String how) {
        boolean stood = own != null;
        forget();
        if (calls.isWithdrawing()) {
            gone();
            return;
        }
        tellLost(how);
        if (calls.isOver() && stood) {
            queue.leave(this);
        }
    }

    private void tellLost(String how) {
        if (own != null) {
            own.first(false);
        }
        calls.lost();
        standing &= !calls.isOver();
        session.observers.tell(claim.election(), watcher -> watcher.lost(claim, how));
    }

    /** The key that all candidates of this session share is free. */
    void mayEnterNow() {
        if (standing && state == State.ABSENT) {
            proceed();
        }
    }

    private void gone() {
        forget();
        standing = false;
        queue.remove(this);
        calls.gone();
    }

    /** Whatever is being waited for will not come. */
    void fail(BackendException why) {
        calls.fail(why);
    }
}
