package dev.baton.internal.session;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import org.jspecify.annotations.Nullable;

/**
 * The grants of one claim, the first and its renewals. Each rests on a proof of the session and carries the fencing token of
 * what the claim has in the store. The first grant begins a term. Confined to the {@link InlineSerialExecutor}.
 *
 * @param <K> what a claim has in the store: a key, a node
 */
public final class Grants<K> {
    private final Claim claim;
    private final PendingCalls calls;
    private final Provable session;
    private final AwaitingProof awaiting;
    private final AwaitingProof.Waiting waiting;
    private final Terms<K> terms;

    /** A session whose life is proved from time to time. */
    public interface Provable {
        /** The newest proof, or null while none would be of use with {@code timing}. */
        @Nullable Proof proof(ElectionTiming timing);

        /** Why no candidate may lead on this session, or null. */
        @Nullable BackendException unsuitable();
    }

    /** The terms that claims of one session begin. */
    public interface Terms<K> {
        /** The fencing token of {@code key}. */
        FencingToken token(K key);

        /** The term of {@code key} was granted. */
        void begun(K key);

        /** It has ended. */
        void ended(K key);
    }

    /**
     * @param awaiting the claims of the session that await a proof
     * @param waiting this claim, as one of them
     */
    public Grants(
            Claim claim,
            PendingCalls calls,
            Provable session,
            AwaitingProof awaiting,
            AwaitingProof.Waiting waiting,
            Terms<K> terms) {
        this.claim = claim;
        this.calls = calls;
        this.session = session;
        this.awaiting = awaiting;
        this.waiting = waiting;
        this.terms = terms;
    }

    /** Answers the acquire of the claim, which is first in line, now or after the next proof. */
    public void acquire(K key) {
        Proof proof = session.proof(claim.timing());
        BackendException unsuitable = session.unsuitable();
        if (unsuitable != null) {
            calls.fail(unsuitable);
        } else if (proof == null) {
            awaiting.add(waiting);
        } else if (calls.isAcquiring()) {
            calls.acquired(on(proof, key));
        }
    }

    /** Answers the renewal of the claim, which stands in the store, now or after the next proof. */
    public void renew(K key) {
        if (!calls.isRenewing()) {
            return;
        }
        Proof proof = session.proof(claim.timing());
        if (proof != null && calls.isNew(proof)) {
            calls.renewed(on(proof, key));
        } else {
            awaiting.add(waiting);
        }
    }

    /** The grant for a turn that came without an acquire; null if it takes another proof, or the server is unsuitable. */
    public Answer.@Nullable Granted unasked(K key) {
        Proof proof = session.proof(claim.timing());
        return proof == null || session.unsuitable() != null ? null : on(proof, key);
    }

    private Answer.Granted on(Proof proof, K key) {
        if (!calls.isGranted()) {
            terms.begun(key);
        }
        return calls.grantOn(proof, terms.token(key));
    }

    /** What the claim had in the store is gone or given up, and with it its term, if it began one. */
    public void ended(K key) {
        if (calls.isGranted()) {
            terms.ended(key);
        }
    }
}
