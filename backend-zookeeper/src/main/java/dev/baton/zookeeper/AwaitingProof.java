package dev.baton.zookeeper;

import dev.baton.spi.BackendException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The claims of a session whose calls the next proof of the session answers. In the lane. */
final class AwaitingProof {
    private Set<QueuedClaim> claims = new LinkedHashSet<>();

    void add(QueuedClaim queued) {
        claims.add(queued);
    }

    /** The session was proved. A claim that needs a newer proof adds itself again. */
    void proved() {
        take().forEach(QueuedClaim::proved);
    }

    /** The server refused the request that was to prove the session. */
    void refused(BackendException why) {
        take().forEach(queued -> queued.unproven(why));
    }

    /** The session has ended, and no proof will come. */
    void clear() {
        claims.clear();
    }

    private Set<QueuedClaim> take() {
        Set<QueuedClaim> waiting = claims;
        claims = new LinkedHashSet<>();
        return waiting;
    }
}
