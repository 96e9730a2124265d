package dev.baton.etcd;

import dev.baton.etcd.internal.LeaseValidity;

/**
 * The lease of a session, with its sentinel: a key that exists for as long as the lease does. A sentinel with its original
 * creation revision proves every claim on the lease at once. The revision of the sentinel's last write is the ticket, which
 * the write of each claim's key must carry: once the sentinel is written again, no earlier write with an older ticket can
 * take effect any more. In the lane.
 */
final class Lease {
    static final String WENT_BACK = "is of a store that went back in time: it was restored from a backup or replaced";

    final long id;
    final String sentinel;
    final long sentinelCreated;
    final LeaseValidity validity;
    private long ticket;

    /** @param created the revision at which the sentinel was created */
    Lease(long id, String sentinel, long created, LeaseValidity validity) {
        this.id = id;
        this.sentinel = sentinel;
        this.sentinelCreated = created;
        this.ticket = created;
        this.validity = validity;
    }

    long ticket() {
        return ticket;
    }

    /** Notes that the sentinel was last written at {@code revision}, or later. */
    void written(long revision) {
        ticket = Math.max(ticket, revision);
    }

    /** The ID as operators see it, and as in the keys. */
    String text() {
        return Long.toHexString(id);
    }
}
