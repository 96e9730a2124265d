package dev.baton.campaign.candidate;

import java.time.Duration;

/**
 * What a contender is told.
 *
 * @param store the kind of store
 * @param where the path of a kubeconfig, etcd's client URLs separated by commas, or a ZooKeeper connect string
 * @param name of the election, {@code namespace/name}
 * @param identity of this candidate, unique to the run of its process
 * @param leaseDuration how long others wait for a silent leader; on ZooKeeper the session timeout
 * @param renewDeadline how long a leader leads after its last successful renewal, where there is such a thing
 * @param retryPeriod how often a leader renews
 */
public record Settings(
        Store store,
        String where,
        String name,
        String identity,
        Duration leaseDuration,
        Duration renewDeadline,
        Duration retryPeriod) {

    /** The tickTime of every campaign's ZooKeeper servers. */
    public static final Duration ZOOKEEPER_TICK = Duration.ofMillis(500);
}
