package dev.baton.simulation.exhaustive;

import static dev.baton.simulation.Planting.backend;
import static dev.baton.simulation.Planting.backendAndRegister;
import static dev.baton.simulation.Planting.both;
import static dev.baton.simulation.Planting.callbacks;
import static dev.baton.simulation.Planting.register;

import dev.baton.simulation.ExpiredTermRevived;
import dev.baton.simulation.Mistakes;
import dev.baton.simulation.Mutants;
import dev.baton.simulation.Planting;
import java.util.Locale;

/** A small, plausible mistake around the production code, as in the seeded simulation, which exhaustion has to find. */
public enum Mistake {
    NONE("No mistake at all."),
    VALIDITY_FROM_RECEIPT(
            "A term's validity counts from the receipt of an answer.", backend(Mutants.ValidityFromReceipt::new)),
    TAKEOVER_TOO_SOON(
            "A standby waits for its own renewDeadline, whatever the holder was promised.",
            register(TakeoverTooSoon::new)),
    WITHDRAW_WITHOUT_RECHECK(
            "A withdrawal empties the record without looking whose it is.",
            backendAndRegister(Mutants.WithdrawWithoutRecheck::new)),
    WRITE_WITHOUT_COMPARING("A write replaces whatever it finds."),
    EXPIRED_TERM_REVIVED(
            "The clock by which a term expires stands still while a renewal is in flight.",
            backend(ExpiredTermRevived::new)),
    IDENTITY_INSTEAD_OF_NONCE(
            "A record that carries our name is ours.",
            both(Mutants.IdentityInsteadOfNonce::new, Mutants.IdentityInsteadOfNonce.Claims::new)),
    ACQUIRE_LEFT_BEHIND(
            "A claim that was never granted is taken as withdrawn, though its write may still land.",
            backend(Mutants.AcquireLeftBehind::new)),
    WRITE_UNDER_WAY_FORGOTTEN(
            "A withdrawal that finds nothing of ours is done, though a write may still land.",
            backendAndRegister(Mistakes.WriteUnderWayForgotten::new)),
    CONFLICT_TAKEN_FOR_SUCCESS(
            "A conflict is taken for an echo of our own write.", register(Mutants.ConflictTakenForSuccess::new)),
    RELEASE_BEFORE_WORK_RETURNED("Work that was interrupted is taken as returned."),
    RELEASE_BEFORE_WORK_STOPPED(
            "The claim is handed over while onStoppedLeading runs.", callbacks(Mutants.ReleaseBeforeWorkStopped::new));

    private final String sentence;

    @SuppressWarnings("ImmutableEnumChecker") // Functions, which hold nothing that changes.
    private final Planting<Contender> planting;

    Mistake(String sentence) {
        this(sentence, Planting.nothing());
    }

    Mistake(String sentence, Planting<Contender> planting) {
        this.sentence = sentence;
        this.planting = planting;
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
        return this == IDENTITY_INSTEAD_OF_NONCE;
    }

    Planting<Contender> planting() {
        return planting;
    }
}
