package dev.baton.testing.servers;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A candidate that elects with the {@code concurrency} package of etcd's Go client: the program in {@code
 * lab/etcd-peer}. It contends once, for an {@code Election} unless told otherwise, and ends with its leadership or its
 * session. When it is asked to end it stops its work and resigns.
 *
 * <p>Not safe for use by many threads.
 */
public final class EtcdGoPeer {
    private final String election;
    private String endpoints;
    private String prefix = "/baton/";
    private Duration ttl = Duration.ofSeconds(15);
    private boolean mutex;

    private EtcdGoPeer(String endpoints, String election) {
        this.election = election;
        this.endpoints = endpoints;
    }

    /** A candidate for {@code election}, {@code namespace/name}, where Baton's candidates contend by default. */
    public static EtcdGoPeer of(EtcdCluster cluster, String election) {
        return new EtcdGoPeer(cluster.endpoints(), election);
    }

    /** Whom it asks, separated by commas; by default all members. */
    public EtcdGoPeer endpoints(String value) {
        endpoints = value;
        return this;
    }

    /** What its key begins with, before the election; {@code /baton/} by default. */
    public EtcdGoPeer prefix(String value) {
        prefix = value;
        return this;
    }

    /** The TTL of its lease, in whole seconds; 15 s by default. */
    public EtcdGoPeer ttl(Duration value) {
        ttl = value;
        return this;
    }

    /** Makes it one that takes a {@code Mutex}: it does not say who it is in etcd, nor looks who leads. */
    public EtcdGoPeer mutex() {
        mutex = true;
        return this;
    }

    /**
     * Starts it as {@code identity}, which needs no escape in JSON.
     *
     * @throws org.opentest4j.TestAbortedException if it cannot be compiled here; see {@link Program#path}
     */
    public CandidateProcess start(String identity) throws IOException {
        return CandidateProcess.start(List.of(
                Program.ETCD_PEER.path().toString(),
                "-endpoints=" + endpoints,
                "-prefix=" + prefix,
                "-election=" + election,
                "-identity=" + identity,
                "-ttl=" + ttl.toSeconds(),
                "-mutex=" + mutex));
    }
}
