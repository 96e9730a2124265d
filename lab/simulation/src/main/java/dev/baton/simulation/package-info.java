/**
 * Elections in a seeded world: virtual time, a store and a network that misbehave, candidates that crash and stall, and
 * invariants checked after every event. What runs is the production code; what it runs on is simulated.
 */
@NullMarked
package dev.baton.simulation;

import org.jspecify.annotations.NullMarked;
