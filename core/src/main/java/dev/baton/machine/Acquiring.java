package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * An acquire is in flight.
 *
 * @param claim the claim
 * @param call the call
 * @param overdue when the answer is overdue, so that the backend breaks rule 7.1: the claim is then given up, and is owed
 * @param nudged whether the watcher received a chance since the call was made
 */
record Acquiring(Knowledge knowledge, Claim claim, long call, Moment overdue, boolean nudged) implements State {

    @Override
    public String name() {
        return "acquiring";
    }

    @Override
    public State with(Knowledge next) {
        return new Acquiring(next, claim, call, overdue, nudged);
    }

    @Override
    public Moment wake() {
        return overdue;
    }

    @Override
    public State tick(Moment now, Effects effects) {
        if (now.isBefore(overdue)) {
            return this;
        }
        Knowledge waits = knowledge.failed("the backend has not answered an acquire by its deadline", now, effects);
        return Withdrawing.now(waits, claim, call, now, now).tick(now, effects);
    }

    @Override
    public State answered(long answered, Answer answer, Moment now, Effects effects) {
        if (answered != call) {
            return this;
        }
        Knowledge reached = knowledge.reached(now, effects);
        return answer instanceof Answer.Granted granted
                ? granted(reached, claim, granted, now, effects)
                : new Acquiring(reached, claim, call, overdue, nudged).refused((Answer.Refused) answer, now, effects);
    }

    /**
     * The claim holds: its term begins, unless the candidate does not contend any more or the store offers an old token.
     */
    static State granted(Knowledge knowledge, Claim claim, Answer.Granted granted, Moment now, Effects effects) {
        FencingToken seen = knowledge.seen().token();
        if (seen != null && !granted.token().isAfter(seen)) {
            return refuse(knowledge, claim, 0, granted.token(), seen, now, effects);
        }
        Validity validity = Validity.of(granted, knowledge.config().timing());
        Knowledge next = knowledge
                .seesToken(granted.token())
                .with(knowledge.counters().races(0))
                .refusing(null);
        Tenure tenure = Tenure.begin(new Term(claim, granted.token()), validity, next);
        if (!next.contends() || validity.isOver(now)) {
            return Withdrawing.now(next, claim, 0, now, now).tick(now, effects);
        }
        long delay = next.config().takeoverDelay().toNanos();
        return delay > 0
                ? new TakingOver(next, tenure, now.plusNanos(delay)).tick(now, effects)
                : Leading.begin(next, tenure, now, effects);
    }

    /** Refuses a grant whose token is not new: the store has gone back in time, so its answers prove nothing. */
    static State refuse(
            Knowledge knowledge,
            Claim claim,
            long pending,
            FencingToken offered,
            FencingToken seen,
            Moment now,
            Effects effects) {
        String why = "the store offered token " + offered.shortText() + " after " + seen.shortText()
                + " had been seen: it was restored from a backup or replaced; raise the epoch of every candidate to "
                + seen.nextEpoch();
        effects.tell(knowledge, now, Type.TOKEN_REFUSED, why);
        Knowledge next = knowledge.refusing(why);
        return Withdrawing.now(next, claim, pending, now, now.plusNanos(next.leaseNanos()))
                .tick(now, effects);
    }

    private State refused(Answer.Refused refused, Moment now, Effects effects) {
        boolean race = refused.chance().isNow();
        Knowledge next = knowledge.with(
                knowledge.counters().races(race ? knowledge.counters().races() + 1 : 0));
        if (refused.holder() != null) {
            next = next.sees(refused.holder(), now, effects);
        }
        Moment tryAt = nudged ? next.tryRacing(now, effects) : next.tryAfter(refused.chance(), now, effects);
        // The watcher does not repeat a turn that came while the refusal was under way.
        return new StandingBy(next, claim, !nudged, tryAt, now).intended(now, effects);
    }

    @Override
    public State failed(long answered, String why, Moment now, Effects effects) {
        if (answered != call) {
            return this;
        }
        Knowledge next = knowledge.failed(why, now, effects);
        return new StandingBy(next, claim, false, next.tryAfterFailure(now, effects), now).intended(now, effects);
    }

    @Override
    public State vacant(Moment now, Effects effects) {
        return new Acquiring(knowledge.sees(null, now, effects), claim, call, overdue, true);
    }

    @Override
    public State yourTurn(Claim first, Answer.@Nullable Granted granted, Moment now, Effects effects) {
        return first.equals(claim) ? new Acquiring(knowledge, claim, call, overdue, true) : this;
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Effects effects) {
        return gone.equals(claim) ? give(call, now, effects) : this;
    }

    @Override
    public State intended(Moment now, Effects effects) {
        return knowledge.contends() ? this : give(call, now, effects);
    }

    private State give(long pending, Moment now, Effects effects) {
        return Withdrawing.now(knowledge, claim, pending, now, now).tick(now, effects);
    }
}
