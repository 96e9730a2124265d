package dev.baton.simulation.etcd;

import dev.baton.spi.Timekeeper;

/** What a channel needs of the process it runs in. */
public interface Host {
    Timekeeper time();

    /** Runs {@code task} in the process at {@code trueNanos}: later while it is paused, never once it has crashed. */
    void at(long trueNanos, Runnable task);

    /** Whether no packet passes between it and any member. */
    boolean isCutOff();

    /** It made a request. */
    void called();

    /** How many of its claims it has been told to be withdrawn. */
    int withdrawals();
}
