package dev.baton.etcd;

import dev.baton.internal.session.PendingCalls;
import dev.baton.internal.session.Proof;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.FencingToken;
import org.jspecify.annotations.Nullable;

/**
 * The grants of one claim, the first and its renewals. Each rests on a proof of the session's lease and carries the fencing
 * token of the claim's key. The first grant begins a term. In the lane.
 */
final class Grants {
    private final Session session;
    private final ElectionQueue queue;
    private final QueuedClaim queued;
    private final PendingCalls calls;

    Grants(Session session, ElectionQueue queue, QueuedClaim queued, PendingCalls calls) {
        this.session = session;
        this.queue = queue;
        this.queued = queued;
        this.calls = calls;
    }

    /** Answers the acquire of the claim whose {@code key} is first in line, now or after the next proof. */
    void acquire(OwnKey key) {
        Proof proof = session.lease.proof(queued.claim.timing());
        BackendException unsuitable = session.unsuitable();
        if (unsuitable != null) {
            calls.fail(unsuitable);
        } else if (proof == null) {
            session.awaitingProof.add(queued);
        } else if (calls.isAcquiring()) {
            calls.acquired(on(proof, key));
        }
    }

    /** Answers the renewal of the claim whose {@code key} stands, now or after the next proof. */
    void renew(OwnKey key) {
        if (!calls.isRenewing()) {
            return;
        }
        Proof proof = session.lease.proof(queued.claim.timing());
        if (proof != null && calls.isNew(proof)) {
            calls.renewed(on(proof, key));
        } else {
            session.awaitingProof.add(queued);
        }
    }

    /** The grant for a turn that came without an acquire; null if it takes another proof, or the server is unsuitable. */
    Answer.@Nullable Granted unasked(OwnKey key) {
        Proof proof = session.lease.proof(queued.claim.timing());
        return proof == null || session.unsuitable() != null ? null : on(proof, key);
    }

    private Answer.Granted on(Proof proof, OwnKey key) {
        FencingToken token = token(key);
        if (!calls.isGranted()) {
            session.fences.put(queue.election, token, key.at);
            session.times.begun(key.created(), session.time.now().wall());
        }
        return calls.grantOn(proof, token);
    }

    /** The term that the claim began with {@code key} has ended, if it began one. */
    void ended(OwnKey key) {
        if (calls.isGranted()) {
            session.fences.remove(queue.election, token(key));
            session.times.ended(key.created());
        }
    }

    private FencingToken token(OwnKey key) {
        return new FencingToken(session.epoch(), key.created());
    }
}
