package dev.baton.zookeeper;

import dev.baton.internal.session.AwaitingProof;
import dev.baton.internal.session.ElectionSession;
import dev.baton.internal.session.Grants;
import dev.baton.internal.session.Pending;
import dev.baton.internal.session.PendingCalls;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.Holder;
import dev.baton.zookeeper.internal.Line;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** One claim and its node in line, from the first create to the confirmed deletion. In the lane. */
final class QueuedClaim implements ElectionSession.Queued, AwaitingProof.Waiting, NodeCreation.Listener {
    private enum State {
        /** The store has nothing of the claim, and no create of it is under way. */
        ABSENT,
        /** A create was sent: the node may exist, or may still come to exist, until the creation has settled that. */
        CREATING,
        /** The node exists, as far as is known. */
        PRESENT,
        /** A read or an event shows no node. The node is deleted all the same before the claim takes another step. */
        LOST,
        /** The session that may own a node was given up, and may still be alive in the ensemble. */
        LEFT
    }

    private final Session session;
    private final ElectionQueue queue;
    final Claim claim;
    private final PendingCalls calls;
    private final NodeTerms terms;
    private final Grants<Long> grants;
    private final NodeCreation creation;
    private State state = State.ABSENT;
    private @Nullable Wire wire;
    private @Nullable String name;
    private long czxid;
    private Line.@Nullable Place place;
    private boolean first;
    private boolean deleting;

    QueuedClaim(Session session, ElectionQueue queue, Claim claim) {
        this.session = session;
        this.queue = queue;
        this.claim = claim;
        this.calls = new PendingCalls(claim);
        this.terms = new NodeTerms(session);
        this.grants = new Grants<>(claim, calls, session, session.awaitingProof, this, terms);
        this.creation = new NodeCreation(session, queue, claim, calls, this);
    }

    /** The name of the node while it exists. */
    @Nullable String node() {
        return state == State.PRESENT ? name : null;
    }

    /** The node that this claim watches to learn of its turn; null if the claim is first, or not in line. */
    @Nullable String predecessor() {
        return state == State.PRESENT && !first && place != null ? place.predecessor() : null;
    }

    boolean isFirst() {
        return state == State.PRESENT && first;
    }

    /** The claim's holder as the store shows it. */
    Holder holder() {
        return new Holder(claim.identity(), claim.nonce(), terms.token(czxid), null, null, -1);
    }

