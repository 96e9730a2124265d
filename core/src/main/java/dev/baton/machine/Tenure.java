package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.Answer;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * A granted claim that is being kept: what taking over, leading and draining have in common.
 *
 * @param term the claim and its token
 * @param validity until when it may be relied on
 * @param call the renewal in flight, or 0
 * @param renewAt when to renew next, once none is in flight
 */
record Tenure(Term term, Validity validity, long call, Moment renewAt) {

    static Tenure begin(Term term, Validity validity, Candidate candidate) {
        return new Tenure(term, validity, 0, validity.sentAt().plusNanos(candidate.retryNanos()));
    }

    boolean isOver(Moment now) {
        return validity.isOver(now);
    }

    boolean awaits(long answered) {
        return call != 0 && call == answered;
    }

    boolean isDue(Moment now) {
        return call == 0 && !now.isBefore(renewAt);
    }

    /** Sends a renewal; the caller's candidate has counted the call. */
    Tenure renew(Candidate counted, Moment now, Out out) {
        Moment deadline = counted.callDeadline(now);
        Moment last = validity.until();
        out.add(new Effect.Renew(counted.calls(), term.claim(), last.isBefore(deadline) ? last : deadline));
        return new Tenure(term, validity, counted.calls(), renewAt);
    }

    /** A renewal succeeded. Never renews again sooner than an eighth of a retryPeriod, whatever the backend says. */
    Tenure renewed(Answer.Granted granted, Candidate candidate, Moment now, Out out) {
        Validity longer = validity.or(Validity.of(granted, candidate.config().timing()));
        out.tellValid(candidate, now, Type.RENEWED, term, longer);
        Moment cadence = longer.sentAt().plusNanos(candidate.retryNanos());
        Moment soonest = now.plusNanos(candidate.retryNanos() / 8);
        return new Tenure(term, longer, 0, cadence.isBefore(soonest) ? soonest : cadence);
    }

    /** A renewal failed: try again soon, then less soon. */
    Tenure unrenewed(Candidate candidate, Moment now) {
        long soon = (candidate.retryNanos() / 8) << Math.min(candidate.failures(), 3);
        return new Tenure(term, validity, 0, now.plusNanos(soon));
    }

    /** The earlier of the renewal and the end, and of {@code also} if given. */
    Moment wake(@Nullable Moment also) {
        Moment next = call == 0 && renewAt.isBefore(validity.until()) ? renewAt : validity.until();
        return also != null && also.isBefore(next) ? also : next;
    }

    /** When a standby may have taken the claim over. */
    Moment lapse(Candidate candidate) {
        return validity.sentAt().plusNanos(candidate.leaseNanos());
    }
}
