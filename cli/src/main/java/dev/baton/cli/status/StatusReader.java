package dev.baton.cli.status;

import java.io.IOException;

/** Looks at the elections of one store, and writes nothing there. Used by one thread. */
interface StatusReader extends AutoCloseable {

    /**
     * Looks once.
     *
     * @throws IOException with a sentence for the operator, when nothing can be told
     */
    Status read() throws IOException, InterruptedException;

    /**
     * Has {@code changed} run, on any thread, when there may be something new to read, from the first {@link #read} on. It is
     * a hint: late, too often or never.
     */
    void follow(Runnable changed);

    /** Disconnects. */
    @Override
    void close();
}
