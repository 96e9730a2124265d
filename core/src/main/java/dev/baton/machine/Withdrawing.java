package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * A claim is owed: it may still stand in the store, and the candidate withdraws it until the store confirms that it is
 * gone.
 *
 * @param claim the claim that is owed
 * @param pending a call of this claim still in flight, of whatever kind, or 0; only then may another be made
 * @param asking whether {@code pending} is the withdrawal itself
 * @param lapse while work of the term still runs, the claim is left standing until this moment
 * @param askAt when to ask next
 * @param contendAt when the candidate contends again once this is settled
 */
record Withdrawing(
        Knowledge knowledge, Claim claim, long pending, boolean asking, Moment lapse, Moment askAt, Moment contendAt)
        implements State {

    /** No work of a term delays the withdrawal. */
    static Withdrawing now(Knowledge knowledge, Claim claim, long pending, Moment now, Moment contendAt) {
        return new Withdrawing(knowledge, claim, pending, false, now, now, contendAt);
    }

    /** Work may still run. */
    static Withdrawing afterLoss(Knowledge knowledge, Tenure tenure, Moment now) {
        return new Withdrawing(
                knowledge, tenure.term().claim(), tenure.call(), false, tenure.lapse(knowledge), now, now);
    }

    @Override
    public String name() {
        return "withdrawing";
    }

    @Override
    public State with(Knowledge next) {
        return new Withdrawing(next, claim, pending, asking, lapse, askAt, contendAt);
    }

    private Withdrawing idle(Knowledge next, Moment ask) {
        return new Withdrawing(next, claim, 0, false, lapse, ask, contendAt);
    }

    @Override
    public @Nullable Moment wake() {
        if (pending != 0) {
            return null;
        }
        return knowledge.work() != null && askAt.isBefore(lapse) ? lapse : askAt;
    }

    @Override
    public State tick(Moment now, Effects effects) {
        Moment wake = wake();
        if (wake == null || now.isBefore(wake)) {
            return this;
        }
        Knowledge counted = knowledge.nextCall();
        effects.add(new Effect.Withdraw(counted.call(), claim, counted.callDeadline(now)));
        return new Withdrawing(counted, claim, counted.call(), true, lapse, askAt, contendAt);
    }

    /** A late answer to an acquire or a renewal: the claim is withdrawn whatever the answer is. */
    @Override
    public State answered(long call, Answer answer, Moment now, Effects effects) {
        return call == pending ? idle(knowledge.reached(now, effects), now).tick(now, effects) : this;
    }

    @Override
    public State failed(long call, String why, Moment now, Effects effects) {
        if (call != pending) {
            return this;
        }
        if (!asking) {
            return idle(knowledge, now).tick(now, effects);
        }
        if (knowledge.contact().trouble() == null) {
            effects.tell(knowledge, now, Type.CLAIM_OWED, why);
        }
        Knowledge next = knowledge.failed(why, now, effects);
        return idle(next, next.tryAfterFailure(now, effects));
    }

    /**
     * A confirmation does not show that the store answers: a backend confirms the withdrawal of a claim that it never
     * wrote without a call to the store.
     */
    @Override
    public State confirmed(long call, Moment now, Effects effects) {
        if (call != pending || !asking) {
            return this;
        }
        Knowledge next = knowledge.with(knowledge.contact().forgiven());
        effects.tell(next, now, Type.CLAIM_WITHDRAWN, claim.nonce());
        return StandingBy.fresh(next, contendAt).intended(now, effects);
    }

    @Override
    public State watching(boolean live, Moment now, Effects effects) {
        State next = State.super.watching(live, now, effects);
        return live && pending == 0 && next instanceof Withdrawing owed
                ? new Withdrawing(owed.knowledge, claim, 0, false, lapse, now, contendAt).tick(now, effects)
                : next;
    }

    @Override
    public State workMoved(@Nullable String failure, Moment now, Effects effects) {
        return tick(now, effects);
    }
}
