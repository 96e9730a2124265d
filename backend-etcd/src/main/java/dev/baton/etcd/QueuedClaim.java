package dev.baton.etcd;

import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Line;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.etcd.internal.Transaction.Guard;
import dev.baton.internal.session.ElectionSession;
import dev.baton.internal.session.Pending;
import dev.baton.internal.session.PendingCalls;
import dev.baton.internal.session.Proof;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One claim and its key in line, from the first write to the confirmed deletion. In the lane. */
final class QueuedClaim implements ElectionSession.Queued {
    private enum State {
        /** Nothing of the claim is in the store, nor on its way. */
        ABSENT,
        /** The key was sent and has not been answered. */
        ENTERING,
        /** The key may have been written, or may still be: a read tells, after another ticket if it may still be. */
        UNSURE,
        /** The key stands, as far as is known. */
        PRESENT,
        /** The lease that a key may stand on was given up, and may still be alive. */
        LEFT
    }

    private final Session session;
    private final ElectionQueue queue;
    final Claim claim;
    private final PendingCalls calls;
    private State state = State.ABSENT;
    private @Nullable Lease lease;
    private @Nullable String key;
    private long created;
    private boolean standing;
    private boolean first;
    private boolean spoiled;
    private boolean landing;
    private boolean settling;
    private boolean deleting;
    private boolean reading;
    private boolean looking;
    private boolean asked;

    QueuedClaim(Session session, ElectionQueue queue, Claim claim) {
        this.session = session;
        this.queue = queue;
        this.claim = claim;
        this.calls = new PendingCalls(claim);
    }

