package dev.baton.simulation;

import static dev.baton.simulation.Planting.backend;
import static dev.baton.simulation.Planting.backendAndRegister;
import static dev.baton.simulation.Planting.both;
import static dev.baton.simulation.Planting.callbacks;
import static dev.baton.simulation.Planting.register;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.ElectionTiming;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A small, plausible mistake, planted around the production code: what checks an invariant and catches none of these
 * proves nothing. Each names the rule of {@code docs/spi-specification.md}, or the part of the theorem, that it breaks.
 */
public enum Mutant implements Planted {
    NONE("No mistake at all."),
    VALIDITY_FROM_RECEIPT(
            "A term's validity counts from the receipt of an answer, not from the sending of its request (2.1).",
            backend(Mutants.ValidityFromReceipt::new)),
    TAKEOVER_BY_RENEW_TIME(
            "A standby compares the holder's renewTime with its own wall clock, and succeeds it (7.3).",
            register(Mutants.TakeoverByRenewTime::new)),
    TAKEOVER_BY_OWN_DURATION(
            "A standby waits for its own leaseDuration, whatever the holder was promised.",
            register(Mutants.TakeoverByOwnDuration::new)),
    WITHDRAW_WITHOUT_RECHECK(
            "A withdrawal empties the record without looking whose it is (5.1).",
            backendAndRegister(Mutants.WithdrawWithoutRecheck::new)),
    EXPIRED_TERM_REVIVED(
            "The clock by which a term expires stands still while a renewal is in flight, and a late answer revives it (3.2).",
            backend(ExpiredTermRevived::new)),
    ACQUIRE_LEFT_BEHIND(
            "A claim that was never granted is taken as withdrawn, though its write may still land (4.2).",
            backend(Mutants.AcquireLeftBehind::new)),
    RELEASE_BEFORE_WORK_RETURNED(
            "Work that was interrupted is taken as returned, and the claim handed over while it runs.",
            callbacks(Mutants.ReleaseBeforeWorkReturned::new)),
    RELEASE_BEFORE_WORK_STOPPED(
            "The claim is handed over while onStoppedLeading runs.", callbacks(Mutants.ReleaseBeforeWorkStopped::new)),
    TOKEN_FROM_CLOCK("Tokens are the time of day (2.2).", backend(Mutants.TokenFromClock::new)),
    IDENTITY_INSTEAD_OF_NONCE(
            "A record that carries our name is ours (3.3).",
            both(Mutants.IdentityInsteadOfNonce::new, Mutants.IdentityInsteadOfNonce.Claims::new)),
    RENEW_RECREATES_DELETED(
            "A renewal that finds nothing writes the record anew (4.4).",
            backendAndRegister(Mutants.RenewRecreatesDeleted::new)),
    RENEWAL_FAILURE_IGNORED(
            "A renewal that failed is taken as one that succeeded (3.1).", backend(Mutants.RenewalFailureIgnored::new)),
    CONFLICT_TAKEN_FOR_SUCCESS(
            "A conflict is taken for an echo of our own write.", register(Mutants.ConflictTakenForSuccess::new)),
    STRAY_ANSWER_TAKEN_FOR_GONE(
            "What a balancer answers in the store's stead is taken for the store's word (3.4).",
            register(Mutants.StrayAnswerTakenForGone::new)),
    DENIED_READ_TAKEN_FOR_ABSENCE(
            "A record that may not be read is taken not to be there (3.4).",
            register(Mutants.DeniedReadTakenForAbsence::new)),
    DENIED_READ_NOT_ASKED_AGAIN(
            "Whoever may not read once does not ask again.", register(Mutants.DeniedReadNotAskedAgain::new)),
    REFUSAL_OWED(
            "What the store refused to write for certain counts as unknown, and is owed (4.5).",
            register(Mutants.RefusalOwed::new)),
    MONOTONIC_CLOCK_ONLY(
            "A term does not look at the wall clock: a suspended machine does not notice that it was.",
            backend(Mutants.MonotonicClockOnly::new)),
    REFUSED_RENEWAL_IGNORED(
            "Another holder seen while leading does not end the term (1.1; kubernetes#44887).",
            backend(Mistakes.RefusedRenewalIgnored::new)),
    RENEW_REACQUIRES(
            "A renewal that is refused acquires anew, within the same term (4.4; kubernetes#44887).",
            backend(Mistakes.RenewReacquires::new)),
    READ_TAKEN_FOR_RENEWAL(
            "A read that shows the record to be ours extends the term (2.1).",
            backendAndRegister(Mistakes.ReadTakenForRenewal::new)),
    FAILED_ACQUIRE_TAKEN_FOR_GRANT(
            "The work starts though the write failed (3.1; fabric8#7350).",
            backend(Mistakes.FailedAcquireTakenForGrant::new)),
    NEVER_CONTENDS_AGAIN(
            "After one loss a candidate does not contend again (java#714, fabric8#5635).",
            backend(Mistakes.NeverContendsAgain::new)),
    TOKEN_COUNTS_OWN_TERMS(
            "Each process numbers its own terms (2.2).",
            backend(right -> new Mistakes.Numbering(right, before -> before + 1))),
    TOKEN_FROM_TRANSITIONS(
            "Tokens are the record's leaderTransitions, which a deletion resets (2.2).",
            both(
                    Mistakes.Counting::new,
                    (right, register) -> new Mistakes.Numbering(right, before -> register.transitions()))),
    WITHDRAWAL_FAILURE_IGNORED(
            "A withdrawal that failed is not tried again (4.1).", backend(Mistakes.WithdrawalFailureIgnored::new)),
    WITHDRAWAL_FORGOTTEN(
            "Nothing is ever withdrawn: it expires by itself (4.1; etcd#21128, stolon#659).",
            backend(Mistakes.WithdrawalForgotten::new)),
    WRITE_UNDER_WAY_FORGOTTEN(
            "A withdrawal that finds nothing of ours is done, though a write may still land (4.2; fabric8#4547).",
            backendAndRegister(Mistakes.WriteUnderWayForgotten::new)),
    LOST_CLAIM_RELEASED_AT_ONCE(
            "The claim of a lost term is released while its work still winds down (4.3).",
            backend(right -> new Mistakes.ReleasesOn(right, Type.TERM_ENDED))),
    RELEASED_BEFORE_DRAINED(
            "A leader that steps down releases first and drains afterwards (kubernetes#139991, #139504).",
            backend(right -> new Mistakes.ReleasesOn(right, Type.TERM_DRAINING))),
    CALLS_WITHOUT_TIMEOUT(
            "Calls wait for as long as the store keeps silent (7.1; jetcd#965).",
            backend(Mistakes.CallsWithoutTimeout::new)),
    WALL_CLOCK_ONLY(
            "Time is measured on the wall clock, which jumps (2.3; as fabric8 does).",
            backend(Mistakes.WallClockOnly::new)),
    LOST_NEVER_SAID("A leader does not watch its own claim (6.2).", backend(Mistakes.LostNeverSaid::new)),
    LOST_FROM_OLDER_STATE(
            "An old state of the store, delivered late, ends a term (6.1).",
            both(Mistakes.LostFromOlderState.Told::new, Mistakes.LostFromOlderState::new)),
    HINT_TAKEN_FOR_GRANT(
            "A vacancy heard of is a leadership won (6.1; spring-cloud-kubernetes#2032).",
            backend(Mistakes.HintTakenForGrant::new)),
    POLLS_WITHOUT_PAUSE(
            "A standby that was refused asks again at once (6.4; kubernetes#65666).",
            backend(Mistakes.PollsWithoutPause::new)),
    WRITE_WITHOUT_COMPARING(
            "A write replaces whatever it finds (2.1; a PUT without resourceVersion).",
            register(Mistakes.WriteWithoutComparing::new)),
    PUT_CREATES_ANEW(
            "A write creates what was deleted (4.4; a PUT to a deleted Lease).",
            register(Mistakes.PutCreatesAnew::new)),
    RECORD_PROMISES_TOO_LITTLE(
            "The record tells others to wait for renewDeadline only (2.1).",
            register(Mistakes.RecordPromisesTooLittle::new)),
    RENEWALS_NOT_NOTICED(
            "A standby recognises a change by the holder and not by the version.",
            register(Mistakes.RenewalsNotNoticed::new)),
    STOPPED_TWICE(
            "onStoppedLeading runs twice for a term (fabric8#2860, #5463).", callbacks(Mistakes.StoppedTwice::new)),
    STOPPED_WITHOUT_STARTED(
            "onStoppedLeading runs though onStartedLeading never did (client-go#1187, java#3600).",
            callbacks(Mistakes.StoppedWithoutStarted::new)),
    WORK_NEVER_INTERRUPTED(
            "Work that does not look at its term is not told that it is over (cilium#42920).",
            callbacks(Mistakes.WorkNeverInterrupted::new)),
    NONCE_FROM_IDENTITY("A restarted process, or a twin, writes the nonce of the other (3.3; kubernetes#61151)."),
    VALID_FOR_WHOLE_LEASE("A term is relied on for all of leaseDuration: no room for clocks that differ."),
    CLOCKS_BEYOND_DRIFT(
            "Clocks run faster and slower than the timing allows for: the theorem's bound is not generous."),
    CALL_GIVEN_UP_AND_REPEATED(
            "A renewal that is slow is called a failure, and the next call made while it is under way (1.2).",
            backend(Oversights.CallGivenUpAndRepeated::new)),
    STORE_CALLED_ON_THE_LOOP(
            "The store is called on the thread that keeps the timers, which waits for the answer (1.3).",
            register(Oversights.StoreCalledOnTheLoop::new)),
    RELEASED_RECORD_NAMES_ITS_HOLDER(
            "A release shortens the lease and leaves the holder's name (5.2; fabric8's merge patch).",
            register(Oversights.ReleasedRecordNamesItsHolder::new)),
    WATCHED_THOUGH_SILENT(
            "A standby goes on relying on a watch that is dead (6.3; spring-cloud-kubernetes#2032).",
            register(Oversights.WatchedThoughSilent::new)),
    DEAD_CONNECTION_USED_AGAIN("A connection on which a request timed out is used for the next (7.2)."),
    CLOSED_UNDER_A_TERM("The connection is closed while an election that did not hand over in time still leads (8.2)."),
    CALLBACK_ON_THE_LOOP(
            "A callback runs on the thread that keeps the timers, and takes its time (8.3).",
            callbacks(Oversights.CallbackOnTheLoop::new)),
    RENEWALS_QUEUE_UP("Requests leave in the order in which they came, renewals behind standbys' questions (8.4)."),
    VANISHED_RECORD_TAKEN_AT_ONCE(
            "A record that vanished is free, though the lease last seen still runs.",
            register(Oversights.VanishedRecordTakenAtOnce::new)),
    WRITE_WITHOUT_UID(
            "A write names the version and no uid, and creates the record anew where it was deleted (4.4).",
            register(Oversights.WriteWithoutUid::new)),
    EPOCH_NOT_RAISED("After a restore the candidates are started with the epoch that they had (2.2).");

