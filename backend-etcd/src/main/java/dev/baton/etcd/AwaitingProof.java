package dev.baton.etcd;

import dev.baton.spi.BackendException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The claims of a session whose calls the next proof of the lease answers. In the lane. */
final class AwaitingProof {
    private Set<QueuedClaim> claims = new LinkedHashSet<>();

    void add(QueuedClaim queued) {
        claims.add(queued);
    }

    /** The lease was proved. A claim that needs a newer proof adds itself again. */
    void proved() {
        take().forEach(QueuedClaim::proved);
    }

    /** The server refused the request that was to prove the lease. */
    void refused(BackendException why) {
        take().forEach(queued -> queued.unproven(why));
    }

    /** The lease has ended, and no proof will come. */
    void clear() {
        claims.clear();
    }

    private Set<QueuedClaim> take() {
        Set<QueuedClaim> waiting = claims;
        claims = new LinkedHashSet<>();
        return waiting;
    }
}
