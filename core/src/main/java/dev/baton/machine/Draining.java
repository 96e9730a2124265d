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
 * @param until when patience ends
 */
record Draining(
        Candidate candidate,
        Tenure tenure,
        EndReason reason,
        @Nullable Moment interruptAt,
        Moment until) implements State {

    static State begin(Candidate candidate, Tenure tenure, EndReason reason, Moment now, Out out) {
        long patience = candidate.config().drainTimeout().toNanos();
        out.add(new Effect.DrainTerm(tenure.term(), reason));
        out.tellTerm(candidate, now, Type.TERM_DRAINING, tenure.term(), reason);
        Draining draining = new Draining(
                candidate.stopWork(reason, out), tenure, reason, now.plusNanos(patience / 2), now.plusNanos(patience));
        boolean pending = candidate.workIs(Work.Stage.PENDING);
        return (pending ? draining.interrupt(out) : draining).workMoved(null, now, out);
    }

    @Override
    public State with(Candidate next) {
        return new Draining(next, tenure, reason, interruptAt, until);
    }

    private Draining keeping(Candidate next, Tenure kept) {
        return new Draining(next, kept, reason, interruptAt, until);
    }

    private Draining interrupt(Out out) {
        out.add(new Effect.InterruptWork(tenure.term()));
        return new Draining(candidate, tenure, reason, null, until);
    }

    @Override
    public Moment wake() {
        return tenure.wake(interruptAt == null ? until : interruptAt);
    }

    @Override
    public State expire(Moment now, Out out) {
        return tenure.isOver(now) ? endNow(EndReason.EXPIRED, now, out) : this;
    }

    @Override
    public Term term() {
        return tenure.term();
    }

    @Override
    public State endNow(EndReason why, Moment now, Out out) {
        return Ending.abruptly(candidate, tenure, why, now, out);
    }

    @Override
    public State tick(Moment now, Out out) {
        if (!now.isBefore(until)) {
            return endNow(EndReason.DRAIN_TIMED_OUT, now, out);
        }
        Draining next = interruptAt != null && !now.isBefore(interruptAt) ? interrupt(out) : this;
        if (!tenure.isDue(now)) {
            return next;
        }
        Candidate counted = candidate.nextCall();
        return next.keeping(counted, tenure.renew(counted, now, out));
    }

    @Override
    public State answered(long call, Answer answer, Moment now, Out out) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Candidate next = candidate.reached(now, out);
        if (answer instanceof Answer.Granted granted) {
            Tenure renewed = tenure.renewed(granted, next, now, out);
            out.add(new Effect.ExtendTerm(renewed.term(), renewed.validity()));
            return keeping(next, renewed);
        }
        return Ending.abruptly(next, tenure.unrenewed(next, now), EndReason.LOST, now, out);
    }

    @Override
    public State failed(long call, String why, Moment now, Out out) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Candidate next = candidate.failed(why, now, out);
        return keeping(next, tenure.unrenewed(next, now));
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Out out) {
        return gone.equals(tenure.term().claim()) ? Ending.abruptly(candidate, tenure, EndReason.LOST, now, out) : this;
    }

    @Override
    public State workMoved(@Nullable String failure, Moment now, Out out) {
        return candidate.work() == null ? Ending.orderly(candidate, tenure, reason, now, out) : this;
    }
}
