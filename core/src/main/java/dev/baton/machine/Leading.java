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
record Leading(Candidate candidate, Tenure tenure, Moment beginBy) implements State {

    static State begin(Candidate candidate, Tenure tenure, Moment now, Out out) {
        Term term = tenure.term();
        Claim claim = term.claim();
        Candidate leads = candidate
                .withWork(Work.submitted(term))
                .sees(new Holder(claim.identity(), claim.nonce(), term.token(), now.wall(), now.wall(), -1), now, out);
        out.tellValid(leads, now, Type.TERM_STARTED, term, tenure.validity());
        out.add(new Effect.BeginTerm(term, tenure.validity()));
        return new Leading(leads, tenure, now.plusNanos(leads.beginNanos()));
    }

    @Override
    public State with(Candidate next) {
        return new Leading(next, tenure, beginBy);
    }

    @Override
    public Moment wake() {
        return tenure.wake(isPending() ? beginBy : null);
    }

    /** Since when onStartedLeading has not begun, or null when it has. */
    @Nullable Moment idleSince() {
        return isPending() ? beginBy.plusNanos(-candidate.beginNanos()) : null;
    }

    private boolean isPending() {
        return candidate.workIs(Work.Stage.PENDING);
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
        if (isPending() && !now.isBefore(beginBy)) {
            return failedToStart("it did not begin in time", now, out);
        }
        if (!tenure.isDue(now)) {
            return this;
        }
        Candidate counted = candidate.nextCall();
        return new Leading(counted, tenure.renew(counted, now, out), beginBy);
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
            return new Leading(next, renewed, beginBy);
        }
        return Ending.abruptly(next, tenure.unrenewed(next, now), EndReason.LOST, now, out);
    }

    @Override
    public State failed(long call, String why, Moment now, Out out) {
        if (!tenure.awaits(call)) {
            return this;
        }
        Candidate next = candidate.failed(why, now, out);
        return new Leading(next, tenure.unrenewed(next, now), beginBy);
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Out out) {
        return gone.equals(tenure.term().claim()) ? Ending.abruptly(candidate, tenure, EndReason.LOST, now, out) : this;
    }

    @Override
    public State workMoved(@Nullable String failure, Moment now, Out out) {
        if (failure != null) {
            return failedToStart(failure, now, out);
        }
        return candidate.workIs(Work.Stage.RETURNED) && candidate.badStarts() > 0
                ? with(candidate.edit().badStarts(0).done())
                : this;
    }

    private State failedToStart(String why, Moment now, Out out) {
        boolean begun = candidate.work() != null && !isPending();
        Candidate next = candidate
                .edit()
                .badStarts(candidate.badStarts() + 1)
                .unfit(begun ? null : "onStartedLeading could not be run in the last term: " + why)
                .done();
        return Draining.begin(next, tenure, EndReason.START_FAILED, now, out);
    }

    @Override
    public State intended(Moment now, Out out) {
        if (candidate.closing()) {
            return Draining.begin(candidate, tenure, EndReason.CLOSED, now, out);
        }
        return candidate.withdrawn() ? Draining.begin(candidate, tenure, EndReason.WITHDRAWN, now, out) : this;
    }

    @Override
    public State stepDown(Moment now, Out out) {
        return Draining.begin(candidate, tenure, EndReason.STEPPED_DOWN, now, out);
    }
}
