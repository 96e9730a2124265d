package dev.baton.register;

import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The record in a register: client-go's LeaderElectionRecord, with Baton's nonce.
 *
 * @param holderIdentity the leader's identity; empty when there is none
 * @param nonce the nonce of the claim that wrote this; empty when another kind of client did
 * @param leaseDuration how long a candidate waits for the holder
 * @param acquireTime when the holder's term began, by its clock; for display
 * @param renewTime when the holder last renewed, by its clock; for display
 * @param transitions how often leadership has changed hands; 0 for less, and counted no further than 2 147 483 647,
 *     since stores reject a negative number
 */
public record LeaderRecord(
        String holderIdentity,
        String nonce,
        Duration leaseDuration,
        Instant acquireTime,
        Instant renewTime,
        int transitions) {

    /** The lease of a released record: no wait, which client-go writes as one second. */
    private static final Duration RELEASED = Duration.ofSeconds(1);

    public LeaderRecord {
        transitions = Math.max(0, transitions);
    }

    /** For a log: printable, whatever the store contains. */
    @Override
    public String toString() {
        return (isFree() ? "free" : "held by " + Printable.value(holderIdentity)) + " for "
                + ElectionTiming.text(leaseDuration) + ", renewed " + renewTime;
    }

    /** Whether no candidate holds it. */
    public boolean isFree() {
        return holderIdentity.isEmpty();
    }

    /** Whether {@code claim} wrote it. */
    public boolean isBy(Claim claim) {
        return nonce.equals(claim.nonce());
    }

    /** The first record of an election. */
    static LeaderRecord first(Claim claim, Instant now) {
        return new LeaderRecord(claim.identity(), claim.nonce(), claim.timing().leaseDuration(), now, now, 0);
    }

    /** The record of a new term after this one. */
    LeaderRecord takenBy(Claim claim, Instant now) {
        int changed = isBy(claim) || transitions == Integer.MAX_VALUE ? transitions : transitions + 1;
        return new LeaderRecord(claim.identity(), claim.nonce(), claim.timing().leaseDuration(), now, now, changed);
    }

    /**
     * This record, renewed by its holder: never equal to this one in microseconds, also when the wall clock stands still.
     * When that went back, so does renewTime: client-go detects a renewal only by another second. If renewTime went on in
     * microseconds until the clock has caught up, client-go would see no renewal.
     */
    LeaderRecord renewedBy(Claim claim, Instant now) {
        boolean same = now.truncatedTo(ChronoUnit.MICROS).equals(renewTime.truncatedTo(ChronoUnit.MICROS));
        Instant other = same ? renewTime.plus(1, ChronoUnit.MICROS) : now;
        return new LeaderRecord(
                claim.identity(), claim.nonce(), claim.timing().leaseDuration(), acquireTime, other, transitions);
    }

    /** This record, released. */
    LeaderRecord released(Instant now) {
        return new LeaderRecord("", "", RELEASED, now, now, transitions);
    }

    /** The record that voids a creation still under way: free, as if released. */
    static LeaderRecord vacancy(Instant now) {
        return new LeaderRecord("", "", RELEASED, now, now, 0);
    }
}
