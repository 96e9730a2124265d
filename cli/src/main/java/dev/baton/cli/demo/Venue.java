package dev.baton.cli.demo;

import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.time.Duration;

/** The kind of store that decides the election of a demo, and its bound of a failover. */
interface Venue {

    /**
     * Checks the timing by the library's rules, before any process starts.
     *
     * @throws IllegalArgumentException naming the broken rule
     */
    void check(ElectionTiming timing);

    /** How long after a leader falls silent its successor may take, round trips aside. */
    Duration expiry(ElectionTiming timing);

    /** The parts of {@link #expiry}, in a few words. */
    String expiryText(ElectionTiming timing);

    /**
     * Prepares the store and begins to measure it.
     *
     * @throws IOException when the store does not answer, or refuses the demo
     */
    Stage open(ElectionTiming timing, Backstage backstage) throws IOException, InterruptedException;

    /**
     * A prepared store.
     *
     * @param title its address, for the first line
     * @param part the candidates' arguments, without their names and the ledger
     */
    record Stage(String title, Part part) {}
}
