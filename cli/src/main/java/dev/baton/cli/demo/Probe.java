package dev.baton.cli.demo;

import java.io.IOException;

/** Writes to the store of a demo, to measure a round trip. */
interface Probe {

    /** Writes once, and returns when the store has it. */
    void write() throws IOException, InterruptedException;

    /** Deletes the demo's data from the store, and disconnects. */
    void cleanUp() throws IOException, InterruptedException;
}
