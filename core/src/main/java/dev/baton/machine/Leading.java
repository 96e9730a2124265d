package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * A term is ACTIVE.
 *
 * @param tenure the claim that holds it
 * @param beginBy when onStartedLeading has to have begun
 */
record Leading(Knowledge knowledge, Tenure tenure, Moment beginBy) implements State {

    static State begin(Knowledge knowledge, Tenure tenure, Moment now, Effects effects) {
        Term term = tenure.term();
        Claim claim = term.claim();
        Knowledge leads = knowledge
                .withWork(Work.submitted(term))
                .sees(
                        new Holder(claim.identity(), claim.nonce(), term.token(), now.wall(), now.wall(), -1),
                        now,
                        effects);
        effects.tellValid(leads, now, Type.TERM_STARTED, term, tenure.validity());
        effects.add(new Effect.BeginTerm(term, tenure.validity()));
        return new Leading(leads, tenure, now.plusNanos(leads.beginNanos()));
    }

    @Override
    public String name() {
        return "leading";
    }

    @Override
    public State with(Knowledge next) {
        return new Leading(next, tenure, beginBy);
    }

    @Override
    public Moment wake() {
        return tenure.wake(isPending() ? beginBy : null);
    }

    /** Since when onStartedLeading has not begun, or null when it has. */
    @Nullable Moment idleSince() {
        return isPending() ? beginBy.plusNanos(-knowledge.beginNanos()) : null;
    }

    private boolean isPending() {
        return knowledge.workIs(Work.Stage.PENDING);
    }

    @Override
    public State expire(Moment now, Effects effects) {
        return tenure.isOver(now) ? endNow(EndReason.EXPIRED, now, effects) : this;
    }

    @Override
    public Term term() {
        return tenure.term();
    }

    @Override
    public State endNow(EndReason why, Moment now, Effects effects) {
        return Ending.abruptly(knowledge, tenure, why, now, effects);
    }

    @Override
    public State tick(Moment now, Effects effects) {
        if (isPending() && !now.isBefore(beginBy)) {
            return failedToStart("it did not begin in time", now, effects);
        }
        if (!tenure.isDue(now)) {
            return this;
        }
        Knowledge counted = knowledge.nextCall();
        return new Leading(counted, tenure.renew(counted, now, effects), beginBy);
    }

    @Override
    public State answered(long call, Answer answer, Moment now, Effects effects) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Knowledge next = knowledge.reached(now, effects);
        if (answer instanceof Answer.Granted granted) {
            Tenure renewed = tenure.renewed(granted, next, now, effects);
            effects.add(new Effect.ExtendTerm(renewed.term(), renewed.validity()));
            return new Leading(next, renewed, beginBy);
        }
        return Ending.abruptly(next, tenure.unrenewed(next, now), EndReason.LOST, now, effects);
    }

    @Override
    public State failed(long call, String why, Moment now, Effects effects) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Knowledge next = knowledge.failed(why, now, effects);
        return new Leading(next, tenure.unrenewed(next, now), beginBy);
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Effects effects) {
        return gone.equals(tenure.term().claim())
                ? Ending.abruptly(knowledge, tenure, EndReason.LOST, now, effects)
                : this;
    }

    @Override
    public State workMoved(@Nullable String failure, Moment now, Effects effects) {
        if (failure != null) {
            return failedToStart(failure, now, effects);
        }
        return knowledge.workIs(Work.Stage.RETURNED) && knowledge.counters().badStarts() > 0
                ? with(knowledge.with(knowledge.counters().badStarts(0)))
                : this;
    }

    private State failedToStart(String why, Moment now, Effects effects) {
        boolean begun = knowledge.work() != null && !isPending();
        Knowledge next = knowledge
                .with(knowledge.counters().badStarts(knowledge.counters().badStarts() + 1))
                .unfit(begun ? null : "onStartedLeading could not be run in the last term: " + why);
        return Draining.begin(next, tenure, EndReason.START_FAILED, now, effects);
    }

    @Override
    public State intended(Moment now, Effects effects) {
        if (knowledge.wishes().closing()) {
            return Draining.begin(knowledge, tenure, EndReason.CLOSED, now, effects);
        }
        return knowledge.wishes().withdrawn()
                ? Draining.begin(knowledge, tenure, EndReason.WITHDRAWN, now, effects)
                : this;
    }

    @Override
    public State stepDown(Moment now, Effects effects) {
        return Draining.begin(knowledge, tenure, EndReason.STEPPED_DOWN, now, effects);
    }
}
