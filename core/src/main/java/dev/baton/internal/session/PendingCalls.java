package dev.baton.internal.session;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * The calls for one claim that wait for their answers, at most one of each kind (rule 1.2), and the newest proof of the
 * session with which one was granted. A claim that was granted and then lost is over: it is never granted again (rule 4.4).
 * Confined to the {@link InlineSerialExecutor}.
 */
public final class PendingCalls {
    private final Claim claim;
    private @Nullable Pending<Answer> acquire;
    private @Nullable Pending<Answer> renew;
    private @Nullable Pending<Void> withdraw;
    private @Nullable Moment provedAt;
    private boolean over;

    /** No call waits. */
    public PendingCalls(Claim claim) {
        this.claim = claim;
    }

    /** Whether an acquire waits. */
    public boolean isAcquiring() {
        return acquire != null && acquire.isOpen();
    }

    /** Whether a renewal waits. */
    public boolean isRenewing() {
        return renew != null && renew.isOpen();
    }

    /** Whether a withdrawal waits. */
    public boolean isWithdrawing() {
        return withdraw != null && withdraw.isOpen();
    }

    /** Whether the claim has been granted. */
    public boolean isGranted() {
        return provedAt != null;
    }

    /** Whether the claim was granted and then lost. */
    public boolean isOver() {
        return over;
    }

    /** Takes an acquire; answers whether it waits. An acquire for a claim that is over is refused. */
    public boolean acquire(Pending<Answer> answer) {
        acquire = answer;
        if (over) {
            refuse(null, Chance.now());
        }
        return !over;
    }

    /**
     * Takes a renewal; answers whether it waits. A renewal for a claim that does not lead any more is refused.
     *
     * @param stands whether the claim is in the store, as far as is known
     * @param holder the leader, as far as is known
     */
    public boolean renew(Pending<Answer> answer, boolean stands, @Nullable Holder holder) {
        if (over || !isGranted() || !stands) {
            answer.complete(new Answer.Refused(holder, Chance.now()));
            return false;
        }
        renew = answer;
        return true;
    }

    /** Takes a withdrawal, and fails an acquire that waits. */
    public void withdraw(Pending<Void> answer) {
        withdraw = answer;
        if (acquire != null) {
            acquire.fail(new BackendException("the claim " + claim + " was withdrawn"));
        }
    }

    /** Refuses the acquire. */
    public void refuse(@Nullable Holder holder, Chance chance) {
        if (acquire != null) {
            acquire.complete(new Answer.Refused(holder, chance));
        }
    }

    /** The grant on {@code proof}; no older proof grants anything again. */
    public Answer.Granted grantOn(Proof proof, FencingToken token) {
        provedAt = proof.aliveAt();
        return new Answer.Granted(proof.aliveAt(), proof.guaranteedFor(), token);
    }

    /** Grants the acquire. */
    public void acquired(Answer.Granted granted) {
        if (acquire != null) {
            acquire.complete(granted);
        }
    }

    /** Grants the renewal. */
    public void renewed(Answer.Granted granted) {
        if (renew != null) {
            renew.complete(granted);
        }
    }

    /** Whether {@code proof} is newer than the proof of every earlier grant. */
    public boolean isNew(Proof proof) {
        return provedAt == null || provedAt.isBefore(proof.aliveAt());
    }

    /** Fails the acquire and the withdrawal. The renewal waits on: the claim may be proved by its deadline. */
    public void fail(BackendException why) {
        if (acquire != null) {
            acquire.fail(why);
        }
        if (withdraw != null) {
            withdraw.fail(why);
        }
    }

    /** A request that would show the claim, or prove its session, was refused: fails the renewal. */
    public void failRenewal(BackendException why) {
        if (renew != null) {
            renew.fail(why);
        }
    }

    /** A request that would prove the session was refused: fails the acquire and the renewal. */
    public void unproven(BackendException why) {
        if (acquire != null) {
            acquire.fail(why);
        }
        failRenewal(why);
    }

    /** The claim is in the store no more: refuses the acquire and the renewal. */
    public void lost() {
        over = isGranted();
        refuse(null, Chance.now());
        refuseRenewal();
    }

    /** Nothing of the claim is in the store or on its way there: confirms the withdrawal. */
    public void gone() {
        if (withdraw != null) {
            withdraw.done();
        }
        refuseRenewal();
    }

    private void refuseRenewal() {
        if (renew != null) {
            renew.complete(new Answer.Refused(null, Chance.now()));
        }
    }
}
