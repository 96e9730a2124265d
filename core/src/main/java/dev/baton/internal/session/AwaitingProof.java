package dev.baton.internal.session;

import dev.baton.spi.BackendException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The claims of a session whose calls its next proof answers. Confined to the {@link InlineSerialExecutor}. */
public final class AwaitingProof {
    private Set<Waiting> claims = new LinkedHashSet<>();

    /** A claim that awaits a proof. */
    public interface Waiting {
        /** The session was proved. */
        void proved();

        /** The server refused the request that was to prove the session. */
        void unproven(BackendException why);
    }

    /** No claim awaits a proof yet. */
    public AwaitingProof() {}

    /** The next proof answers {@code claim}, too. */
    public void add(Waiting claim) {
        claims.add(claim);
    }

    /** The session was proved. A claim that needs a newer proof adds itself again. */
    public void proved() {
        take().forEach(Waiting::proved);
    }

    /** The server refused the request that was to prove the session. */
    public void refused(BackendException why) {
        take().forEach(claim -> claim.unproven(why));
    }

    /** The session has ended, and no proof will come. */
    public void clear() {
        claims.clear();
    }

    private Set<Waiting> take() {
        Set<Waiting> waiting = claims;
        claims = new LinkedHashSet<>();
        return waiting;
    }
}
