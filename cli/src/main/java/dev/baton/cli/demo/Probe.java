package dev.baton.cli.demo;

import java.io.IOException;

/** Writes to the store of a demo, to learn what a round trip costs there. */
interface Probe {

    /** Writes once, and returns when the store has it. */
    void write() throws IOException, InterruptedException;

    /** Deletes all that the demo has left in the store, and disconnects. */
    void cleanUp() throws IOException, InterruptedException;
}
