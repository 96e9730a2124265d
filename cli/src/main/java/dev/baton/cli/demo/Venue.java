package dev.baton.cli.demo;

import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.time.Duration;

/** Where the contest of a demo is decided: a kind of store, and what that promises of a failover. */
interface Venue {

    /**
     * Asks the library, which knows the rules, before any process is started.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    void check(ElectionTiming timing);

    /** How long after a leader falls silent its successor may take, round trips aside. */
    Duration expiry(ElectionTiming timing);

    /** What {@link #expiry} is made of, in a few words. */
    String expiryText(ElectionTiming timing);

    /**
     * Prepares the store and begins to measure it.
     *
     * @throws IOException when the store does not answer, or does not let the demo in
     */
    Stage open(ElectionTiming timing, Backstage backstage) throws IOException, InterruptedException;

    /**
     * A store that is ready.
     *
     * @param title where it is, for the first line
     * @param part what candidates are told, but for their names and the ledger
     */
    record Stage(String title, Part part) {}
}
