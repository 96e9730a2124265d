package dev.baton.internal.session;

import dev.baton.spi.Moment;
import java.time.Duration;

/**
 * The proof that a session lives until {@code guaranteedFor} after {@code aliveAt}.
 *
 * @param aliveAt before the request that proves it was sent, by this process's clock
 * @param guaranteedFor positive, by the servers' clocks
 */
public record Proof(Moment aliveAt, Duration guaranteedFor) {}
