package dev.baton.machine;

import dev.baton.event.EndReason;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.time.Duration;

/**
 * The claim is granted and kept, but its term begins only at {@code beginAt}: by then a predecessor whose claim was
 * removed behind its back has expired by its own clock.
 */
record TakingOver(Candidate candidate, Tenure tenure, Moment beginAt) implements State {

    @Override
    public State with(Candidate next) {
        return new TakingOver(next, tenure, beginAt);
    }

    @Override
    public Claim claim() {
        return tenure.term().claim();
    }

    @Override
    public Moment wake() {
        return tenure.wake(beginAt);
    }

    @Override
    public State expire(Moment now, Out out) {
        return tenure.isOver(now) ? leave(now, out) : this;
    }

    @Override
    public State tick(Moment now, Out out) {
        if (!now.isBefore(beginAt)) {
            return Leading.begin(candidate, tenure, now, out);
        }
        if (!tenure.isDue(now)) {
            return this;
        }
        Candidate counted = candidate.nextCall();
        return new TakingOver(counted, tenure.renew(counted, now, out), beginAt);
    }

    @Override
    public State answered(long call, Answer answer, Moment now, Out out) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Candidate next = candidate.reached(now, out);
        return answer instanceof Answer.Granted granted
                ? new TakingOver(next, tenure.renewed(granted, next, now, out), beginAt)
                : Withdrawing.now(next, tenure.term().claim(), 0, now, now).tick(now, out);
    }

    @Override
    public State failed(long call, String why, Moment now, Out out) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Candidate next = candidate.failed(why, now, out);
        return new TakingOver(next, tenure.unrenewed(next, now), beginAt);
    }

    /** Another that led with a greater token, or the same: the store went back in time while this one waited. */
    @Override
    public State held(Holder holder, Duration chanceIn, Moment now, Out out) {
        Candidate next = candidate.sees(holder, now, out);
        FencingToken offered = tenure.term().token();
        FencingToken theirs = holder.token();
        if (theirs == null
                || offered.isAfter(theirs)
                || holder.holds(tenure.term().claim())) {
            return with(next);
        }
        return Acquiring.refuse(next, tenure.term().claim(), tenure.call(), offered, theirs, now, out);
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Out out) {
        return gone.equals(tenure.term().claim()) ? leave(now, out) : this;
    }

    @Override
    public State intended(Moment now, Out out) {
        return candidate.contends() ? this : leave(now, out);
    }

    @Override
    public State stepDown(Moment now, Out out) {
        return leave(now, out);
    }

    @Override
    public State endNow(EndReason why, Moment now, Out out) {
        return leave(now, out);
    }

    private State leave(Moment now, Out out) {
        return Withdrawing.now(candidate, tenure.term().claim(), tenure.call(), now, candidate.rest(now))
                .tick(now, out);
    }
}
