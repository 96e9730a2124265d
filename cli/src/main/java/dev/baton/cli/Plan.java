package dev.baton.cli;

import dev.baton.spi.ElectionTiming;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a demo is asked for.
 *
 * @param timing of the election
 * @param tick the servers' tickTime
 * @param candidates how many contend
 * @param endpoints of a ZooKeeper that exists, or null for an embedded one
 * @param promisedFailover what to hold failovers to, or null for what the timing promises
 * @param events where to keep the facts, or null
 */
record Plan(
        ElectionTiming timing,
        Duration tick,
        int candidates,
        @Nullable String endpoints,
        @Nullable Duration promisedFailover,
        @Nullable Path events) {

    Promises promises() {
        return new Promises(timing, tick, endpoints == null ? 1 : 2, promisedFailover);
    }
}
