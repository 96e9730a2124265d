package dev.baton.simulation;

import static dev.baton.simulation.SessionPlanting.backend;
import static dev.baton.simulation.SessionPlanting.client;
import static dev.baton.simulation.SessionPlanting.opened;

import dev.baton.simulation.zookeeper.Misbehaving;
import dev.baton.simulation.zookeeper.SimulatedClients;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.Handle;
import java.time.Duration;
import java.util.EnumSet;
import java.util.function.Supplier;

/** A small, plausible mistake in how a ZooKeeper session is judged, planted around the production code. */
public enum ZooKeeperMutant implements Planted, SimulatedClients.Shown {
    NONE("No mistake at all."),
    WRITE_TAKEN_FOR_A_TOUCH(
            "A write is taken to touch the session: the whole timeout counts from the newest that was acknowledged.",
            backend(Regranting.WholeLease::new)),
    TOUCH_LAG_IGNORED("Of what was answered before a write left, the leader is taken to know: no tick is waited for."),
    CONNECTION_COUNTED_FROM_RECEIPT(
            "A connection is taken to touch the session when the client hears of it, not when it set out."),
    VALIDITY_FROM_RECEIPT("Validity counts from the receipt of an answer.", backend(Regranting.FromReceipt::new)),
    READ_TAKEN_FOR_PROOF(
            "An answered read is taken for proof that the session is alive.", client(Misbehaving.Reading::new)),
    TIMEOUT_NOT_READ_AGAIN(
            "The session timeout granted with the first connection is taken to be granted with each.",
            client(Misbehaving.Remembering::new)),
    AMBIGUOUS_CREATE_LEFT_BEHIND(
            "A create whose answer was lost is taken not to have been carried out (etcd#21128, stolon#659).",
            client(Misbehaving.Sure::new)),
    AMBIGUOUS_DELETE_TAKEN_FOR_DONE(
            "A delete whose answer was lost is taken to have been carried out (4.1).",
            client(Misbehaving.Hopeful::new)),
    SESSION_FOR_EACH_CLAIM("Each claim opens a session of its own (8.1).", opened(SessionForEachClaim::new)),
    TOKEN_FROM_SEQUENCE(
            "Tokens are the sequence numbers of nodes, which restart when their parent is reaped (2.2).",
            client(Misbehaving.Counting::new)),
    ANSWERED_FROM_MEMORY(
            "Whoever asks again while its watch says nothing is answered what it was told before (6.5).",
            backend(FromMemory::new)),
    REFUSED_LISTING_NOT_ASKED_AGAIN(
            "Whoever may not list the line once does not ask again.", client(Misbehaving.Unlisting::new)),
    EXCEEDED_QUOTA_TAKEN_FOR_GOOD(
            "Whoever once exceeds a quota creates nothing any more.", client(Misbehaving.Frugal::new)),
    REFUSED_DELETE_TAKEN_FOR_DONE(
            "A node whose deletion the servers refuse is taken to be gone (4.1).", client(Misbehaving.Dismissed::new));

    private final String mistake;

    @SuppressWarnings("ImmutableEnumChecker") // Functions, which hold nothing that changes.
    private final SessionPlanting<Handle> planting;

    ZooKeeperMutant(String mistake) {
        this(mistake, SessionPlanting.nothing());
    }

    ZooKeeperMutant(String mistake, SessionPlanting<Handle> planting) {
        this.mistake = mistake;
        this.planting = planting;
    }

    @Override
    public String mistake() {
        return mistake;
    }

    @Override
    public boolean isShownByRefusals() {
        return EnumSet.of(REFUSED_LISTING_NOT_ASKED_AGAIN, EXCEEDED_QUOTA_TAKEN_FOR_GOOD, REFUSED_DELETE_TAKEN_FOR_DONE)
                .contains(this);
    }

    @Override
    public String store() {
        return "zookeeper";
    }

    @Override
    public StoreKind kind() {
        return new ZooKeeperKind(this);
    }

    /** The backend of one process. */
    LockBackend open(Supplier<LockBackend> right) {
        return planting.backend().apply(right);
    }

    @Override
    public Handle around(Handle right, Timekeeper time) {
        return planting.client().apply(right, time);
    }

    @Override
    public Clients.Connection around(Clients.Connection right, Timekeeper time) {
        return this == CONNECTION_COUNTED_FROM_RECEIPT ? new Misbehaving.Hearing(right, time) : right;
    }

    /** What the backend is told of the servers' tickTime. */
    Duration tick(Duration tick) {
        return this == TOUCH_LAG_IGNORED ? Duration.ofNanos(1) : tick;
    }
}
