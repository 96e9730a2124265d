package dev.baton.spi;

import org.jspecify.annotations.Nullable;

/**
 * Hears what a backend notices about one election. Every call is a hint (rule 6.1): late, coalesced, spurious or never;
 * nothing safe rests on it, speed does. Methods may be called from any thread, several of a backend's at once, so they
 * return at once and throw nothing: what they hear they leave to a thread of their own.
 */
public interface ElectionWatcher {

    /** Whether changes are being delivered as they happen; while they are not, a standby polls. */
    void watching(boolean live);

    /**
     * The store shows this holder.
     *
     * @param chance when an acquire may be granted
     */
    void held(Holder holder, Chance chance);

    /** Nobody holds the election: whoever is quickest may. */
    void vacant();

    /**
     * This claim, refused so far, is first in line: an acquire now will be granted, and nobody else's will.
     *
     * @param granted what that acquire would answer, which saves asking; or null where the backend cannot tell yet
     */
    void yourTurn(Claim claim, Answer.@Nullable Granted granted);

    /**
     * This claim is no longer in the store, or no longer ours. Said of a claim in line, it stands
     * in line again. Unlike the other hints this ends a term at once, so a
     * backend says it only of the very claim (never of an older state of the store).
     *
     * @param how what was seen, for people
     */
    void lost(Claim claim, String how);
}
