package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * A claim is owed: it may still stand in the store, and the store is asked until it confirms that it does not.
 *
 * @param claim what is owed
 * @param pending a call of this claim still in flight, of whatever kind, or 0; only then may another be made
 * @param asking whether {@code pending} is the withdrawal itself
 * @param lapse while work of the term still runs, the claim is left standing until this moment
 * @param askAt when to ask next
 * @param contendAt when the candidate contends again once this is settled
 */
record Withdrawing(
        Candidate candidate, Claim claim, long pending, boolean asking, Moment lapse, Moment askAt, Moment contendAt)
        implements State {

    /** Nothing of a term stands in the way. */
    static Withdrawing now(Candidate candidate, Claim claim, long pending, Moment now, Moment contendAt) {
        return new Withdrawing(candidate, claim, pending, false, now, now, contendAt);
    }

    /** Work may still run. */
    static Withdrawing afterLoss(Candidate candidate, Tenure tenure, Moment now) {
        return new Withdrawing(
                candidate, tenure.term().claim(), tenure.call(), false, tenure.lapse(candidate), now, now);
    }

    @Override
    public State with(Candidate next) {
        return new Withdrawing(next, claim, pending, asking, lapse, askAt, contendAt);
    }

    private Withdrawing idle(Candidate next, Moment ask) {
        return new Withdrawing(next, claim, 0, false, lapse, ask, contendAt);
    }

    @Override
    public @Nullable Moment wake() {
        if (pending != 0) {
            return null;
        }
        return candidate.work() != null && askAt.isBefore(lapse) ? lapse : askAt;
    }

    @Override
    public State tick(Moment now, Out out) {
        Moment wake = wake();
        if (wake == null || now.isBefore(wake)) {
            return this;
        }
        Candidate counted = candidate.nextCall();
        out.add(new Effect.Withdraw(counted.calls(), claim, counted.callDeadline(now)));
        return new Withdrawing(counted, claim, counted.calls(), true, lapse, askAt, contendAt);
    }

    /** A late answer to an acquire or a renewal: whatever it says, the claim is not wanted any more. */
    @Override
    public State answered(long call, Answer answer, Moment now, Out out) {
        return call == pending ? idle(candidate.reached(now, out), now).tick(now, out) : this;
    }

    @Override
    public State failed(long call, String why, Moment now, Out out) {
        if (call != pending) {
            return this;
        }
        if (!asking) {
            return idle(candidate, now).tick(now, out);
        }
        if (candidate.trouble() == null) {
            out.tell(candidate, now, Type.CLAIM_OWED, why);
        }
        Candidate next = candidate.failed(why, now, out);
        return idle(next, next.tryAfterFailure(now, out));
    }

    /** No sign that the store answers: a backend confirms what it never wrote by itself. */
    @Override
    public State confirmed(long call, Moment now, Out out) {
        if (call != pending || !asking) {
            return this;
        }
        Candidate next = candidate.edit().failures(0).done();
        out.tell(next, now, Type.CLAIM_WITHDRAWN, claim.nonce());
        return StandingBy.fresh(next, contendAt).intended(now, out);
    }

    @Override
    public State watching(boolean live, Moment now, Out out) {
        State next = State.super.watching(live, now, out);
        return live && pending == 0 && next instanceof Withdrawing owed
                ? new Withdrawing(owed.candidate, claim, 0, false, lapse, now, contendAt).tick(now, out)
                : next;
    }

    @Override
    public State workMoved(@Nullable String failure, Moment now, Out out) {
        return tick(now, out);
    }
}
