/**
 * Leader election for any Java service: one instance active, the others standing by.
 *
 * <p><b>Guarantee.</b> While clock rates stay within the tolerated drift and only the holder or the store's own expiry
 * ends a live claim, no two terms of one election are valid at the same moment. A term ends by its own clocks, without
 * the network. Fencing tokens grow from term to term, always.
 *
 * <p><b>Assumption.</b> Between {@link dev.baton.Leadership#isValid()} and the write that follows it the process may
 * pause for any length of time; only the protected resource can refuse that late write, by comparing
 * {@link dev.baton.Leadership#fencingToken()} with the greatest token it has seen.
 *
 * <p><b>Not guaranteed.</b> That a store restored from a backup remembers the tokens it issued (raise the epoch), that
 * an operator who deletes a live claim by hand cannot cause an overlap of one watch event, or that there is a leader
 * while the store is unreachable.
 */
@NullMarked
package dev.baton;

import org.jspecify.annotations.NullMarked;
