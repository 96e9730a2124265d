package dev.baton.simulation;

import dev.baton.etcd.internal.Channel;
import dev.baton.simulation.etcd.Misbehaving;
import dev.baton.simulation.etcd.SimulatedClients;
import dev.baton.spi.Answer;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.EnumSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A small, plausible mistake in how leases, keys and watches of etcd are used, planted around the production code. */
public enum EtcdMutant implements Planted, SimulatedClients.Shown {
    NONE("No mistake at all."),
    VALIDITY_FROM_RECEIPT("The TTL counts from the receipt of an answer, as Go's client and jetcd count it.") {
        @Override
        LockBackend around(LockBackend right) {
            return new Regranting(right) {
                @Override
                Answer.Granted changed(Answer.Granted granted, Duration leaseDuration) {
                    return new Answer.Granted(
                            right.runtime().timekeeper().now(), granted.guaranteedFor(), granted.token());
                }
            };
        }
    },
    KEEP_ALIVE_TRUSTED(
            "A keepAlive that was answered is taken for proof that the keys stand: no sentinel is read (etcd#14758).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Trusting(right, time);
        }
    },
    TERM_NOT_COMPARED(
            "A sentinel that stands proves the keepAlive before it, though another Raft term began between the two.") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Termless(right);
        }
    },
    TURN_TAKEN_UNREAD(
            "Whoever has no news of others takes its turn, without reading line and own key (jetcd's campaign).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Presuming(right, time);
        }
    },
    TICKET_NOT_COMPARED(
            "A key is written whatever the ticket is by then: a late one lands after its withdrawal (4.2).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Ticketless(right);
        }
    },
    AMBIGUOUS_WRITE_LEFT_BEHIND(
            "A key whose answer did not come is taken not to have been written (etcd#21128, stolon#659).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Sure(right, time);
        }
    },
    KEY_ADOPTED("A candidate that finds its lease's key leads on it: a second term on one createRevision (2.2).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Adopting(right);
        }
    },
    TOKEN_OF_THE_SESSION("All terms of a session have the token of its first (2.2).") {
        @Override
        LockBackend around(LockBackend right) {
            return new Regranting(right) {
                private @Nullable FencingToken first;

                @Override
                Answer.Granted changed(Answer.Granted granted, Duration leaseDuration) {
                    FencingToken token = first == null ? granted.token() : first;
                    first = token;
                    return new Answer.Granted(granted.sentAt(), granted.guaranteedFor(), token);
                }
            };
        }
    },
    REVOCATION_FORGOTTEN("A lease that was given up is taken to be gone, and is not revoked (4.1; Spring #2421).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Forgetful(right, time);
        }
    },
    LEASE_FOR_EACH_CLAIM("Each claim has a lease of its own (8.1).") {
        @Override
        LockBackend backend(Supplier<LockBackend> opened) {
            return new SessionForEachClaim(opened);
        }
    },
    REFUSED_REVOCATION_TAKEN_FOR_DONE("A lease whose revocation the servers refuse is taken to be gone (4.1).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Dismissed(right);
        }
    },
    STRAY_ANSWER_TAKEN_FOR_GONE(
            "What a balancer answers in the servers' stead is taken for their word that the lease is gone (3.4).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Gullible(right);
        }
    },
    FULL_DATABASE_TAKEN_AT_ITS_WORD(
            "A write that a full database refused is taken for not carried out, and it may have filled it (4.5).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Filled(right);
        }
    },
    REFUSED_RENEWAL_TAKEN_FOR_GONE(
            "A lease is taken to be gone whose sentinel the servers refuse to write, or to show (3.4).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Despairing(right);
        }
    },
    REFUSED_LISTING_NOT_ASKED_AGAIN("Whoever may not list the line once does not ask again.") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Resigned(right, time);
        }
    },
    OWN_COPY_TAKEN_FOR_A_LOSS(
            "A write that was repeated and met its own copy is taken for one that came to nothing (4.5).") {
        @Override
        public Channel around(Channel right, Timekeeper time) {
            return new Misbehaving.Estranged(right);
        }
    };

    private final String mistake;

    EtcdMutant(String mistake) {
        this.mistake = mistake;
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
    LockBackend backend(Supplier<LockBackend> opened) {
        return around(opened.get());
    }

    LockBackend around(LockBackend right) {
        return right;
    }

    @Override
    public Channel around(Channel right, Timekeeper time) {
        return right;
    }
}
