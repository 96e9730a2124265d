package dev.baton.campaign.candidate;

import java.util.Locale;

/** Where an election is decided. */
public enum Store {
    /** Leases of a Kubernetes API server. */
    KUBERNETES,
    /** etcd. */
    ETCD,
    /** ZooKeeper. */
    ZOOKEEPER;

    /** {@code etcd}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
