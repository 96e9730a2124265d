package dev.baton.simulation;

import dev.baton.driver.TermCallbacks;
import dev.baton.event.ElectionEvent;
import dev.baton.register.Register;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
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
            "A term's validity counts from the receipt of an answer, not from the sending of its request (2.1).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.ValidityFromReceipt(right);
        }
    },
    TAKEOVER_BY_RENEW_TIME(
            "A standby compares the holder's renewTime with its own wall clock, and succeeds it (7.3).") {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.TakeoverByRenewTime(right, node);
        }
    },
    TAKEOVER_BY_OWN_DURATION("A standby waits for its own leaseDuration, whatever the holder was promised.") {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.TakeoverByOwnDuration(right, node);
        }
    },
    WITHDRAW_WITHOUT_RECHECK("A withdrawal empties the record without looking whose it is (5.1).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.WithdrawWithoutRecheck(right, register);
        }
    },
    EXPIRED_TERM_REVIVED(
            "The clock by which a term expires stands still while a renewal is in flight, and a late answer revives it (3.2).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new ExpiredTermRevived(right);
        }
    },
    ACQUIRE_LEFT_BEHIND(
            "A claim that was never granted is taken as withdrawn, though its write may still land (4.2).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.AcquireLeftBehind(right);
        }
    },
    RELEASE_BEFORE_WORK_RETURNED(
            "Work that was interrupted is taken as returned, and the claim handed over while it runs.") {
        @Override
        TermCallbacks around(TermCallbacks right) {
            return new Mutants.ReleaseBeforeWorkReturned(right);
        }
    },
    RELEASE_BEFORE_WORK_STOPPED("The claim is handed over while onStoppedLeading runs.") {
        @Override
        TermCallbacks around(TermCallbacks right) {
            return new Mutants.ReleaseBeforeWorkStopped(right);
        }
    },
    TOKEN_FROM_CLOCK("Tokens are the time of day (2.2).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.TokenFromClock(right, node);
        }
    },
    IDENTITY_INSTEAD_OF_NONCE("A record that carries our name is ours (3.3).") {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.IdentityInsteadOfNonce(right);
        }

        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.IdentityInsteadOfNonce.Claims(right, (Mutants.IdentityInsteadOfNonce) register);
        }
    },
    RENEW_RECREATES_DELETED("A renewal that finds nothing writes the record anew (4.4).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.RenewRecreatesDeleted(right, register);
        }
    },
    RENEWAL_FAILURE_IGNORED("A renewal that failed is taken as one that succeeded (3.1).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.RenewalFailureIgnored(right);
        }
    },
    CONFLICT_TAKEN_FOR_SUCCESS("A conflict is taken for an echo of our own write.") {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.ConflictTakenForSuccess(right);
        }
    },
    STRAY_ANSWER_TAKEN_FOR_GONE("What a balancer answers in the store's stead is taken for the store's word (3.4).") {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.StrayAnswerTakenForGone(right);
        }
    },
    DENIED_READ_TAKEN_FOR_ABSENCE("A record that may not be read is taken not to be there (3.4).") {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.DeniedReadTakenForAbsence(right);
        }
    },
    DENIED_READ_NOT_ASKED_AGAIN("Whoever may not read once does not ask again.") {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.DeniedReadNotAskedAgain(right);
        }
    },
    REFUSAL_OWED("What the store refused to write for certain counts as unknown, and is owed (4.5).") {
        @Override
        Register around(Register right, Node node) {
            return new Mutants.RefusalOwed(right);
        }
    },
    MONOTONIC_CLOCK_ONLY("A term does not look at the wall clock: a suspended machine does not notice that it was.") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mutants.MonotonicClockOnly(right);
        }
    },
    REFUSED_RENEWAL_IGNORED("Another holder seen while leading does not end the term (1.1; kubernetes#44887).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.RefusedRenewalIgnored(right);
        }
    },
    RENEW_REACQUIRES("A renewal that is refused acquires anew, within the same term (4.4; kubernetes#44887).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.RenewReacquires(right);
        }
    },
    READ_TAKEN_FOR_RENEWAL("A read that shows the record to be ours extends the term (2.1).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.ReadTakenForRenewal(right, register);
        }
    },
    FAILED_ACQUIRE_TAKEN_FOR_GRANT("The work starts though the write failed (3.1; fabric8#7350).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.FailedAcquireTakenForGrant(right, node);
        }
    },
    NEVER_CONTENDS_AGAIN("After one loss a candidate does not contend again (java#714, fabric8#5635).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.NeverContendsAgain(right);
        }
    },
    TOKEN_COUNTS_OWN_TERMS("Each process numbers its own terms (2.2).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.Numbering(right, (claim, before) -> before + 1L);
        }
    },
    TOKEN_FROM_TRANSITIONS("Tokens are the record's leaderTransitions, which a deletion resets (2.2).") {
        @Override
        Register around(Register right, Node node) {
            return new Mistakes.Counting(right);
        }

        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.Numbering(right, (claim, before) -> ((Mistakes.Counting) register).transitions());
        }
    },
    WITHDRAWAL_FAILURE_IGNORED("A withdrawal that failed is not tried again (4.1).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.WithdrawalFailureIgnored(right);
        }
    },
    WITHDRAWAL_FORGOTTEN("Nothing is ever withdrawn: it expires by itself (4.1; etcd#21128, stolon#659).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.WithdrawalForgotten(right);
        }
    },
    WRITE_UNDER_WAY_FORGOTTEN(
            "A withdrawal that finds nothing of ours is done, though a write may still land (4.2; fabric8#4547).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.WriteUnderWayForgotten(right, register);
        }
    },
    LOST_CLAIM_RELEASED_AT_ONCE("The claim of a lost term is released while its work still winds down (4.3).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.ReleasesOn(right, ElectionEvent.Type.TERM_ENDED);
        }

        @Override
        void told(ElectionEvent event, LockBackend backend) {
            ((Mistakes.ReleasesOn) backend).told(event);
        }
    },
    RELEASED_BEFORE_DRAINED(
            "A leader that steps down releases first and drains afterwards (kubernetes#139991, #139504).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.ReleasesOn(right, ElectionEvent.Type.TERM_DRAINING);
        }

        @Override
        void told(ElectionEvent event, LockBackend backend) {
            ((Mistakes.ReleasesOn) backend).told(event);
        }
    },
    CALLS_WITHOUT_TIMEOUT("Calls wait for as long as the store keeps silent (7.1; jetcd#965).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.CallsWithoutTimeout(right);
        }
    },
    WALL_CLOCK_ONLY("Time is measured on the wall clock, which jumps (2.3; as fabric8 does).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.WallClockOnly(right);
        }
    },
    LOST_NEVER_SAID("A leader does not watch its own claim (6.2).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.LostNeverSaid(right);
        }
    },
    LOST_FROM_OLDER_STATE("An old state of the store, delivered late, ends a term (6.1).") {
        @Override
        Register around(Register right, Node node) {
            return new Mistakes.LostFromOlderState.Told(right);
        }

        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.LostFromOlderState(right, (Mistakes.LostFromOlderState.Told) register);
        }
    },
    HINT_TAKEN_FOR_GRANT("A vacancy heard of is a leadership won (6.1; spring-cloud-kubernetes#2032).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.HintTakenForGrant(right, node);
        }
    },
    POLLS_WITHOUT_PAUSE("A standby that was refused asks again at once (6.4; kubernetes#65666).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Mistakes.PollsWithoutPause(right);
        }
    },
    WRITE_WITHOUT_COMPARING("A write replaces whatever it finds (2.1; a PUT without resourceVersion).") {
        @Override
        Register around(Register right, Node node) {
            return new Mistakes.WriteWithoutComparing(right);
        }
    },
    PUT_CREATES_ANEW("A write creates what was deleted (4.4; a PUT to a deleted Lease).") {
        @Override
        Register around(Register right, Node node) {
            return new Mistakes.PutCreatesAnew(right);
        }
    },
    RECORD_PROMISES_TOO_LITTLE("The record tells others to wait for renewDeadline only (2.1).") {
        @Override
        Register around(Register right, Node node) {
            return new Mistakes.RecordPromisesTooLittle(right, node);
        }
    },
    RENEWALS_NOT_NOTICED("A standby recognises a change by the holder and not by the version.") {
        @Override
        Register around(Register right, Node node) {
            return new Mistakes.RenewalsNotNoticed(right, node);
        }
    },
    STOPPED_TWICE("onStoppedLeading runs twice for a term (fabric8#2860, #5463).") {
        @Override
        TermCallbacks around(TermCallbacks right) {
            return new Mistakes.StoppedTwice(right);
        }
    },
    STOPPED_WITHOUT_STARTED("onStoppedLeading runs though onStartedLeading never did (client-go#1187, java#3600).") {
        @Override
        TermCallbacks around(TermCallbacks right) {
            return new Mistakes.StoppedWithoutStarted(right);
        }
    },
    WORK_NEVER_INTERRUPTED("Work that does not look at its term is not told that it is over (cilium#42920).") {
        @Override
        TermCallbacks around(TermCallbacks right) {
            return new Mistakes.WorkNeverInterrupted(right);
        }
    },
    NONCE_FROM_IDENTITY("A restarted process, or a twin, writes the nonce of the other (3.3; kubernetes#61151).") {
        @Override
        String nonce(String identity, String unique) {
            return String.format(Locale.ROOT, "%08x-0000-4000-8000-", identity.hashCode());
        }
    },
    VALID_FOR_WHOLE_LEASE("A term is relied on for all of leaseDuration: no room for clocks that differ.") {
        @Override
        ElectionTiming timing(ElectionTiming right) {
            return Mistakes.wholeLease(right);
        }
    },
    CLOCKS_BEYOND_DRIFT(
            "Clocks run faster and slower than the timing allows for: the theorem's bound is not generous.") {
        @Override
        int worstPpm(int tolerated) {
            return 5 * tolerated;
        }
    },
    CALL_GIVEN_UP_AND_REPEATED(
            "A renewal that is slow is called a failure, and the next call made while it is under way (1.2).") {
        @Override
        LockBackend around(LockBackend right, Register register, Node node) {
            return new Oversights.CallGivenUpAndRepeated(right);
        }
    },
    STORE_CALLED_ON_THE_LOOP(
            "The store is called on the thread that keeps the timers, which waits for the answer (1.3).") {
        @Override
        Register around(Register right, Node node) {
            return new Oversights.StoreCalledOnTheLoop(right, node);
        }
    },
    RELEASED_RECORD_NAMES_ITS_HOLDER(
            "A release shortens the lease and leaves the holder's name (5.2; fabric8's merge patch).") {
        @Override
        Register around(Register right, Node node) {
            return new Oversights.ReleasedRecordNamesItsHolder(right);
        }
    },
    WATCHED_THOUGH_SILENT("A standby goes on relying on a watch that is dead (6.3; spring-cloud-kubernetes#2032).") {
        @Override
        Register around(Register right, Node node) {
            return new Oversights.WatchedThoughSilent(right);
        }
    },
    DEAD_CONNECTION_USED_AGAIN("A connection on which a request timed out is used for the next (7.2).") {
        @Override
        boolean reconnects() {
            return false;
        }
    },
    CLOSED_UNDER_A_TERM(
            "The connection is closed while an election that did not hand over in time still leads (8.2).") {
        @Override
        boolean abandons() {
            return false;
        }
    },
    CALLBACK_ON_THE_LOOP("A callback runs on the thread that keeps the timers, and takes its time (8.3).") {
        @Override
        TermCallbacks around(TermCallbacks right, Node node) {
            return new Oversights.CallbackOnTheLoop(right, node);
        }
    },
    RENEWALS_QUEUE_UP("Requests leave in the order in which they came, renewals behind standbys' questions (8.4).") {
        @Override
        boolean queuesByArrival() {
            return true;
        }
    },
    VANISHED_RECORD_TAKEN_AT_ONCE("A record that vanished is free, though the lease last seen still runs.") {
        @Override
        Register around(Register right, Node node) {
            return new Oversights.VanishedRecordTakenAtOnce(right, node);
        }
    },
    WRITE_WITHOUT_UID("A write names the version and no uid, and creates the record anew where it was deleted (4.4).") {
        @Override
        Register around(Register right, Node node) {
            return new Oversights.WriteWithoutUid(right);
        }
    },
    EPOCH_NOT_RAISED("After a restore the candidates are started with the epoch that they had (2.2).") {
        @Override
        int epoch(int right) {
            return 0;
        }
    };

    private static final Pattern RULE = Pattern.compile("\\b(\\d\\.\\d)\\b");

    private final String mistake;

    Mutant(String mistake) {
        this.mistake = mistake;
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

    Register around(Register right, Node node) {
        return right;
    }

    LockBackend around(LockBackend right, Register register, Node node) {
        return right;
    }

    TermCallbacks around(TermCallbacks right) {
        return right;
    }

    TermCallbacks around(TermCallbacks right, Node node) {
        return around(right);
    }

    /** Whether a connection on which a request timed out is replaced. */
    boolean reconnects() {
        return true;
    }

    /** Whether requests leave in the order in which they came. */
    boolean queuesByArrival() {
        return false;
    }

    /** Whether the terms of elections that did not close in time are ended. */
    boolean abandons() {
        return true;
    }

    int epoch(int right) {
        return right;
    }

    /** The rules of {@code docs/spi-specification.md} that this breaks, as its mistake names them. */
    Set<String> rules() {
        return rulesIn(mistake);
    }

    /** The rules that a mistake names. */
    static Set<String> rulesIn(String mistake) {
        return RULE.matcher(mistake).results().map(found -> found.group(1)).collect(Collectors.toUnmodifiableSet());
    }

    int worstPpm(int tolerated) {
        return tolerated;
    }

    String nonce(String identity, String unique) {
        return unique;
    }

    ElectionTiming timing(ElectionTiming right) {
        return right;
    }

    void told(ElectionEvent event, LockBackend backend) {
        // The right code tells, and nobody minds.
    }
}
