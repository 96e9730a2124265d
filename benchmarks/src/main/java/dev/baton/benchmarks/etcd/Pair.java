package dev.baton.benchmarks.etcd;

import java.util.OptionalInt;

/** Two candidates of one election in this process, each of which goes its own way to the cluster: 0 or 1. */
interface Pair extends AutoCloseable {
    /** What the keys of its line begin with. */
    String prefix();

    Accounts accounts();

    /** The way of the one that leads, if one of the two does by its own account. */
    OptionalInt leader();

    /** Asks the one that leads to hand over, and does not wait for that. */
    void handOver();

    @Override
    void close();
}
