package dev.baton.simulation;

import dev.baton.simulation.zookeeper.Misbehaving;
import dev.baton.simulation.zookeeper.SimulatedClients;
import dev.baton.spi.Answer;
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
            "A write is taken to touch the session: the whole timeout counts from the newest that was acknowledged.") {
        @Override
        LockBackend around(LockBackend right) {
            return new Regranting(right) {
                @Override
                Answer.Granted changed(Answer.Granted granted, Duration leaseDuration) {
                    return new Answer.Granted(granted.sentAt(), leaseDuration, granted.token());
                }
            };
        }
    },
    TOUCH_LAG_IGNORED("Of what was answered before a write left, the leader is taken to know: no tick is waited for.") {
        @Override
        Duration tick(Duration tick) {
            return Duration.ofNanos(1);
        }
    },
    CONNECTION_COUNTED_FROM_RECEIPT(
            "A connection is taken to touch the session when the client hears of it, not when it set out.") {
        @Override
        public Clients.Connection around(Clients.Connection right, Timekeeper time) {
            return new Misbehaving.Hearing(right, time);
        }
    },
    VALIDITY_FROM_RECEIPT("Validity counts from the receipt of an answer.") {
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
    READ_TAKEN_FOR_PROOF("An answered read is taken for proof that the session is alive.") {
        @Override
        public Handle around(Handle right, Timekeeper time) {
            return new Misbehaving.Reading(right);
        }
    },
    TIMEOUT_NOT_READ_AGAIN("The session timeout granted with the first connection is taken to be granted with each.") {
        @Override
        public Handle around(Handle right, Timekeeper time) {
            return new Misbehaving.Remembering(right);
        }
    },
    AMBIGUOUS_CREATE_LEFT_BEHIND(
            "A create whose answer was lost is taken not to have been carried out (etcd#21128, stolon#659).") {
        @Override
        public Handle around(Handle right, Timekeeper time) {
            return new Misbehaving.Sure(right);
        }
    },
    AMBIGUOUS_DELETE_TAKEN_FOR_DONE("A delete whose answer was lost is taken to have been carried out (4.1).") {
        @Override
        public Handle around(Handle right, Timekeeper time) {
            return new Misbehaving.Hopeful(right);
        }
    },
    SESSION_FOR_EACH_CLAIM("Each claim opens a session of its own (8.1).") {
        @Override
        LockBackend backend(Supplier<LockBackend> opened) {
            return new SessionForEachClaim(opened);
        }
    },
    TOKEN_FROM_SEQUENCE("Tokens are the sequence numbers of nodes, which restart when their parent is reaped (2.2).") {
        @Override
        public Handle around(Handle right, Timekeeper time) {
            return new Misbehaving.Counting(right);
        }
    },
    ANSWERED_FROM_MEMORY("Whoever asks again while its watch says nothing is answered what it was told before (6.5).") {
        @Override
        LockBackend around(LockBackend right) {
            return new FromMemory(right);
        }
    },
    REFUSED_LISTING_NOT_ASKED_AGAIN("Whoever may not list the line once does not ask again.") {
        @Override
        public Handle around(Handle right, Timekeeper time) {
            return new Misbehaving.Unlisting(right, time);
        }
    },
    EXCEEDED_QUOTA_TAKEN_FOR_GOOD("Whoever once exceeds a quota creates nothing any more.") {
        @Override
        public Handle around(Handle right, Timekeeper time) {
            return new Misbehaving.Frugal(right, time);
        }
    },
    REFUSED_DELETE_TAKEN_FOR_DONE("A node whose deletion the servers refuse is taken to be gone (4.1).") {
        @Override
        public Handle around(Handle right, Timekeeper time) {
            return new Misbehaving.Dismissed(right);
        }
    };

    private final String mistake;

    ZooKeeperMutant(String mistake) {
        this.mistake = mistake;
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
    LockBackend backend(Supplier<LockBackend> opened) {
        return around(opened.get());
    }

    LockBackend around(LockBackend right) {
        return right;
    }

    @Override
    public Handle around(Handle right, Timekeeper time) {
        return right;
    }

    @Override
    public Clients.Connection around(Clients.Connection right, Timekeeper time) {
        return right;
    }

    /** What the backend is told of the servers' tickTime. */
    Duration tick(Duration tick) {
        return tick;
    }
}
