package dev.baton.machine;

import dev.baton.event.EndReason;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;

/**
 * The claim is granted and kept, but its term begins only at {@code beginAt}: by then a predecessor whose claim an
 * operator removed has expired by its own clock.
 */
record TakingOver(Knowledge knowledge, Tenure tenure, Moment beginAt) implements State {

    @Override
    public String name() {
        return "taking-over";
    }

    @Override
    public State with(Knowledge next) {
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
    public State expire(Moment now, Effects effects) {
        return tenure.isOver(now) ? leave(now, effects) : this;
    }

    @Override
    public State tick(Moment now, Effects effects) {
        if (!now.isBefore(beginAt)) {
            return Leading.begin(knowledge, tenure, now, effects);
        }
        if (!tenure.isDue(now)) {
            return this;
        }
        Knowledge counted = knowledge.nextCall();
        return new TakingOver(counted, tenure.renew(counted, now, effects), beginAt);
    }

    @Override
    public State answered(long call, Answer answer, Moment now, Effects effects) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Knowledge next = knowledge.reached(now, effects);
        return answer instanceof Answer.Granted granted
                ? new TakingOver(next, tenure.renewed(granted, next, now, effects), beginAt)
                : Withdrawing.now(next, tenure.term().claim(), 0, now, now).tick(now, effects);
    }

    @Override
    public State failed(long call, String why, Moment now, Effects effects) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Knowledge next = knowledge.failed(why, now, effects);
        return new TakingOver(next, tenure.unrenewed(next, now), beginAt);
    }

    /**
     * Refuses the grant if the token of another holder is not smaller: the store went back in time while this claim
     * waited.
     */
    @Override
    public State held(Holder holder, Chance chance, Moment now, Effects effects) {
        Knowledge next = knowledge.sees(holder, now, effects);
        FencingToken offered = tenure.term().token();
        FencingToken theirs = holder.token();
        if (theirs == null
                || offered.isAfter(theirs)
                || holder.holds(tenure.term().claim())) {
            return with(next);
        }
        return Acquiring.refuse(next, tenure.term().claim(), tenure.call(), offered, theirs, now, effects);
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Effects effects) {
        return gone.equals(tenure.term().claim()) ? leave(now, effects) : this;
    }

    @Override
    public State intended(Moment now, Effects effects) {
        return knowledge.contends() ? this : leave(now, effects);
    }

    @Override
    public State stepDown(Moment now, Effects effects) {
        return leave(now, effects);
    }

    @Override
    public State endNow(EndReason why, Moment now, Effects effects) {
        return leave(now, effects);
    }

    private State leave(Moment now, Effects effects) {
        return Withdrawing.now(knowledge, tenure.term().claim(), tenure.call(), now, knowledge.rest(now))
                .tick(now, effects);
    }
}
