package dev.baton.machine;

import dev.baton.spi.Answer;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;

/**
 * The time during which a claim is valid, counted from the moment before the request left.
 *
 * @param sentAt before the request that proves it left the process
 * @param until the first moment, on either clock, at which the claim is no longer valid
 */
public record Validity(Moment sentAt, Moment until) {

    /**
     * {@code min(renewDeadline, guaranteedFor · (1−ρ)/(1+ρ))} on the monotonic clock, and on the wall clock half of what
     * is left up to the scaled leaseDuration more, so that small steps of the wall clock depose no leader and a suspended
     * machine wakes up deposed.
     */
    static Validity of(Answer.Granted granted, ElectionTiming timing) {
        long certain =
                Math.min(timing.scaledNanos(granted.guaranteedFor()), timing.scaledNanos(timing.leaseDuration()));
        long valid = Math.min(timing.renewDeadline().toNanos(), certain);
        long gap = certain - valid;
        Moment sentAt = granted.sentAt();
        return new Validity(sentAt, new Moment(sentAt.nanos() + valid, sentAt.wallNanos() + valid + gap / 2));
    }

    boolean isOver(Moment now) {
        return now.hasReached(until);
    }

    /** The later of both: an answer that arrives out of order shortens nothing. */
    Validity or(Validity other) {
        return until.isBefore(other.until) ? other : this;
    }
}