    @Override
    public void acquire(Pending<Answer> answer) {
        if (calls.acquire(answer)) {
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
        proceed();
    }

    /** Takes the next step towards the answer that a call waits for. */
    @Override
    public void proceed() {
        Wire current = session.wire();
        if (!calls.isAcquiring() && !calls.isWithdrawing()) {
            return;
        }
        if (state == State.LEFT && wire != null) {
            fail(session.messages.sessionNotYetEnded(wire.sessionId()));
        } else if (state == State.ABSENT && calls.isWithdrawing()) {
            gone();
        } else if (current == null) {
            if (!session.reachability.mayStillConnect() || calls.isWithdrawing()) {
                fail(session.reachability.unavailable());
            }
        } else {
            proceedOn(current);
        }
    }

    private void proceedOn(Wire current) {
        switch (state) {
            case ABSENT -> creation.begin(current);
            case CREATING -> creation.proceed(current);
            case PRESENT -> {
                if (calls.isWithdrawing()) {
                    delete(current);
                } else if (first) {
                    queue.whenSeen(String.valueOf(name), this::grant);
                } else {
                    queue.list();
                }
            }
            case LOST -> delete(current);
            case LEFT -> {
                // The claim goes on when the session's end is confirmed.
            }
        }
    }

    @Override
    public void creating(Wire on) {
        state = State.CREATING;
        wire = on;
    }

    @Override
    public void absent() {
        state = State.ABSENT;
    }

    @Override
    public void created(String path, Stat stat) {
        state = State.PRESENT;
        name = path.substring(path.lastIndexOf('/') + 1);
        czxid = stat.getCzxid();
        first = false;
        place = null;
        queue.need(name, () -> {});
        proceed();
    }

    private void delete(Wire on) {
        if (deleting) {
            return;
        }
        deleting = true;
        String path = queue.path + "/" + name;
        // The node is this claim's: its name has the claim's nonce, and it came with the answer to the claim's own
        // create, or its owner is this session.
        on.delete(path, reply -> {
            deleting = false;
            if (reply.isOk() || reply.code() == Code.NONODE) {
                removed();
            } else {
                fail(session.messages.failed(reply.code(), path));
            }
        });
    }

    private void removed() {
        if (calls.isWithdrawing()) {
            gone();
        } else {
            state = State.ABSENT;
            proceed();
        }
    }

    /** The line was listed. */
    void listed(Line line) {
        if (state != State.PRESENT || name == null) {
            return;
        }
        Line.Place found = line.placeOf(name);
        if (found == null) {
            lost("its node " + queue.path + "/" + name + " is gone");
            return;
        }
        queue.need(name, () -> {});
        if (first) {
            return;
        }
        place = found;
        if (found.isFirst()) {
            turn();
        } else {
            refuseWhenWatching(found);
        }
    }

    private void refuseWhenWatching(Line.Place found) {
        String before = found.predecessor();
        if (before == null) {
            return;
        }
        queue.need(
                before,
                () -> queue.withHolder(holder -> {
                    if (found.equals(place) && !first) {
                        calls.refuse(holder, Chance.whenTold());
                    }
                }));
    }

    /** A node of the election was deleted. */
    void deleted(String other) {
        if (state != State.PRESENT) {
            return;
        }
        if (other.equals(name)) {
            if (calls.isWithdrawing()) {
                gone();
            } else {
                lost("its node " + queue.path + "/" + name + " was deleted");
            }
        } else if (place != null && other.equals(place.predecessor())) {
            if (place.isSecond()) {
                // The claim was second, and later nodes stand behind it: no need to list again.
                turn();
            } else {
                queue.list();
            }
        }
    }

    private void turn() {
        if (name != null && Line.isOverflown(name)) {
            fail(session.messages.overflown(queue.path));
            return;
        }
        first = true;
        queue.leads(this);
        queue.whenSeen(String.valueOf(name), this::begin);
    }

    /** The claim is first, and its node is watched. */
    private void begin() {
        if (!isFirst()) {
            return;
        }
        if (calls.isAcquiring()) {
            grant();
        } else if (!calls.isWithdrawing()) {
            Answer.@Nullable Granted answer = grants.unasked(czxid);
            session.observers.tell(claim.election(), watcher -> watcher.yourTurn(claim, answer));
        }
    }

    @Override
    public void proved() {
        if (calls.isAcquiring() && isFirst()) {
            queue.whenSeen(String.valueOf(name), this::grant);
        }
        if (calls.isRenewing() && state == State.PRESENT) {
            // Another client can delete the node while the session lives; only a watch, or a read, shows that.
            queue.whenSeen(String.valueOf(name), this::renew);
        }
    }

    private void renew() {
        if (state == State.PRESENT) {
            grants.renew(czxid);
        }
    }

    /** The servers refused to read the node {@code other}. */
    void unseen(String other, BackendException why) {
        if (other.equals(node())) {
            calls.failRenewal(why);
        }
    }

    @Override
    public void unproven(BackendException why) {
        calls.unproven(why);
    }

    private void grant() {
        if (isFirst()) {
            grants.acquire(czxid);
        }
    }

    void connected() {
        proceed();
    }

    void disconnected() {
        creation.disconnected();
        fail(session.reachability.unavailable());
    }

    /** The session is over for this process; {@code confirmed} if the ensemble itself has said so. */
    void sessionEnded(Wire ended, boolean confirmed) {
        if (wire != ended || state == State.ABSENT) {
            return;
        }
        boolean told = state == State.LEFT || state == State.LOST;
        state = confirmed ? State.ABSENT : State.LEFT;
        creation.abandon();
        deleting = false;
        if (!told) {
            tellLost("its session 0x" + Long.toHexString(ended.sessionId())
                    + (confirmed ? " has ended" : " was given up"));
        }
        if (confirmed && calls.isWithdrawing()) {
            gone();
        }
    }

    private void lost(String how) {
        state = State.LOST;
        tellLost(how);
        proceed();
    }

    private void tellLost(String how) {
        grants.ended(czxid);
        first = false;
        calls.lost();
        session.observers.tell(claim.election(), watcher -> watcher.lost(claim, how));
    }

    private void gone() {
        grants.ended(czxid);
        state = State.ABSENT;
        queue.remove(this);
        calls.gone();
    }

    /** No answer will come to the calls that wait. */
    void fail(BackendException why) {
        calls.fail(why);
    }
}
