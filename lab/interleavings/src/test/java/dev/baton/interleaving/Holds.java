package dev.baton.interleaving;

/** What scenarios assert with: every step of a richer library would be a step of theirs. */
public final class Holds {
    private Holds() {}

    /** Throws an error that says {@code what} when it does not hold. */
    public static void that(boolean holds, Object what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
