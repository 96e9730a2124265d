package dev.baton.zookeeper;

import dev.baton.internal.session.PendingCalls;
import dev.baton.internal.session.Proof;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.FencingToken;
import org.jspecify.annotations.Nullable;

/**
 * The grants of one claim, the first and its renewals. Each rests on a proof of the session and carries the fencing token
 * of the claim's node. The first grant begins a term. In the lane.
 */
final class Grants {
    private final Session session;
    private final QueuedClaim queued;
    private final PendingCalls calls;

    Grants(Session session, QueuedClaim queued, PendingCalls calls) {
        this.session = session;
        this.queued = queued;
        this.calls = calls;
    }

    /** Answers the acquire of the claim whose node is first in line, now or after the next proof. */
    void acquire(long czxid) {
        Proof proof = session.proof(queued.claim.timing());
        BackendException unsuitable = session.unsuitable();
        if (unsuitable != null) {
            calls.fail(unsuitable);
        } else if (proof == null) {
            session.awaitingProof.add(queued);
        } else if (calls.isAcquiring()) {
            calls.acquired(on(proof, czxid));
        }
    }

    /** Answers the renewal of the claim whose node stands, now or after the next proof. */
    void renew(long czxid) {
        if (!calls.isRenewing()) {
            return;
        }
        Proof proof = session.proof(queued.claim.timing());
        if (proof != null && calls.isNew(proof)) {
            calls.renewed(on(proof, czxid));
        } else {
            session.awaitingProof.add(queued);
        }
    }

    /** The grant for a turn that came without an acquire; null if it takes another proof, or the server is unsuitable. */
    Answer.@Nullable Granted unasked(long czxid) {
        Proof proof = session.proof(queued.claim.timing());
        return proof == null || session.unsuitable() != null ? null : on(proof, czxid);
    }

    private Answer.Granted on(Proof proof, long czxid) {
        if (!calls.isGranted()) {
            session.termBegun(czxid);
        }
        return calls.grantOn(proof, token(czxid));
    }

    /** The term that the claim began with the node has ended, if it began one. */
    void ended(long czxid) {
        session.termEnded(czxid);
    }

    /** The fencing token of the node that was created at {@code czxid}. */
    FencingToken token(long czxid) {
        return new FencingToken(session.epoch(), czxid);
    }
}
