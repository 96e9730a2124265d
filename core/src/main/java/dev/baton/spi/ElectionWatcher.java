package dev.baton.spi;

import org.jspecify.annotations.Nullable;

/**
 * Receives a backend's observations of one election. Every call is a hint (rule 6.1): late, coalesced, spurious or never;
 * speed depends on it, safety does not. A backend may call the methods from several threads at once; they return at once,
 * throw nothing, and do their work on another thread.
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

    /** No candidate holds the election: any candidate may acquire. */
    void vacant();

    /**
     * This claim, refused so far, is first in line: an acquire of this claim would be granted now, and no other would.
     *
     * @param granted the answer to that acquire, which saves the call; or null where the backend does not know it yet
     */
    void yourTurn(Claim claim, Answer.@Nullable Granted granted);

    /**
     * This claim is no longer in the store, or belongs to another holder. A claim that waits in line stands in line
     * again. Unlike the other hints this ends a term at once, so a backend calls it only for this very claim (never by an
     * older state of the store).
     *
     * @param how what was seen, for display
     */
    void lost(Claim claim, String how);
}
