package dev.baton.verify;

import dev.baton.spi.ElectionTiming;
import java.time.Duration;

/**
 * The assumptions of a verdict that are not in the logs.
 *
 * @param clocks how times of different instances are compared
 * @param failoverBound how long an election may be without a valid term while a candidate contends and reaches the store
 */
public record Premises(Clocks clocks, Duration failoverBound) {
    /** Wall clocks within 100 ms of each other, and the default timing. */
    public static final Premises DEFAULT = of(Clocks.within(Duration.ofMillis(100)), ElectionTiming.DEFAULT);

    /** @throws IllegalArgumentException unless {@code failoverBound} is greater than zero and at most a week */
    public Premises {
        if (failoverBound.isNegative() || failoverBound.isZero() || failoverBound.compareTo(Duration.ofDays(7)) > 0) {
            throw new IllegalArgumentException("failover bound " + ElectionTiming.text(failoverBound)
                    + " must be greater than zero and at most a week; leaseDuration and a retryPeriod is what an"
                    + " election promises");
        }
    }

    /**
     * The bound that {@code timing} promises, counted from the end of the last validity: leaseDuration, for which a
     * standby waits, and the two retryPeriods after which it has tried to acquire at the latest.
     */
    public static Premises of(Clocks clocks, ElectionTiming timing) {
        return new Premises(
                clocks, timing.leaseDuration().plus(timing.retryPeriod().multipliedBy(2)));
    }
}
