package dev.baton;

import dev.baton.spi.Printable;

/**
 * Whether a candidate is doing its part, for a liveness or readiness probe.
 *
 * <p>A standby is as healthy as a leader. Unhealthy is a candidate that could not lead if it had to: the store does not
 * answer, the callbacks of its last term hang, or the store went back in time.
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
