package dev.baton.machine;

import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;

/**
 * One uninterrupted leadership.
 *
 * @param claim the claim that holds it; no other term is ever held by the same claim
 * @param token greater than that of every earlier term
 */
public record Term(Claim claim, FencingToken token) {}
