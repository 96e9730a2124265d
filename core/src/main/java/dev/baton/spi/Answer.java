package dev.baton.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a backend to an acquire or a renew. A call with an unknown outcome fails its stage instead (rule 3.1).
 */
public sealed interface Answer {

    /**
     * The claim holds: from {@code sentAt} until {@code guaranteedFor} later no other candidate is granted (rule 2.1).
     *
     * @param sentAt both clocks, read before the request that proves this left the process, after any queue in the
     *     process
     * @param guaranteedFor by the clock of the store or of a standby; the machine allows for their drift
     * @param token greater than that of every earlier term (rule 2.2); a renewal repeats the token of its acquire
     */
    record Granted(Moment sentAt, Duration guaranteedFor, FencingToken token) implements Answer {}

    /**
     * The claim does not hold, and no earlier write of this claim makes it hold.
     *
     * @param holder the holder, or null where unknown
     * @param chance when an acquire may be granted; {@link Chance#now()} after a lost race
     */
    record Refused(@Nullable Holder holder, Chance chance) implements Answer {}
}
