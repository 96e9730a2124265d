package dev.baton.etcd;

import dev.baton.etcd.internal.Entry;
import dev.baton.internal.session.AwaitingProof;
import dev.baton.internal.session.ElectionSession;
import dev.baton.internal.session.Grants;
import dev.baton.internal.session.Pending;
import dev.baton.internal.session.PendingCalls;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One claim and its key in line, from the first write to the confirmed deletion. In the lane. */
final class QueuedClaim
        implements ElectionSession.Queued, AwaitingProof.Waiting, KeyCreation.Listener, InLine.Listener {
    private enum State {
        /** The store has nothing of the claim, and no write of it is under way. */
        ABSENT,
        /**
         * The write of the key was sent: the key may exist, or may still come to exist, until the creation has settled
         * that.
         */
        CREATING,
        /** The key exists, as far as is known. */
        PRESENT,
        /** The lease of a key that may exist was given up, and may still be alive. */
        LEFT
    }

    private final Session session;
    private final ElectionQueue queue;
    final Claim claim;
    private final PendingCalls calls;
    private final Grants<OwnKey> grants;
    private final KeyCreation creation;
    private final InLine inLine;
    private State state = State.ABSENT;
    private @Nullable OwnKey own;
    private boolean standing;

    QueuedClaim(Session session, ElectionQueue queue, Claim claim) {
        this.session = session;
        this.queue = queue;
        this.claim = claim;
        this.calls = new PendingCalls(claim);
        this.grants =
                new Grants<>(claim, calls, session, session.awaitingProof, this, new KeyTerms(session, queue.election));
        this.creation = new KeyCreation(session, queue, claim, calls, this);
        this.inLine = new InLine(session, queue, claim, calls, grants, this);
    }

    /** Whether {@code other} is the key of this claim. The watch may report the key before the write is answered. */
    boolean isAt(String other) {
        return own != null && other.equals(own.at);
    }

    @Override
    public void acquire(Pending<Answer> answer) {
        if (calls.acquire(answer)) {
            standing = true;
            inLine.asked();
            proceed();
        }
    }

    @Override
    public void renew(Pending<Answer> answer) {
        if (calls.renew(answer, state == State.PRESENT, queue.holder())) {
            inLine.proved();
        }
    }

    @Override
    public void withdraw(Pending<Void> answer) {
        calls.withdraw(answer);
        standing = false;
        proceed();
    }

    /** Takes the next step towards the answer that a call waits for. */
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
            case PRESENT -> inLine.proceed();
            case LEFT -> {
                if (session.wire() == null && own != null) {
                    fail(session.messages.leaseNotYetRevoked(own.lease.id));
                }
            }
        }
    }

    private void refuse() {
        if (calls.isAcquiring()) {
            Chance next = queue.isLive()
                    ? Chance.whenTold()
                    : Chance.after(claim.timing().retryPeriod());
            calls.refuse(queue.holder(), next);
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
        inLine.first(first);
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
        inLine.enter(key);
        if (!queue.line.entered(entry)) {
            lost("its key " + entry.key() + " was deleted");
        }
    }

    @Override
    public void absent() {
        state = State.ABSENT;
        own = null;
        inLine.leave();
    }

    @Override
    public void failed(BackendException why) {
        boolean asked = calls.isAcquiring();
        fail(why);
        if (!asked && standing) {
            // No call waits for an answer. Without this event the election would not try again.
            session.observers.tell(claim.election(), watcher -> watcher.lost(claim, String.valueOf(why.getMessage())));
        }
    }

    /** A request that was to void an unknown write has failed. */
    void unsettled() {
        creation.unsettled();
    }

    // -- in the line --------------------------------------------------------------------------------------------------

    /** The line was listed, or has changed. */
    void moved() {
        if (state == State.ABSENT && calls.isAcquiring()) {
            proceed();
        } else {
            inLine.moved();
        }
    }

    @Override
    public void proved() {
        inLine.proved();
    }

    @Override
    public void unproven(BackendException why) {
        calls.unproven(why);
    }

    // -- out of the line ----------------------------------------------------------------------------------------------

    @Override
    public void removed() {
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
            session.awaitingProof.add(this);
        }
        proceed();
    }

    void disconnected() {
        if (own != null) {
            own.disconnected();
        }
        fail(session.unavailable());
    }

    /** The session has given the lease up, which may still be alive at etcd. */
    void leaseEnded(Lease ended, String why) {
        if (own != null && own.lease == ended && state != State.LEFT) {
            boolean stood = state == State.PRESENT;
            state = State.LEFT;
            creation.abandon();
            inLine.leave();
            if (stood) {
                tellLost("its lease " + ended.text() + " " + why);
            }
        }
    }

    /** etcd has confirmed that a lease is gone, with its keys. */
    void leaseGone(long gone) {
        if (state == State.LEFT && own != null && own.lease.id == gone) {
            removed();
        }
    }

    @Override
    public void lost(String how) {
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

    @Override
    public void spoiled(String how) {
        tellLost(how);
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

    /** No answer will come to the calls that wait. */
    void fail(BackendException why) {
        calls.fail(why);
    }
}
