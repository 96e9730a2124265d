package dev.baton.simulation;

import static dev.baton.simulation.SessionPlanting.backend;
import static dev.baton.simulation.SessionPlanting.client;
import static dev.baton.simulation.SessionPlanting.opened;

import dev.baton.etcd.internal.Channel;
import dev.baton.simulation.etcd.Misbehaving;
import dev.baton.simulation.etcd.SimulatedClients;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Timekeeper;
import java.util.EnumSet;
import java.util.function.Supplier;

/** A small, plausible mistake in how leases, keys and watches of etcd are used, planted around the production code. */
public enum EtcdMutant implements Planted, SimulatedClients.Shown {
    NONE("No mistake at all."),
    VALIDITY_FROM_RECEIPT(
            "The TTL counts from the receipt of an answer, as Go's client and jetcd count it.",
            backend(Regranting.FromReceipt::new)),
    KEEP_ALIVE_TRUSTED(
            "A keepAlive that was answered is taken for proof that the keys stand: no sentinel is read (etcd#14758).",
            client(Misbehaving.Trusting::new)),
    TERM_NOT_COMPARED(
            "A sentinel that stands proves the keepAlive before it, though another Raft term began between the two.",
            client(Misbehaving.Termless::new)),
    TURN_TAKEN_UNREAD(
            "Whoever has no news of others takes its turn, without reading line and own key (jetcd's campaign).",
            client(Misbehaving.Presuming::new)),
    TICKET_NOT_COMPARED(
            "A key is written whatever the ticket is by then: a late one lands after its withdrawal (4.2).",
            client(Misbehaving.Ticketless::new)),
    AMBIGUOUS_WRITE_LEFT_BEHIND(
            "A key whose answer did not come is taken not to have been written (etcd#21128, stolon#659).",
            client(Misbehaving.Sure::new)),
    KEY_ADOPTED(
            "A candidate that finds its lease's key leads on it: a second term on one createRevision (2.2).",
            client(Misbehaving.Adopting::new)),
    TOKEN_OF_THE_SESSION(
            "All terms of a session have the token of its first (2.2).", backend(Regranting.TokenOfTheFirst::new)),
    REVOCATION_FORGOTTEN(
            "A lease that was given up is taken to be gone, and is not revoked (4.1; Spring #2421).",
            client(Misbehaving.Forgetful::new)),
    LEASE_FOR_EACH_CLAIM("Each claim has a lease of its own (8.1).", opened(SessionForEachClaim::new)),
    REFUSED_REVOCATION_TAKEN_FOR_DONE(
            "A lease whose revocation the servers refuse is taken to be gone (4.1).",
            client(Misbehaving.Dismissed::new)),
    STRAY_ANSWER_TAKEN_FOR_GONE(
            "What a balancer answers in the servers' stead is taken for their word that the lease is gone (3.4).",
            client(Misbehaving.Gullible::new)),
    FULL_DATABASE_TAKEN_AT_ITS_WORD(
            "A write that a full database refused is taken for not carried out, and it may have filled it (4.5).",
            client(Misbehaving.Filled::new)),
    REFUSED_RENEWAL_TAKEN_FOR_GONE(
            "A lease is taken to be gone whose sentinel the servers refuse to write, or to show (3.4).",
            client(Misbehaving.Despairing::new)),
    REFUSED_LISTING_NOT_ASKED_AGAIN(
            "Whoever may not list the line once does not ask again.", client(Misbehaving.Resigned::new)),
    OWN_COPY_TAKEN_FOR_A_LOSS(
            "A write that was repeated and met its own copy is taken for one that came to nothing (4.5).",
            client(Misbehaving.Estranged::new));

    private final String mistake;

    @SuppressWarnings("ImmutableEnumChecker") // Functions, which hold nothing that changes.
    private final SessionPlanting<Channel> planting;

    EtcdMutant(String mistake) {
        this(mistake, SessionPlanting.nothing());
    }

    EtcdMutant(String mistake, SessionPlanting<Channel> planting) {
        this.mistake = mistake;
        this.planting = planting;
    }

    @Override
    public String mistake() {
        return mistake;
    }

    @Override
    public boolean isShownByRefusals() {
        return EnumSet.of(
                        REFUSED_REVOCATION_TAKEN_FOR_DONE,
                        STRAY_ANSWER_TAKEN_FOR_GONE,
                        FULL_DATABASE_TAKEN_AT_ITS_WORD,
                        REFUSED_RENEWAL_TAKEN_FOR_GONE,
                        REFUSED_LISTING_NOT_ASKED_AGAIN,
                        OWN_COPY_TAKEN_FOR_A_LOSS)
                .contains(this);
    }

    @Override
    public String store() {
        return "etcd";
    }

    @Override
    public StoreKind kind() {
        return new EtcdKind(this);
    }

    /** The backend of one process. */
    LockBackend open(Supplier<LockBackend> right) {
        return planting.backend().apply(right);
    }

    @Override
    public Channel around(Channel right, Timekeeper time) {
        return planting.client().apply(right, time);
    }
}
