package dev.baton.cli.demo;

import dev.baton.spi.ElectionTiming;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a demo.
 *
 * @param timing the timing of the election
 * @param venue the store that decides it
 * @param candidates the number of candidates
 * @param promisedFailover the bound of failovers, or null for the timing's promise
 * @param events the file for the facts, or null
 */
record Plan(
        ElectionTiming timing,
        Venue venue,
        int candidates,
        @Nullable Duration promisedFailover,
        @Nullable Path events) {

    /** The promises with the bound of failovers that the options name, or the timing's. */
    Promises promises() {
        return new Promises(timing, venue.expiry(timing), promisedFailover);
    }

    /** The promises with the timing's bound of failovers, even if the options name another. */
    Promises ownPromises() {
        return new Promises(timing, venue.expiry(timing), null);
    }
}
