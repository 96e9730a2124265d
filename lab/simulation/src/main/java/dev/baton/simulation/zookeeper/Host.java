package dev.baton.simulation.zookeeper;

import dev.baton.spi.Timekeeper;

/** What a client library needs of the process it runs in. */
public interface Host {
    Timekeeper time();

    /** Runs {@code task} in the process at {@code trueNanos}: later while it is paused, never once it has crashed. */
    void at(long trueNanos, Runnable task);

    /** Whether no packet passes between it and any server. */
    boolean isCutOff();

    /** It opened a client, which keeps a session for as long as it is open. */
    void opened();

    /** It closed a client. */
    void closed();

    /** It made a request. */
    void called();
}
