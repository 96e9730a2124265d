package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * A term is DRAINING: still renewed and valid for work in flight, until that work has returned.
 *
 * @param tenure the claim that holds it
 * @param reason why it hands over
 * @param interruptAt when onStartedLeading is interrupted, or null once it has been
 * @param until when the drain timeout ends
 */
record Draining(
        Knowledge knowledge,
        Tenure tenure,
        EndReason reason,
        @Nullable Moment interruptAt,
        Moment until) implements State {

    static State begin(Knowledge knowledge, Tenure tenure, EndReason reason, Moment now, Effects effects) {
        long patience = knowledge.config().drainTimeout().toNanos();
        effects.add(new Effect.DrainTerm(tenure.term(), reason));
        effects.tellTerm(knowledge, now, Type.TERM_DRAINING, tenure.term(), reason);
        Draining draining = new Draining(
                knowledge.stopWork(reason, effects),
                tenure,
                reason,
                now.plusNanos(patience / 2),
                now.plusNanos(patience));
        boolean pending = knowledge.workIs(Work.Stage.PENDING);
        return (pending ? draining.interrupt(effects) : draining).workMoved(null, now, effects);
    }

    @Override
    public String name() {
        return "draining";
    }

    @Override
    public State with(Knowledge next) {
        return new Draining(next, tenure, reason, interruptAt, until);
    }

    private Draining keeping(Knowledge next, Tenure kept) {
        return new Draining(next, kept, reason, interruptAt, until);
    }

    private Draining interrupt(Effects effects) {
        effects.add(new Effect.InterruptWork(tenure.term()));
        return new Draining(knowledge, tenure, reason, null, until);
    }

    @Override
    public Moment wake() {
        return tenure.wake(interruptAt == null ? until : interruptAt);
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
        if (!now.isBefore(until)) {
            return endNow(EndReason.DRAIN_TIMED_OUT, now, effects);
        }
        Draining next = interruptAt != null && !now.isBefore(interruptAt) ? interrupt(effects) : this;
        if (!tenure.isDue(now)) {
            return next;
        }
        Knowledge counted = knowledge.nextCall();
        return next.keeping(counted, tenure.renew(counted, now, effects));
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
            return keeping(next, renewed);
        }
        return Ending.abruptly(next, tenure.unrenewed(next, now), EndReason.LOST, now, effects);
    }

    @Override
    public State failed(long call, String why, Moment now, Effects effects) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Knowledge next = knowledge.failed(why, now, effects);
        return keeping(next, tenure.unrenewed(next, now));
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Effects effects) {
        return gone.equals(tenure.term().claim())
                ? Ending.abruptly(knowledge, tenure, EndReason.LOST, now, effects)
                : this;
    }

    @Override
    public State workMoved(@Nullable String failure, Moment now, Effects effects) {
        return knowledge.work() == null ? Ending.orderly(knowledge, tenure, reason, now, effects) : this;
    }
}