    private static final Pattern RULE = Pattern.compile("\\b(\\d\\.\\d)\\b");

    private final String mistake;

    @SuppressWarnings("ImmutableEnumChecker") // Functions, which hold nothing that changes.
    private final Planting<Node> planting;

    Mutant(String mistake) {
        this(mistake, Planting.nothing());
    }

    Mutant(String mistake, Planting<Node> planting) {
        this.mistake = mistake;
        this.planting = planting;
    }

    @Override
    public String mistake() {
        return mistake;
    }

    @Override
    public boolean isShownByRefusals() {
        return EnumSet.of(DENIED_READ_TAKEN_FOR_ABSENCE, DENIED_READ_NOT_ASKED_AGAIN)
                .contains(this);
    }

    @Override
    public String store() {
        return "register";
    }

    @Override
    public StoreKind kind() {
        return new RegisterKind();
    }

    /** Where it is planted, unless below. */
    Planting<Node> planting() {
        return planting;
    }

    /** Whether a connection on which a request timed out is replaced. */
    boolean reconnects() {
        return this != DEAD_CONNECTION_USED_AGAIN;
    }

    /** Whether requests leave in the order in which they came. */
    boolean queuesByArrival() {
        return this == RENEWALS_QUEUE_UP;
    }

    /** Whether the terms of elections that did not close in time are ended. */
    boolean abandons() {
        return this != CLOSED_UNDER_A_TERM;
    }

    int epoch(int right) {
        return this == EPOCH_NOT_RAISED ? 0 : right;
    }

    int worstPpm(int tolerated) {
        return this == CLOCKS_BEYOND_DRIFT ? 5 * tolerated : tolerated;
    }

    String nonce(String identity, String unique) {
        return this == NONCE_FROM_IDENTITY
                ? String.format(Locale.ROOT, "%08x-0000-4000-8000-", identity.hashCode())
                : unique;
    }

    ElectionTiming timing(ElectionTiming right) {
        return this == VALID_FOR_WHOLE_LEASE ? Mistakes.wholeLease(right) : right;
    }

    /** The rules of {@code docs/spi-specification.md} that a mistake names. */
    static Set<String> rulesIn(String mistake) {
        return RULE.matcher(mistake).results().map(found -> found.group(1)).collect(Collectors.toUnmodifiableSet());
    }
}
