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
 * @param claim what it claims
 * @param call the call
 * @param overdue when the backend has broken its promise to answer: the claim is then given up, and what it may have
 *     written is owed
 * @param nudged whether a chance was heard of since the call was made
 */
record Acquiring(Candidate candidate, Claim claim, long call, Moment overdue, boolean nudged) implements State {

    @Override
    public State with(Candidate next) {
        return new Acquiring(next, claim, call, overdue, nudged);
    }

    @Override
    public Moment wake() {
        return overdue;
    }

    @Override
    public State tick(Moment now, Out out) {
        if (now.isBefore(overdue)) {
            return this;
        }
        Candidate waits = candidate.failed("the backend has not answered an acquire by its deadline", now, out);
        return Withdrawing.now(waits, claim, call, now, now).tick(now, out);
    }

    @Override
    public State answered(long answered, Answer answer, Moment now, Out out) {
        if (answered != call) {
            return this;
        }
        Candidate reached = candidate.reached(now, out);
        return answer instanceof Answer.Granted granted
                ? granted(reached, claim, granted, now, out)
                : new Acquiring(reached, claim, call, overdue, nudged).refused((Answer.Refused) answer, now, out);
    }

    /** The claim holds: its term begins, unless it is not wanted any more or the store cannot be believed. */
    static State granted(Candidate candidate, Claim claim, Answer.Granted granted, Moment now, Out out) {
        FencingToken seen = candidate.seen();
        if (seen != null && !granted.token().isAfter(seen)) {
            return refuse(candidate, claim, 0, granted.token(), seen, now, out);
        }
        Validity validity = Validity.of(granted, candidate.config().timing());
        Candidate next = candidate
                .seesToken(granted.token())
                .edit()
                .races(0)
                .refusal(null)
                .done();
        Tenure tenure = Tenure.begin(new Term(claim, granted.token()), validity, next);
        if (!next.contends() || validity.isOver(now)) {
            return Withdrawing.now(next, claim, 0, now, now).tick(now, out);
        }
        long delay = next.config().takeoverDelay().toNanos();
        return delay > 0
                ? new TakingOver(next, tenure, now.plusNanos(delay)).tick(now, out)
                : Leading.begin(next, tenure, now, out);
    }

    /** The store offers a token that is not new: it has gone back in time, and its word is worth nothing. */
    static State refuse(
            Candidate candidate,
            Claim claim,
            long pending,
            FencingToken offered,
            FencingToken seen,
            Moment now,
            Out out) {
        String why = "the store offered token " + offered + " after " + seen
                + " had been seen: it was restored from a backup or replaced; raise the epoch of every candidate to "
                + seen.nextEpoch();
        out.tell(candidate, now, Type.TOKEN_REFUSED, why);
        Candidate next = candidate.edit().refusal(why).done();
        return Withdrawing.now(next, claim, pending, now, now.plusNanos(next.leaseNanos()))
                .tick(now, out);
    }

    private State refused(Answer.Refused refused, Moment now, Out out) {
        boolean race = refused.retryIn().isZero() || refused.retryIn().isNegative();
        Candidate next =
                candidate.edit().races(race ? candidate.races() + 1 : 0).done();
        if (refused.holder() != null) {
            next = next.sees(refused.holder(), now, out);
        }
        Moment tryAt = nudged ? next.tryRacing(now, out) : next.tryAfter(refused.retryIn(), now, out);
        // A turn that came while the refusal was under way is not told again.
        return new StandingBy(next, claim, !nudged, tryAt, now).intended(now, out);
    }

    @Override
    public State failed(long answered, String why, Moment now, Out out) {
        if (answered != call) {
            return this;
        }
        Candidate next = candidate.failed(why, now, out);
        return new StandingBy(next, claim, false, next.tryAfterFailure(now, out), now).intended(now, out);
    }

    @Override
    public State vacant(Moment now, Out out) {
        return new Acquiring(candidate.sees(null, now, out), claim, call, overdue, true);
    }

    @Override
    public State yourTurn(Claim first, Answer.@Nullable Granted granted, Moment now, Out out) {
        return first.equals(claim) ? new Acquiring(candidate, claim, call, overdue, true) : this;
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Out out) {
        return gone.equals(claim) ? give(call, now, out) : this;
    }

    @Override
    public State intended(Moment now, Out out) {
        return candidate.contends() ? this : give(call, now, out);
    }

    private State give(long pending, Moment now, Out out) {
        return Withdrawing.now(candidate, claim, pending, now, now).tick(now, out);
    }
}
