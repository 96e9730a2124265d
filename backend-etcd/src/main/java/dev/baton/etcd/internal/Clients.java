package dev.baton.etcd.internal;

import java.util.List;

/** Where channels come from: etcd's client library, or a simulation of it. */
public interface Clients {
    /** The members that it was told of, at least one. */
    List<String> endpoints();

    /** A new channel to {@code endpoint}, one of {@link #endpoints}. Does not wait for the connection, but may block and may throw. */
    Channel open(String endpoint);
}
