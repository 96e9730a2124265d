package dev.baton.cli.demo;

import dev.baton.spi.ElectionTiming;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a demo is asked for.
 *
 * @param timing of the election
 * @param venue where it is decided
 * @param candidates how many contend
 * @param promisedFailover what to hold failovers to, or null for what the timing promises
 * @param events where to keep the facts, or null
 */
record Plan(
        ElectionTiming timing,
        Venue venue,
        int candidates,
        @Nullable Duration promisedFailover,
        @Nullable Path events) {

    /** By what the timing promises, or by what is asked for instead. */
    Promises promises() {
        return new Promises(timing, venue.expiry(timing), promisedFailover);
    }

    /** By what the timing promises, also if the demo is held to less. */
    Promises ownPromises() {
        return new Promises(timing, venue.expiry(timing), null);
    }
}
