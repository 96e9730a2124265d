package dev.baton.etcd;

import dev.baton.etcd.internal.LeaseValidity;

/**
 * The one lease of a session, with its sentinel: a key that exists for as long as the lease does. That the sentinel is
 * still the one that was created proves every claim on the lease at once. The revision at which it was last written is
 * the ticket that every claim's own write has to show: once the sentinel is written again, no write that is still under
 * way with an older ticket can land any more. In the lane.
 */
final class Lease {
    static final String WENT_BACK = "is of a store that went back in time: it was restored from a backup or replaced";

    final long id;
    final String sentinel;
    final long sentinelCreated;
    final LeaseValidity validity;
    private long ticket;

    /** @param created the revision at which the sentinel came into being */
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

    /** The sentinel was seen as written at {@code revision}. */
    void written(long revision) {
        ticket = Math.max(ticket, revision);
    }

    /** For people, and as in the keys. */
    String text() {
        return Long.toHexString(id);
    }
}
