package dev.baton;

import dev.baton.spi.Printable;

/**
 * Whether a candidate is doing its part, for a liveness or readiness probe.
 *
 * <p>A standby is as healthy as a leader. A candidate is unhealthy if it could not lead, or leads without working: the
 * store does not answer, or went back in time; callbacks or permits of its last term have not returned; onStartedLeading
 * does not begin, or could not begin in the last term; the loop of its backend has not moved for a retryPeriod; the
 * backend is closed. An answer is wrong for at most a retryPeriod.
 *
 * @param healthy whether it is
 * @param state {@code leading}, {@code standing-by}, {@code acquiring}, {@code taking-over}, {@code draining},
 *     {@code withdrawing} or {@code stopped}
 * @param detail a sentence for an operator, {@linkplain Printable#text printable} whatever it was made of
 */
public record Health(boolean healthy, String state, String detail) {

    public Health {
        detail = Printable.text(detail);
    }
}
