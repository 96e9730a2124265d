package dev.baton.simulation.exhaustive;

import dev.baton.register.Register;
import dev.baton.simulation.ExpiredTermRevived;
import dev.baton.spi.LockBackend;
import java.util.Locale;

/** A small, plausible mistake around the production code, as in the seeded simulation, which exhaustion has to find. */
public enum Mistake {
    NONE("No mistake at all."),
    VALIDITY_FROM_RECEIPT("A term's validity counts from the receipt of an answer.") {
        @Override
        LockBackend around(LockBackend right, Register register, Contender contender) {
            return new Mistakes.ValidityFromReceipt(right);
        }
    },
    TAKEOVER_TOO_SOON("A standby waits for its own renewDeadline, whatever the holder was promised.") {
        @Override
        Register around(Register right, Contender contender) {
            return new Mistakes.TakeoverTooSoon(right, contender);
        }
    },
    WITHDRAW_WITHOUT_RECHECK("A withdrawal empties the record without looking whose it is.") {
        @Override
        LockBackend around(LockBackend right, Register register, Contender contender) {
            return new Mistakes.WithdrawWithoutRecheck(right, register);
        }
    },
    WRITE_WITHOUT_COMPARING("A write replaces whatever it finds."),
    EXPIRED_TERM_REVIVED("The clock by which a term expires stands still while a renewal is in flight.") {
        @Override
        LockBackend around(LockBackend right, Register register, Contender contender) {
            return new ExpiredTermRevived(right);
        }
    },
    IDENTITY_INSTEAD_OF_NONCE("A record that carries our name is ours.") {
        @Override
        boolean areTwins() {
            return true;
        }

        @Override
        Register around(Register right, Contender contender) {
            return new Mistakes.IdentityInsteadOfNonce(right);
        }

        @Override
        LockBackend around(LockBackend right, Register register, Contender contender) {
            return new Mistakes.IdentityInsteadOfNonce.Claims(right, (Mistakes.IdentityInsteadOfNonce) register);
        }
    },
    ACQUIRE_LEFT_BEHIND("A claim that was never granted is taken as withdrawn, though its write may still land.") {
        @Override
        LockBackend around(LockBackend right, Register register, Contender contender) {
            return new Mistakes.AcquireLeftBehind(right);
        }
    },
    WRITE_UNDER_WAY_FORGOTTEN("A withdrawal that finds nothing of ours is done, though a write may still land.") {
        @Override
        LockBackend around(LockBackend right, Register register, Contender contender) {
            return new Mistakes.WriteUnderWayForgotten(right, register);
        }
    },
    CONFLICT_TAKEN_FOR_SUCCESS("A conflict is taken for an echo of our own write.") {
        @Override
        Register around(Register right, Contender contender) {
            return new Mistakes.ConflictTakenForSuccess(right);
        }
    },
    RELEASE_BEFORE_WORK_RETURNED("Work that was interrupted is taken as returned."),
    RELEASE_BEFORE_WORK_STOPPED("The claim is handed over while onStoppedLeading runs.");

    private final String sentence;

    Mistake(String sentence) {
        this.sentence = sentence;
    }

    /** The mistake in a sentence. */
    public String sentence() {
        return sentence;
    }

    /** {@code validity-from-receipt} for {@link #VALIDITY_FROM_RECEIPT}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the candidates share one identity. */
    boolean areTwins() {
        return false;
    }

    Register around(Register right, Contender contender) {
        return right;
    }

    LockBackend around(LockBackend right, Register register, Contender contender) {
        return right;
    }
}
