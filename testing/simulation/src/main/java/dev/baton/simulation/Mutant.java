package dev.baton.simulation;

import dev.baton.driver.TermCallbacks;
import dev.baton.register.Register;
import dev.baton.spi.LockBackend;
import java.util.Arrays;
import java.util.Locale;

/**
 * A small, plausible mistake, planted around the production code: what checks an invariant and catches none of these
 * proves nothing. Each names the rule of {@code docs/spi-specification.md}, or the part of the theorem, that it breaks.
 */
public enum Mutant {
    /** No mistake at all. */
    NONE,
    /** A term's validity counts from the receipt of an answer, not from the sending of its request (2.1). */
    VALIDITY_FROM_RECEIPT {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.ValidityFromReceipt(right);
        }
    },
    /** A standby compares the holder's renewTime with its own wall clock, and succeeds it (7.3). */
    TAKEOVER_BY_RENEW_TIME {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.TakeoverByRenewTime(right, node);
        }
    },
    /** A standby waits for its own leaseDuration, whatever the holder was promised. */
    TAKEOVER_BY_OWN_DURATION {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.TakeoverByOwnDuration(right, node);
        }
    },
    /** A withdrawal empties the record without looking whose it is (5.1). */
    WITHDRAW_WITHOUT_RECHECK {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.WithdrawWithoutRecheck(right, register);
        }
    },
    /** The clock by which a term expires stands still while a renewal is in flight, and a late answer revives it (3.2). */
    EXPIRED_TERM_REVIVED {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.ExpiredTermRevived(right);
        }
    },
    /** A claim that was never granted is taken as withdrawn, though its write may still land (4.2). */
    ACQUIRE_LEFT_BEHIND {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.AcquireLeftBehind(right);
        }
    },
    /** Work that was interrupted is taken as returned, and the claim handed over while it runs. */
    RELEASE_BEFORE_WORK_RETURNED {
        @Override
        TermCallbacks around(TermCallbacks right) {
            return new Mutants.ReleaseBeforeWorkReturned(right);
        }
    },
    /** The claim is handed over while onStoppedLeading runs. */
    RELEASE_BEFORE_WORK_STOPPED {
        @Override
        TermCallbacks around(TermCallbacks right) {
            return new Mutants.ReleaseBeforeWorkStopped(right);
        }
    },
    /** Tokens are the time of day (2.2). */
    TOKEN_FROM_CLOCK {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.TokenFromClock(right, node);
        }
    },
    /** A record that carries our name is ours (3.3). */
    IDENTITY_INSTEAD_OF_NONCE {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.IdentityInsteadOfNonce(right);
        }

        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.IdentityInsteadOfNonce.Claims(right, (Mutants.IdentityInsteadOfNonce) register);
        }
    },
    /** A renewal that finds nothing writes the record anew (4.4). */
    RENEW_RECREATES_DELETED {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.RenewRecreatesDeleted(right, register);
        }
    },
    /** A renewal that failed is taken as one that succeeded (3.1). */
    RENEWAL_FAILURE_IGNORED {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.RenewalFailureIgnored(right);
        }
    },
    /** A conflict is taken for an echo of our own write. */
    CONFLICT_TAKEN_FOR_SUCCESS {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.ConflictTakenForSuccess(right);
        }
    },
    /** A term does not look at the wall clock: a suspended machine does not notice that it was. */
    MONOTONIC_CLOCK_ONLY {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.MonotonicClockOnly(right);
        }
    },
    /** Clocks run faster and slower than the timing allows for: the theorem's bound is not generous. */
    CLOCKS_BEYOND_DRIFT {
        @Override
        int worstPpm(int tolerated) {
            return 5 * tolerated;
        }
    };

    /** {@code validity-from-receipt} for {@link #VALIDITY_FROM_RECEIPT}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The mutant that {@link #text()} names.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static Mutant of(String text) {
        return Arrays.stream(values())
                .filter(mutant -> mutant.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("mutant \"" + text + "\" must be one of "
                        + Arrays.stream(values()).map(Mutant::text).toList()));
    }

    Register around(Register right, Node node) {
        return right;
    }

    LockBackend around(LockBackend right, Register register, Node node) {
        return right;
    }

    TermCallbacks around(TermCallbacks right) {
        return right;
    }

    int worstPpm(int tolerated) {
        return tolerated;
    }
}
