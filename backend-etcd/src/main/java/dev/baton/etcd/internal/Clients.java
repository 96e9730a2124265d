package dev.baton.etcd.internal;

import java.util.List;

/** Makes channels: with etcd's client library, or in a simulation of it. */
public interface Clients {
    /** The configured members, at least one. */
    List<String> endpoints();

    /**
     * Makes a new channel to {@code endpoint}, one of {@link #endpoints}. Does not wait for the connection; may block, and
     * may throw.
     */
    Channel open(String endpoint);
}
