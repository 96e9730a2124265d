package dev.baton.campaign.candidate;

import org.jspecify.annotations.Nullable;

/** Hears from a {@link Contender} when its API says that it leads. Calls return at once; they may come from any thread. */
public interface Leadership {

    /**
     * It leads from now on.
     *
     * @param token of the term, greater than those of earlier ones, or null where the API has none
     */
    void began(@Nullable Long token);

    /** It leads no more. */
    void ended();
}
