package dev.baton.cli.status;

import java.io.IOException;

/** Reads the elections of one store, without writes. Used by one thread. */
interface StatusReader extends AutoCloseable {

    /**
     * Reads once.
     *
     * @throws IOException with a sentence for the operator, when the store cannot be read
     */
    Status read() throws IOException, InterruptedException;

    /**
     * Runs {@code changed}, on any thread, when the store may have changed since the first {@link #read}. It is a hint:
     * late, too often or never.
     */
    void follow(Runnable changed);

    /** Disconnects. */
    @Override
    void close();
}
