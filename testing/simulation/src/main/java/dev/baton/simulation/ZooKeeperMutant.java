package dev.baton.simulation;

import dev.baton.simulation.zookeeper.Misbehaving;
import dev.baton.spi.Answer;
import dev.baton.spi.LockBackend;
import dev.baton.zookeeper.session.Handle;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** A small, plausible mistake in how a ZooKeeper session is judged, planted around the production code. */
public enum ZooKeeperMutant {
    /** No mistake at all. */
    NONE,
    /** A write is taken to touch the session: the whole timeout counts from the newest that was acknowledged. */
    WRITE_TAKEN_FOR_A_TOUCH {
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
    /** Validity counts from the receipt of an answer. */
    VALIDITY_FROM_RECEIPT {
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
    /** An answered read is taken for proof that the session is alive. */
    READ_TAKEN_FOR_PROOF {
        @Override
        Handle around(Handle right) {
            return new Misbehaving.Reading(right);
        }
    },
    /** The session timeout granted with the first connection is taken to be granted with each. */
    TIMEOUT_NOT_READ_AGAIN {
        @Override
        Handle around(Handle right) {
            return new Misbehaving.Remembering(right);
        }
    },
    /** A create whose answer was lost is taken not to have been carried out. */
    AMBIGUOUS_CREATE_LEFT_BEHIND {
        @Override
        Handle around(Handle right) {
            return new Misbehaving.Sure(right);
        }
    };

    /** {@code read-taken-for-proof} for {@link #READ_TAKEN_FOR_PROOF}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The mutant that {@link #text()} names.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static ZooKeeperMutant of(String text) {
        return Arrays.stream(values())
                .filter(mutant -> mutant.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("ZooKeeper mutant \"" + text + "\" must be one of "
                        + Arrays.stream(values()).map(ZooKeeperMutant::text).toList()));
    }

    LockBackend around(LockBackend right) {
        return right;
    }

    Handle around(Handle right) {
        return right;
    }
}