    /** Whether what stands at {@code other} is this candidate's, which the watch may tell before the write is answered. */
    boolean isAt(String other) {
        return state != State.ABSENT && other.equals(key);
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
    private void proceed() {
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
                    enter();
                }
            }
            case UNSURE, PRESENT -> {
                Wire wire = session.wire();
                if (wire == null || lease == null || key == null) {
                    fail(session.unavailable());
                } else if (state == State.UNSURE) {
                    settle(wire, lease, key);
                } else {
                    proceedInLine(wire, lease, key);
                }
            }
            case LEFT -> {
                if (session.wire() == null && lease != null) {
                    fail(session.messages.leaseNotYetRevoked(lease.id));
                }
            }
            case ENTERING -> {
                // The answer leads on.
            }
        }
    }

    private void proceedInLine(Wire wire, Lease on, String at) {
        if (calls.isWithdrawing() || spoiled) {
            delete(wire, at);
        } else if (first && queue.isLive()) {
            grant();
        } else if (!queue.isLive() || isFirstByLine(at)) {
            read(wire, on, at);
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

    private boolean isFirstByLine(String at) {
        Entry leader = queue.line.first();
        return leader != null && leader.key().equals(at) && leader.created() == created;
    }

    private void refuse() {
        if (calls.isAcquiring()) {
            calls.refuse(queue.holder(), chance(queue.isLive()));
        }
    }

    // -- into the line ------------------------------------------------------------------------------------------------

    private void enter() {
        BackendException unsuitable = session.unsuitable();
        String nested = queue.line.nested();
        if (unsuitable != null) {
            notEntered(unsuitable);
            return;
        }
        if (nested != null) {
            notEntered(session.messages.nested(queue.election, nested));
            return;
        }
        Lease on = session.lease.get();
        Wire wire = session.wire();
        if (wire == null || on == null) {
            // With a connection, a lease is on its way.
            if (wire == null && !session.mayStillConnect()) {
                fail(session.unavailable());
            }
            return;
        }
        enter(wire, on);
    }

    private void enter(Wire wire, Lease on) {
        String at = Line.key(queue.prefix, on.id);
        state = State.ENTERING;
        lease = on;
        key = at;
        first = false;
        queue.line.expect(at);
        long ticket = on.ticket();
        List<Guard> guards = List.of(
                Guard.absent(at), Guard.created(on.sentinel, on.sentinelCreated), Guard.modified(on.sentinel, ticket));
        Transaction transaction = new Transaction(
                guards,
                List.of(new Transaction.Put(at, claim.identity(), on.id), new Transaction.First(queue.prefix)),
                List.of(new Transaction.Get(at), new Transaction.Get(on.sentinel)));
        wire.transact(transaction, reply -> {
            if (state == State.ENTERING && lease == on) {
                written(on, at, ticket, reply);
            }
        });
    }

    private void written(Lease on, String at, long ticket, Reply<Transaction.Result> reply) {
        if (reply instanceof Reply.Done<Transaction.Result> done) {
            Transaction.Result result = done.value();
            if (result.succeeded()) {
                long revision = result.revision();
                entered(new Entry(at, claim.identity(), revision, revision, on.id));
                noteFirst(on, at, result.found().get(0));
            } else {
                state = State.ABSENT;
                notWritten(on, ticket, result.found().get(0), result.found().get(1));
            }
        } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            Failure why = failed.why();
            landing = why.means() == Failure.Meaning.UNKNOWN;
            state = why.means() == Failure.Meaning.GONE ? State.ABSENT : State.UNSURE;
            if (state == State.ABSENT) {
                session.lease.suspect();
            } else {
                notEntered(session.messages.failed(why, queue.prefix));
            }
        }
    }

    private void notEntered(BackendException why) {
        boolean asked = calls.isAcquiring();
        fail(why);
        if (!asked && standing) {
            // Nobody waits for an answer, so this has to be heard, or it would not be tried again.
            session.observers.tell(claim.election(), watcher -> watcher.lost(claim, String.valueOf(why.getMessage())));
        }
    }

    /** One of the guards did not hold, so for certain nothing was written. */
    private void notWritten(Lease on, long ticket, List<Entry> own, List<Entry> sentinel) {
        if (sentinel.isEmpty() || sentinel.get(0).created() != on.sentinelCreated) {
            // With the next lease.
            session.lease.suspect();
        } else if (sentinel.get(0).modified() < ticket) {
            session.lease.wentBack(on);
        } else if (sentinel.get(0).modified() > ticket) {
            // Written since we asked, of which we may have heard meanwhile.
            on.written(sentinel.get(0).modified());
            proceed();
        } else if (!own.isEmpty()
                && own.get(0).lease() == on.id
                && own.get(0).value().equals(claim.identity())) {
            // Whatever repeated the request has made it meet its own copy.
            entered(own.get(0));
            proceed();
        } else if (!own.isEmpty()) {
            notEntered(session.messages.taken(own.get(0).key()));
        }
    }

    private void entered(Entry entry) {
        state = State.PRESENT;
        created = entry.created();
        if (!queue.line.entered(entry)) {
            lost("its key " + entry.key() + " was deleted");
        }
    }

    /**
     * Finds out whether a write has been carried out whose answer was lost, or did not say. Where it may still be on its
     * way, not finding the key would prove nothing, but for the ticket: once that has changed, the write cannot land any
     * more.
     */
    private void settle(Wire wire, Lease on, String at) {
        if (settling) {
            return;
        }
        settling = true;
        Runnable look = () -> look(wire, on, at);
        if (landing) {
            session.lease.afterNewTicket(look);
        } else {
            look.run();
        }
    }

    private void look(Wire wire, Lease on, String at) {
        List<Transaction.Op> read = List.of(new Transaction.Get(at));
        wire.transactSooner(new Transaction(List.of(), read, read), reply -> {
            settling = false;
            if (state != State.UNSURE || lease != on) {
                return;
            }
            if (reply instanceof Reply.Done<Transaction.Result> done) {
                settled(on, done.value().found().get(0));
            } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
                fail(session.messages.failed(failed.why(), queue.prefix));
            }
        });
    }

    private void settled(Lease on, List<Entry> found) {
        Entry own = found.isEmpty() ? null : found.get(0);
        if (own != null && own.lease() == on.id) {
            entered(own);
        } else {
            state = State.ABSENT;
        }
        proceed();
    }

    /** What was to settle an unknown write has failed. */
    void unsettled() {
        settling = false;
    }

    // -- in the line --------------------------------------------------------------------------------------------------

    /** The line was looked at, or has changed. */
    void moved() {
        if (state != State.PRESENT || key == null) {
            if (state == State.ABSENT && calls.isAcquiring()) {
                proceed();
            }
            return;
        }
        Entry own = queue.line.at(key);
        if (own == null || own.created() != created) {
            lost("its key " + key + " was deleted");
        } else if (lease != null && own.lease() != lease.id) {
            spoiled(key);
        } else if (calls.isWithdrawing() || calls.isAcquiring() || (!first && isFirstByLine(key))) {
            proceed();
        }
    }

    /** Somebody has written to our key, so it does not go with our lease any more, and nothing is proved by that. */
    private void spoiled(String at) {
        if (!spoiled) {
            spoiled = true;
            tellLost("its key " + at + " was overwritten");
        }
    }

    /**
     * Reads whether this claim is first, and its own key. What the watch has told may be old, and a term never begins on
     * it; what is first in any state of the store stays first for as long as its key exists, since those that come later
     * stand behind. So the member that told of the line may answer by itself: whether the key still exists, the proof of
     * the lease answers, and the watch.
     */
    private void read(Wire wire, Lease on, String at) {
        if (reading) {
            return;
        }
        reading = true;
        long sought = created;
        Transaction transaction = new Transaction(
                List.of(Guard.created(at, created), Guard.created(on.sentinel, on.sentinelCreated)),
                List.of(new Transaction.First(queue.prefix)),
                List.of(new Transaction.Get(at)),
                queue.isLive());
        wire.transactSooner(transaction, reply -> {
            // An answer that comes after the key was deleted and written again is about the former.
            if (state == State.PRESENT && lease == on && created == sought) {
                reading = false;
                read(on, at, reply);
            }
        });
    }

    private void read(Lease on, String at, Reply<Transaction.Result> reply) {
        if (reply instanceof Reply.Done<Transaction.Result> done) {
            List<Entry> found = done.value().found().get(0);
            if (done.value().succeeded()) {
                noteFirst(on, at, found);
            } else if (found.isEmpty() || found.get(0).created() != created) {
                lost("its key " + at + " was deleted");
            } else {
                session.lease.suspect();
            }
        } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            fail(session.messages.failed(failed.why(), queue.prefix));
        }
    }

    private void noteFirst(Lease on, String at, List<Entry> found) {
        if (state != State.PRESENT || found.isEmpty()) {
            return;
        }
        Entry leader = found.get(0);
        if (leader.created() != created || !leader.key().equals(at)) {
            queue.look();
            if (queue.line.isNested(leader.key())) {
                // The line may not have been listed yet.
                notEntered(session.messages.nested(queue.election, leader.key()));
            } else {
                answerBehind(leader);
            }
        } else if (leader.lease() != on.id) {
            spoiled(at);
        } else if (calls.isWithdrawing()) {
            proceed();
        } else {
            turn();
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

    private void turn() {
        first = true;
        if (calls.isAcquiring()) {
            grant();
        } else {
            Answer.@Nullable Granted answer = unasked();
            session.observers.tell(claim.election(), watcher -> watcher.yourTurn(claim, answer));
        }
    }

    /** The lease was proved. */
    void proved() {
        if (calls.isAcquiring() && state == State.PRESENT && first) {
            grant();
        }
        if (!calls.isRenewing() || state != State.PRESENT || key == null) {
            return;
        }
        if (queue.isLive() && session.isWatchFresh()) {
            renewed();
        } else {
            look(key);
        }
    }

    /** Nobody may tell when the key is gone while the lease lives: by a hand other than ours. So it is looked for. */
    private void look(String at) {
        if (looking) {
            return;
        }
        looking = true;
        long sought = created;
        session.listing.ask(new Transaction.Get(at), reply -> {
            if (looking && state == State.PRESENT && created == sought && lease != null) {
                looking = false;
                looked(lease, at, reply);
            }
        });
    }

    private void looked(Lease on, String at, Reply<Listing.Listed> reply) {
        if (reply instanceof Reply.Done<Listing.Listed> done) {
            List<Entry> found = done.value().entries();
            if (found.isEmpty() || found.get(0).created() != created) {
                lost("its key " + at + " was deleted");
            } else if (found.get(0).lease() != on.id) {
                spoiled(at);
            } else {
                renewed();
            }
        } else if (reply instanceof Reply.Failed<Listing.Listed> failed) {
            calls.failRenewal(session.messages.failed(failed.why(), at));
        }
    }

    private void renewed() {
        if (!calls.isRenewing()) {
            return;
        }
        Proof proof = session.proof(claim.timing());
        if (proof != null && calls.isNew(proof)) {
            calls.renewed(grantOn(proof));
        } else {
            session.awaitProof(this);
        }
    }

    /** What was to prove the lease was refused. */
    void unproven(BackendException why) {
        calls.unproven(why);
    }

    private void grant() {
        Proof proof = session.proof(claim.timing());
        BackendException unsuitable = session.unsuitable();
        if (unsuitable != null) {
            fail(unsuitable);
        } else if (proof == null) {
            session.awaitProof(this);
        } else if (calls.isAcquiring()) {
            calls.acquired(grantOn(proof));
        }
    }

    /** What an acquire would be answered now, or null when that takes another renewal, or cannot be. */
    private Answer.@Nullable Granted unasked() {
        Proof proof = session.proof(claim.timing());
        return proof == null || session.unsuitable() != null ? null : grantOn(proof);
    }

    private Answer.Granted grantOn(Proof proof) {
        FencingToken token = token();
        if (!calls.isGranted() && key != null) {
            session.fences.put(queue.election, token, key);
            session.times.begun(created, session.time.now().wall());
        }
        return calls.grantOn(proof, token);
    }

    private FencingToken token() {
        return new FencingToken(session.epoch(), created);
    }

    // -- out of the line ----------------------------------------------------------------------------------------------

    private void delete(Wire wire, String at) {
        if (deleting) {
            return;
        }
        deleting = true;
        long sought = created;
        // Created at that revision, it is ours beyond doubt.
        Transaction transaction = new Transaction(
                List.of(Guard.created(at, created)),
                List.of(new Transaction.Delete(at)),
                List.of(new Transaction.Get(at)));
        wire.transactSooner(transaction, reply -> {
            if (state != State.PRESENT || !at.equals(key) || created != sought) {
                return;
            }
            deleting = false;
            if (reply instanceof Reply.Done<Transaction.Result>) {
                absent();
            } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
                fail(session.messages.failed(failed.why(), queue.prefix));
            }
        });
    }

    private void absent() {
        forget();
        if (calls.isWithdrawing()) {
            gone();
        } else {
            proceed();
        }
    }

    private void forget() {
        if (calls.isGranted()) {
            session.fences.remove(queue.election, token());
            session.times.ended(created);
        }
        state = State.ABSENT;
        lease = null;
        key = null;
        first = false;
        spoiled = false;
        settling = false;
        reading = false;
        looking = false;
        deleting = false;
    }

    void connected() {
        if (calls.isRenewing()) {
            session.awaitProof(this);
        }
        proceed();
    }

    void disconnected() {
        settling = false;
        deleting = false;
        reading = false;
        looking = false;
        fail(session.unavailable());
    }

    /** The lease is over for us, and may still be alive at etcd. */
    void leaseEnded(Lease ended, String why) {
        if (lease == ended && state != State.ABSENT && state != State.LEFT) {
            boolean stood = state == State.PRESENT;
            state = State.LEFT;
            if (stood) {
                tellLost("its lease " + ended.text() + " " + why);
            }
        }
    }

    /** A lease is gone for certain, with its keys. */
    void leaseGone(long gone) {
        if (state == State.LEFT && lease != null && lease.id == gone) {
            absent();
        }
    }

    private void lost(String how) {
        String at = key;
        forget();
        if (calls.isWithdrawing()) {
            gone();
            return;
        }
        tellLost(how);
        if (calls.isOver() && at != null) {
            queue.leave(this);
        }
    }

    private void tellLost(String how) {
        first = false;
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
