package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.Answer;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * A granted claim that is being renewed: the common part of taking over, leading and draining.
 *
 * @param term the claim and its token
 * @param validity until when it may be relied on
 * @param call the renewal in flight, or 0
 * @param renewAt when to renew next, once none is in flight
 */
record Tenure(Term term, Validity validity, long call, Moment renewAt) {

    static Tenure begin(Term term, Validity validity, Knowledge knowledge) {
        return new Tenure(term, validity, 0, validity.sentAt().plusNanos(knowledge.retryNanos()));
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
    Tenure renew(Knowledge counted, Moment now, Effects effects) {
        Moment deadline = counted.callDeadline(now);
        Moment last = validity.until();
        effects.add(new Effect.Renew(counted.call(), term.claim(), last.isBefore(deadline) ? last : deadline));
        return new Tenure(term, validity, counted.call(), renewAt);
    }

    /**
     * A renewal succeeded. The next one follows no sooner than an eighth of a retryPeriod, whatever the backend answers.
     */
    Tenure renewed(Answer.Granted granted, Knowledge knowledge, Moment now, Effects effects) {
        Validity longer = validity.or(Validity.of(granted, knowledge.config().timing()));
        effects.tellValid(knowledge, now, Type.RENEWED, term, longer);
        Moment cadence = longer.sentAt().plusNanos(knowledge.retryNanos());
        Moment soonest = now.plusNanos(knowledge.retryNanos() / 8);
        return new Tenure(term, longer, 0, cadence.isBefore(soonest) ? soonest : cadence);
    }

    /** A renewal failed: try again soon, then less soon. */
    Tenure unrenewed(Knowledge knowledge, Moment now) {
        long soon = (knowledge.retryNanos() / 8) << Math.min(knowledge.contact().failures(), 3);
        return new Tenure(term, validity, 0, now.plusNanos(soon));
    }

    /** The earlier of the renewal and the end, and of {@code also} if given. */
    Moment wake(@Nullable Moment also) {
        Moment next = call == 0 && renewAt.isBefore(validity.until()) ? renewAt : validity.until();
        return also != null && also.isBefore(next) ? also : next;
    }

    /** The earliest moment at which a standby may have taken the claim over. */
    Moment lapse(Knowledge knowledge) {
        return validity.sentAt().plusNanos(knowledge.leaseNanos());
    }
}
