package dev.baton.register;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.TIMING;
import static dev.baton.fixture.Samples.millis;
import static dev.baton.fixture.Samples.seconds;
import static dev.baton.register.ScriptedRegister.Fate.ANSWERED;
import static dev.baton.register.ScriptedRegister.Fate.FAILED;
import static dev.baton.register.ScriptedRegister.Fate.FAILED_LANDS_LATER;
import static dev.baton.register.ScriptedRegister.Fate.HELD;
import static dev.baton.register.ScriptedRegister.Fate.LANDED_ANSWER_HELD;
import static dev.baton.register.ScriptedRegister.Fate.LANDED_BUT_FAILED;
import static dev.baton.register.ScriptedRegister.Fate.LANDED_THEN_REFUSED;
import static dev.baton.register.ScriptedRegister.Fate.LANDED_TWICE;
import static dev.baton.register.ScriptedRegister.Fate.REFUSED;
import static dev.baton.register.ScriptedRegister.Fate.REFUSED_LATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.fixture.VirtualTime;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** client-go's algorithm, and what it leaves out: unknown writes, twins, and records that vanish. */
class RegisterBackendTest {
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    private final VirtualTime time = new VirtualTime(1);
    private final Store store = new Store();
    private final OneProcess here = new OneProcess("here", store, time, false);
    private final OneProcess there = new OneProcess("there", store, time, false);
    private final Claim mine = here.claim("bing");
    private final Claim theirs = there.claim("baz");

    private static LeaderRecord heldBy(String identity, Duration lease) {
        return new LeaderRecord(identity, "", lease, LONG_AGO, LONG_AGO, 1);
    }

    private Moment now() {
        return time.now();
    }

    /** The message of a request that comes too late to be sent does not contain "within 0ms". */
    @Test
    void requestWithoutTimeLeftIsNotSentAndSaysSo() {
        CompletableFuture<Answer> answer = here.backend.acquire(mine, now()).toCompletableFuture();
        time.settle();
        assertThat(here.calls()).isEmpty();
        assertThat(OneProcess.failure(answer))
                .contains(" received no request for a read of ")
                .doesNotContain("0ms");
    }

    /** The cases of client-go's own table. */
    @Nested
    class AsClientGo {
        @Test
        void acquiresWhereThereIsNoObject() {
            Answer.Granted granted = here.granted(mine);
            assertThat(here.calls()).containsExactly("read", "create");
            assertThat(store.record().holderIdentity()).isEqualTo("bing");
            assertThat(store.record().transitions()).isZero();
            assertThat(store.record().leaseDuration()).isEqualTo(seconds(15));
            assertThat(granted.token()).isEqualTo(new FencingToken(0, store.revision()));
            assertThat(granted.guaranteedFor()).isEqualTo(seconds(15));
        }

        @Test
        void acquiresAFreeRecordAndCountsATransition() {
            store.put(heldBy("", seconds(1)));
            here.granted(mine);
            assertThat(here.calls()).containsExactly("read", "write");
            assertThat(store.record().transitions()).isEqualTo(2);
        }

        @Test
        void acquiresALedRecordThatHasNotChangedForItsLease() {
            store.put(heldBy("baz", seconds(15)));
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(seconds(15)));
            time.advance(seconds(15).minusNanos(1));
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(Duration.ofNanos(1)));
            time.advance(Duration.ofNanos(1));
            here.granted(mine);
            assertThat(store.record().transitions()).isEqualTo(2);
            assertThat(store.record().acquireTime()).isNotEqualTo(LONG_AGO);
        }

        @Test
        void acquiresAnEmptyHolderThoughRecentlyObserved() {
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            store.put(heldBy("", seconds(15)));
            here.granted(mine);
        }

        @Test
        void doesNotAcquireARecordThatIsLedAndAlive() {
            store.put(heldBy("baz", seconds(15)));
            Answer.Refused refused = here.refused(mine);
            assertThat(refused.holder()).isNotNull();
            assertThat(refused.holder() == null ? "" : refused.holder().identity())
                    .isEqualTo("baz");
            assertThat(here.calls()).containsExactly("read");
            assertThat(store.record().holderIdentity()).isEqualTo("baz");
        }

        @Test
        void renewsWhatItHolds() {
            Answer.Granted granted = here.granted(mine);
            here.calls();
            time.advance(seconds(2));
            Instant before = store.record().renewTime();
            Answer renewed = here.renew(mine);
            assertThat(here.calls()).as("the fast path writes without reading").containsExactly("write");
            assertThat(renewed).isEqualTo(new Answer.Granted(now(), seconds(15), granted.token()));
            assertThat(store.record().acquireTime()).isEqualTo(before);
            assertThat(store.record().renewTime()).isAfter(before);
            assertThat(store.record().transitions()).isZero();
        }

        /** client-go sees a renewal only by another second of renewTime: one that stood still would be silence to it. */
        @Test
        void eachRenewalHasAnotherRenewTime_inSecondsTooWhenTheWallClockWentBack() {
            here.granted(mine);
            time.advance(seconds(2));
            time.suspend(seconds(-60));
            List<Long> shown = new ArrayList<>();
            shown.add(store.record().renewTime().getEpochSecond());
            for (int i = 0; i < 3; i++) {
                here.renew(mine);
                shown.add(store.record().renewTime().getEpochSecond());
                time.advance(seconds(2));
            }
            assertThat(shown).doesNotHaveDuplicates();
            Instant last = store.record().renewTime();
            time.suspend(Duration.between(now().wall(), last));
            here.renew(mine);
            assertThat(store.record().renewTime()).isNotEqualTo(last);
        }

        @Test
        void fastPathReadsWritesThenOnlyWrites() {
            store.put(heldBy("", seconds(1)));
            here.granted(mine);
            here.renew(mine);
            here.renew(mine);
            assertThat(here.calls()).containsExactly("read", "write", "write", "write");
        }

        @Test
        void conflictOnTheFastPathReadsAndWritesAgain() {
            here.granted(mine);
            here.calls();
            store.put(store.record());
            assertThat(here.renew(mine)).isInstanceOf(Answer.Granted.class);
            assertThat(here.calls()).containsExactly("write", "read", "write");
            here.renew(mine);
            assertThat(here.calls()).containsExactly("write");
        }

        @Test
        void conflictBecauseAnotherHoldsIsARefusal() {
            here.granted(mine);
            store.put(heldBy("baz", seconds(15)));
            assertThat(here.renew(mine)).isInstanceOf(Answer.Refused.class);
            assertThat(store.record().holderIdentity()).isEqualTo("baz");
        }

        @Test
        void lostRaceIsARefusalToBeTriedAgainAtOnce() {
            store.put(heldBy("", seconds(1)));
            here.register.nextWrites(HELD);
            CompletableFuture<Answer> late = here.asking(mine);
            there.granted(theirs);
            here.register.landHeld();
            time.settle();
            assertThat(OneProcess.done(late)).isEqualTo(new Answer.Refused(null, Chance.now()));
        }

        @Test
        void releaseClearsTheHolderAndKeepsTheTransitions() {
            store.put(heldBy("", seconds(1)));
            here.granted(mine);
            here.calls();
            here.withdraw(mine);
            assertThat(here.calls()).as("rule 5.1: on a fresh read").containsExactly("read", "write");
            assertThat(store.record().isFree()).isTrue();
            assertThat(store.record().nonce()).isEmpty();
            assertThat(store.record().leaseDuration()).isEqualTo(seconds(1));
            assertThat(store.record().transitions()).isEqualTo(2);
        }

        @Test
        void releaseIsTriedAgainOnAConflict() {
            here.granted(mine);
            here.calls();
            here.register.nextWrites(HELD, ANSWERED);
            CompletableFuture<Void> withdrawn = here.withdrawing(mine);
            store.put(store.record());
            here.register.landHeld();
            time.settle();
            OneProcess.done(withdrawn);
            assertThat(here.calls()).containsExactly("read", "write", "read", "write");
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void releasesAreGivenUpForNowWhenTheRecordChangesTooFast() {
            here.granted(mine);
            here.register.nextWrites(HELD, HELD, HELD);
            CompletableFuture<Void> withdrawn = here.withdrawing(mine);
            for (int i = 0; i < 3; i++) {
                store.put(store.record());
                here.register.landHeld();
                time.settle();
            }
            assertThat(OneProcess.failure(withdrawn)).contains("changes too fast");
            here.withdraw(mine);
            assertThat(store.record().isFree()).isTrue();
        }

        /** client-go: the record's duration, not one's own. */
        @Test
        void recordsDurationBeatsOnesOwn() {
            store.put(heldBy("baz", seconds(60)));
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(seconds(60)));
            time.advance(seconds(59));
            here.refused(mine);
            time.advance(seconds(1));
            here.granted(mine);
        }

        /** Rule 7.3: whatever the holder's clock says. */
        @Test
        void rule7_3_timesOfTheHolderAreNeverRead() {
            Instant future = now().wall().plusSeconds(1_000_000);
            store.put(new LeaderRecord("baz", "", seconds(15), future, future, 1));
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(seconds(15)));
            time.advance(seconds(14));
            store.put(heldBy("baz", seconds(15)));
            assertThat(here.refused(mine).chance())
                    .as("renewed, whatever renewTime says")
                    .isEqualTo(Chance.after(seconds(15)));
        }

        @Test
        void wallClockOfTheStandbyDecidesNothing() {
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            time.suspend(seconds(3600));
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(seconds(15)));
        }
    }

    @Nested
    class Counts {
        @Test
        void transitionsGrowByOneWithEachLeader() {
            here.granted(mine);
            here.withdraw(mine);
            there.granted(theirs);
            there.withdraw(theirs);
            here.granted(here.claim("bing"));
            assertThat(store.record().transitions()).isEqualTo(2);
        }

        @Test
        void rule2_2_tokensGrowAlsoAfterDeletionAndReCreation() {
            Answer.Granted first = here.granted(mine);
            here.withdraw(mine);
            store.delete();
            Answer.Granted second = there.granted(theirs);
            assertThat(second.token()).isGreaterThan(first.token());
        }

        @Test
        void rule2_2_renewalsRepeatTheTokenOfTheAcquire() {
            Answer.Granted granted = here.granted(mine);
            for (int i = 0; i < 5; i++) {
                time.advance(seconds(2));
                assertThat(((Answer.Granted) here.renew(mine)).token()).isEqualTo(granted.token());
            }
        }

        /** Within one (holder, acquireTime) the duration that is waited for never shrinks. */
        @Test
        void observedDurationNeverShrinksWithinOneLeadership() {
            store.put(heldBy("baz", seconds(60)));
            here.refused(mine);
            store.put(heldBy("baz", seconds(5)));
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(seconds(60)));
            time.advance(seconds(6));
            here.refused(mine);
            store.put(heldBy("baz", seconds(90)));
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(seconds(90)));
        }

        @Test
        void editThatLeavesTheRecordAsItIsDoesNotKeepItsHolderAlive() {
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            for (int i = 0; i < 14; i++) {
                time.advance(seconds(1));
                store.put(store.record());
                here.refused(mine);
            }
            time.advance(seconds(1));
            here.granted(mine);
        }

        @Test
        void everyRenewalChangesTheRecordThoughTheWallClockStandsStill() {
            here.granted(mine);
            LeaderRecord before = store.record();
            here.renew(mine);
            assertThat(store.record()).isNotEqualTo(before);
        }

        @Test
        void anotherLeadershipIsCountedByItsOwnDuration() {
            store.put(heldBy("baz", seconds(60)));
            here.refused(mine);
            store.put(heldBy("bar", seconds(5)));
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(seconds(5)));
            store.put(new LeaderRecord("bar", "", seconds(3), LONG_AGO.plusSeconds(1), LONG_AGO, 3));
            assertThat(here.refused(mine).chance())
                    .as("the same holder, another term")
                    .isEqualTo(Chance.after(seconds(3)));
        }

        /** Rule 2.1: read when the write leaves, not when the answer comes. */
        @Test
        void rule2_1_sentAtIsWhenTheWriteLeft() {
            here.register.nextWrites(HELD);
            Moment sent = now();
            CompletableFuture<Answer> asking = here.asking(mine);
            time.advance(seconds(3));
            here.register.landHeld();
            time.settle();
            assertThat(((Answer.Granted) OneProcess.done(asking)).sentAt()).isEqualTo(sent);
        }

        /** Rule 2.1: the read before the write took its time; that is not counted against the term. */
        @Test
        void sentAtIsThatOfTheWriteNotOfTheReadBefore() {
            here.register.nextReads(HELD);
            CompletableFuture<Answer> asking = here.asking(mine);
            time.advance(seconds(3));
            here.register.landHeld();
            time.settle();
            assertThat(((Answer.Granted) OneProcess.done(asking)).sentAt()).isEqualTo(now());
        }

        @Test
        void epochMustNotBeNegative() {
            assertThatThrownBy(() -> new RegisterBackend(here.register, -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("epoch -1")
                    .hasMessageContaining("must not be negative")
                    .hasMessageContaining("raise it by one at each restore");
        }
    }

    /** Numbers in a record that others wrote, or that have grown for long. */
    @Nested
    class StrangeNumbers {
        private LeaderRecord counted(int transitions, Duration lease) {
            return new LeaderRecord("baz", "", lease, LONG_AGO, LONG_AGO, transitions);
        }

        /** The store answers a negative number with a rejection, for ever: no candidate could lead. */
        @Test
        void transitionsAreCountedNoFurtherThanTheirStoreCan() {
            store.put(counted(Integer.MAX_VALUE - 1, seconds(1)));
            here.refused(mine);
            time.advance(seconds(1));
            here.granted(mine);
            assertThat(store.record().transitions()).isEqualTo(Integer.MAX_VALUE);
            here.withdraw(mine);
            there.granted(theirs);
            assertThat(store.record().transitions()).isEqualTo(Integer.MAX_VALUE);
            there.renew(theirs);
            assertThat(store.record().transitions()).isEqualTo(Integer.MAX_VALUE);
        }

        @Test
        void negativeTransitionsAreNotHandedOn() {
            store.put(counted(Integer.MIN_VALUE, seconds(1)));
            here.refused(mine);
            time.advance(seconds(1));
            here.granted(mine);
            assertThat(store.record().transitions()).isEqualTo(1);
        }

        @Test
        void leaseLongerThanAnyIsTroubleUntilItIsBlanked() {
            OneProcess.Ear ear = here.listen();
            ear.take();
            store.put(counted(1, seconds(Integer.MAX_VALUE)));
            assertThat(OneProcess.failure(here.asking(mine)))
                    .contains("gives \"baz\" a lease of 2147483647s", "blank the record's holderIdentity");
            store.put(new LeaderRecord("", "", seconds(1), LONG_AGO, LONG_AGO, 1));
            here.granted(mine);
        }

        /** A standby with a watch tries only when it receives a chance, and learns only by trying. */
        @Test
        void standbyIsToldToTryWhereItWouldWaitForTooLong() {
            OneProcess watching = new OneProcess("watching", store, time, true);
            OneProcess.Ear ear = watching.listen();
            ear.take();
            store.put(counted(1, ElectionTiming.LONGEST));
            time.settle();
            assertThat(ear.take()).containsExactly("held by baz for 86400s");
            store.put(counted(2, ElectionTiming.LONGEST.plusSeconds(1)));
            time.settle();
            assertThat(ear.take()).containsExactly("held by baz for 0ms");
        }

        @Test
        void leaseThatIsNoneIsNotWaitedFor() {
            for (Duration lease : List.of(Duration.ZERO, seconds(-15), seconds(Long.MIN_VALUE))) {
                store.put(counted(1, lease));
                here.withdraw(mine);
                here.granted(mine);
            }
        }

        @Test
        void recordOfAnyTimeIsTakenOver() {
            for (Instant when : List.of(Instant.MIN, Instant.EPOCH, Instant.MAX)) {
                store.put(new LeaderRecord("baz", "", seconds(15), when, when, 1));
                here.withdraw(mine);
                here.refused(mine);
                time.advance(seconds(15));
                here.granted(mine);
            }
        }
    }

    @Nested
    class Vanishes {
        @Test
        void vanishedRecordIsStillItsHoldersUntilTheLeaseSeenHasRunOut() {
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            time.advance(seconds(5));
            store.delete();
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(seconds(10)));
            time.advance(seconds(10));
            here.granted(mine);
        }

        @Test
        void candidateThatSawNobodyTakesAnAbsentRecordAtOnce() {
            store.put(heldBy("baz", seconds(15)));
            store.delete();
            here.granted(mine);
        }

        @Test
        void rule4_4_renewNeverRecreatesWhatIsGone() {
            here.granted(mine);
            store.delete();
            assertThat(here.renew(mine)).isInstanceOf(Answer.Refused.class);
            assertThat(store.entry()).isNull();
        }

        @Test
        void rule4_4_renewNeverRetakesWhatAnotherReleased() {
            here.granted(mine);
            store.put(heldBy("", seconds(1)));
            assertThat(here.renew(mine)).isInstanceOf(Answer.Refused.class);
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void renewalOfWhatWasNeverGrantedIsRefused() {
            assertThat(here.renew(mine)).isInstanceOf(Answer.Refused.class);
            assertThat(here.calls()).isEmpty();
        }
    }

    @Nested
    class Twins {
        @Test
        void rule3_3_sameIdentityTwiceIsAnotherHolder() {
            here.granted(mine);
            Claim twin = there.claim("bing");
            assertThat(there.refused(twin).chance()).isEqualTo(Chance.after(seconds(15)));
            there.withdraw(twin);
            assertThat(here.renew(mine)).isInstanceOf(Answer.Granted.class);
        }

        @Test
        void rule3_3_twinOfALeaderThatWasTakenOverDoesNotRenew() {
            here.granted(mine);
            store.put(new LeaderRecord("bing", "another-nonce", seconds(15), LONG_AGO, LONG_AGO, 1));
            assertThat(here.renew(mine)).isInstanceOf(Answer.Refused.class);
        }

        /** The write landed, its answer did not; the next try finds its own nonce and takes it as a new term. */
        @Test
        void rule3_3_unknownWriteIsSettledByItsNonce() {
            here.register.nextWrites(LANDED_BUT_FAILED);
            OneProcess.failure(here.asking(mine));
            long landed = store.revision();
            Answer.Granted granted = here.granted(mine);
            assertThat(granted.token()).isGreaterThan(new FencingToken(0, landed));
            assertThat(store.record().transitions()).as("nobody else led").isZero();
        }

        @Test
        void rule3_1_writeThatFailedIsUnknownAndTheRenewalReadsFirst() {
            here.granted(mine);
            here.calls();
            here.register.nextWrites(LANDED_BUT_FAILED);
            assertThat(OneProcess.failure(here.renewing(mine))).contains("reset");
            assertThat(here.renew(mine)).isInstanceOf(Answer.Granted.class);
            assertThat(here.calls()).containsExactly("write", "read", "write");
            here.renew(mine);
            assertThat(here.calls()).as("settled: the fast path again").containsExactly("write");
        }

        @Test
        void lapsedClaimWithItsOwnNonceIsTakenAgainAtOnceAsANewTerm() {
            Answer.Granted first = here.granted(mine);
            time.advance(seconds(60));
            Answer.Granted again = here.granted(mine);
            assertThat(again.token()).isGreaterThan(first.token());
        }

        @Test
        void answerThatComesAfterItsDeadlineIsRememberedNotUsed() {
            here.register.nextWrites(LANDED_ANSWER_HELD);
            CompletableFuture<Answer> asking = here.asking(mine);
            time.advance(seconds(5));
            assertThat(OneProcess.failure(asking))
                    .isEqualTo("scripted did not answer a write of orders/reconciler within 5s; retrying");
            here.register.answerHeld();
            time.settle();
            here.withdraw(mine);
            assertThat(store.record().isFree()).isTrue();
        }
    }

    @Nested
    class Withdraws {
        @Test
        void withdrawOfWhatWasNeverWrittenAsksNothing() {
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            here.calls();
            here.withdraw(mine);
            assertThat(here.calls()).isEmpty();
        }

        @Test
        void rule5_1_withdrawLeavesTheSuccessorIntact() {
            here.granted(mine);
            store.put(heldBy("baz", seconds(15)));
            long revision = store.revision();
            here.withdraw(mine);
            assertThat(store.revision()).isEqualTo(revision);
        }

        @Test
        void rule5_2_standbyIsGrantedAtOnceAfterAWithdrawal() {
            here.granted(mine);
            there.refused(theirs);
            here.withdraw(mine);
            there.granted(theirs);
        }

        @Test
        void rule4_2_withdrawVoidsAWriteStillUnderWayToAFreeRecord() {
            store.put(heldBy("", seconds(1)));
            here.register.nextWrites(FAILED_LANDS_LATER);
            OneProcess.failure(here.asking(mine));
            here.withdraw(mine);
            here.register.landHeld();
            assertThat(store.record().isFree())
                    .as("what lands late finds its place taken")
                    .isTrue();
        }

        /** An API server counts no write that changes nothing. */
        @Test
        void rule4_2_withdrawVoidsAlsoWhereEqualWritesDoNotCount() {
            store.ignoreEqualWrites();
            store.put(heldBy("", seconds(1)));
            here.register.nextWrites(FAILED_LANDS_LATER);
            OneProcess.failure(here.asking(mine));
            here.withdraw(mine);
            here.register.landHeld();
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void rule4_2_withdrawVoidsACreationStillUnderWay() {
            here.register.nextWrites(FAILED_LANDS_LATER);
            OneProcess.failure(here.asking(mine));
            here.withdraw(mine);
            here.register.landHeld();
            assertThat(store.record().isFree()).isTrue();
            there.granted(theirs);
        }

        /** A free record would let others lead before the lease of the last leader has run out. */
        @Test
        void creationStillUnderWayIsNotVoidedWhereALivingHoldersRecordVanished() {
            OneProcess watching = new OneProcess("watching", store, time, true);
            watching.listen();
            Claim wanted = watching.claim("bing");
            watching.register.nextWrites(FAILED_LANDS_LATER);
            OneProcess.failure(watching.asking(wanted));
            store.put(heldBy("baz", seconds(15)));
            store.delete();
            time.settle();
            assertThat(OneProcess.failure(watching.withdrawing(wanted))).contains("may still be under way");
            assertThat(store.entry()).isNull();
            time.advance(seconds(15));
            watching.withdraw(wanted);
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void rule4_2_withdrawVoidsARenewalStillUnderWay() {
            here.granted(mine);
            here.register.nextWrites(FAILED_LANDS_LATER);
            OneProcess.failure(here.renewing(mine));
            here.withdraw(mine);
            here.register.landHeld();
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void rule4_2_withdrawWaitsWhileAWriteMayStillLandOnALivingHoldersRecord() {
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            time.advance(seconds(15));
            here.register.nextWrites(FAILED_LANDS_LATER);
            OneProcess.failure(here.asking(mine));
            store.put(heldBy("baz", seconds(15)));
            here.withdraw(mine);
            assertThat(store.record().holderIdentity())
                    .as("it came back, and moved on")
                    .isEqualTo("baz");
            here.register.landHeld();
            assertThat(store.record().holderIdentity()).isEqualTo("baz");
        }

        /**
         * The holder is dead, so no other candidate will ever move its record: a record that may be taken may be voided.
         */
        @Test
        void rule4_2_withdrawVoidsAWriteThatMayStillLandOnADeadHoldersRecord() {
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            time.advance(seconds(15));
            here.register.nextWrites(FAILED_LANDS_LATER);
            OneProcess.failure(here.asking(mine));
            here.withdraw(mine);
            here.register.landHeld();
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void releaseThatLandedUnansweredIsConfirmedByTheNextRead() {
            here.granted(mine);
            here.register.nextWrites(LANDED_BUT_FAILED);
            OneProcess.failure(here.withdrawing(mine));
            assertThat(store.record().isFree()).isTrue();
            there.granted(theirs);
            here.withdraw(mine);
            assertThat(store.record().holderIdentity()).isEqualTo("baz");
        }

        /** The write landed without an answer, and the next try conflicted with another client's edit of that record. */
        @Test
        void rule4_1_whatAReadShowedToBeOursIsWithdrawnThoughNoWriteWasEverAnswered() {
            here.register.nextWrites(LANDED_BUT_FAILED, HELD);
            OneProcess.failure(here.asking(mine));
            CompletableFuture<Answer> again = here.asking(mine);
            store.put(store.record());
            here.register.landHeld();
            time.settle();
            assertThat(again).isCompletedWithValueMatching(answer -> answer instanceof Answer.Refused);
            here.withdraw(mine);
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void releaseThatLandsLateDoesNotTouchTheSuccessor() {
            here.granted(mine);
            there.refused(theirs);
            here.register.nextWrites(FAILED_LANDS_LATER);
            OneProcess.failure(here.withdrawing(mine));
            time.advance(seconds(15));
            there.granted(theirs);
            here.register.landHeld();
            assertThat(store.record().holderIdentity()).isEqualTo("baz");
            here.withdraw(mine);
        }

        @Test
        void failedReadIsNotAConfirmation() {
            here.granted(mine);
            here.register.nextReads(FAILED);
            assertThat(OneProcess.failure(here.withdrawing(mine))).contains("refused");
            assertThat(store.record().isFree()).isFalse();
        }
    }

    /** The store's own "no": of this request nothing was written. */
    @Nested
    class Refuses {
        private final String refusal = "it is not permitted";

        @Test
        void rule4_5_whatWasRefusedForCertainIsNotOwed() {
            here.register.nextWrites(REFUSED);
            assertThat(OneProcess.failure(here.asking(mine))).isEqualTo(refusal);
            here.calls();
            here.withdraw(mine);
            assertThat(here.calls()).as("one look, and nothing is voided").containsExactly("read");
            assertThat(store.entry()).isNull();
        }

        @Test
        void rule4_5_whatWasRefusedForCertainIsNotOwedWhereAnotherLeads() {
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            time.advance(seconds(15));
            here.register.nextWrites(REFUSED);
            assertThat(OneProcess.failure(here.asking(mine))).isEqualTo(refusal);
            store.put(heldBy("bar", seconds(15)));
            here.withdraw(mine);
            assertThat(store.record().holderIdentity()).isEqualTo("bar");
        }

        @Test
        void whatWasLookedAtSinceItWasRefusedIsNotLookedAtAgain() {
            here.register.nextWrites(REFUSED);
            assertThat(OneProcess.failure(here.asking(mine))).isEqualTo(refusal);
            store.put(heldBy("bar", seconds(15)));
            here.refused(mine);
            here.calls();
            here.withdraw(mine);
            assertThat(here.calls()).isEmpty();
        }

        @Test
        void rule3_4_refusalSaysNothingOfAnEarlierWriteFromTheSamePlace() {
            here.register.nextWrites(FAILED_LANDS_LATER, REFUSED, REFUSED, ANSWERED);
            OneProcess.failure(here.asking(mine));
            assertThat(OneProcess.failure(here.asking(mine))).isEqualTo(refusal);
            assertThat(OneProcess.failure(here.withdrawing(mine)))
                    .as("the first may still land, and voiding it was refused")
                    .isEqualTo(refusal);
            here.register.landHeld();
            here.withdraw(mine);
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void rule3_4_refusalThatComesAfterItsDeadlineSettlesItsWriteAllTheSame() {
            here.register.nextWrites(REFUSED_LATE);
            CompletableFuture<Answer> asked = here.asking(mine);
            time.advance(seconds(6));
            assertThat(asked).isCompletedExceptionally();
            here.register.answerHeld();
            time.settle();
            here.calls();
            here.withdraw(mine);
            assertThat(here.calls()).containsExactly("read");
        }

        @Test
        void rule3_4_lateRefusalDoesNotSettleALaterWriteFromTheSamePlace() {
            here.register.nextWrites(REFUSED_LATE, FAILED_LANDS_LATER);
            CompletableFuture<Answer> asked = here.asking(mine);
            time.advance(seconds(6));
            assertThat(asked).isCompletedExceptionally();
            OneProcess.failure(here.asking(mine));
            here.register.answerHeld();
            time.settle();
            here.withdraw(mine);
            assertThat(store.record().isFree()).as("the place was voided").isTrue();
            here.register.landHeld();
            time.settle();
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void rule4_5_creationThatLandedAndWasAnsweredConflictIsWithdrawn() {
            here.register.nextWrites(LANDED_TWICE);
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.now());
            assertThat(store.record().isBy(mine)).isTrue();
            here.withdraw(mine);
            assertThat(store.record().isFree())
                    .as("a record that no leader keeps")
                    .isTrue();
            there.granted(theirs);
        }

        @Test
        void rule4_5_takeoverThatLandedAndWasAnsweredConflictIsWithdrawn() {
            store.put(heldBy("", seconds(1)));
            here.register.nextWrites(LANDED_TWICE);
            here.refused(mine);
            here.withdraw(mine);
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void writeThatLandedAndWasAnsweredConflictLeadsAtTheNextTry() {
            here.register.nextWrites(LANDED_TWICE);
            here.refused(mine);
            here.granted(mine);
            assertThat(store.record().transitions()).isZero();
        }

        @Test
        void renewalThatLandedAndWasAnsweredConflictGoesOn() {
            Answer.Granted granted = here.granted(mine);
            here.register.nextWrites(LANDED_TWICE);
            assertThat(here.renew(mine)).isEqualTo(new Answer.Granted(now(), seconds(15), granted.token()));
        }

        @Test
        void rule4_5_writeThatLandedBeforeACopyOfItWasRefusedIsWithdrawn() {
            here.register.nextWrites(LANDED_THEN_REFUSED);
            OneProcess.failure(here.asking(mine));
            assertThat(store.record().isBy(mine)).isTrue();
            here.withdraw(mine);
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void refusedReleaseOfWhatStandsIsNoConfirmation() {
            here.granted(mine);
            here.register.nextWrites(REFUSED);
            assertThat(OneProcess.failure(here.withdrawing(mine))).isEqualTo(refusal);
            assertThat(store.record().isBy(mine)).isTrue();
            here.withdraw(mine);
            assertThat(store.record().isFree()).isTrue();
        }

        @Test
        void refusedRenewalIsNotTheEndOfATerm() {
            here.granted(mine);
            here.register.nextWrites(REFUSED);
            assertThat(OneProcess.failure(here.renewing(mine))).isEqualTo(refusal);
            here.calls();
            assertThat(here.renew(mine)).isInstanceOf(Answer.Granted.class);
            assertThat(here.calls()).as("nothing is unknown").containsExactly("write");
        }
    }

    @Nested
    class Stale {
        @Test
        void readOlderThanWhatWasSeenFailsWithASentence() {
            store.put(heldBy("baz", seconds(15)));
            var old = store.entry();
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            store.restore(old);
            assertThat(OneProcess.failure(here.asking(mine)))
                    .isEqualTo("scripted answered a read of orders/reconciler with revision 101 after revision 102 had"
                            + " been seen: a stale read, or a store restored from a backup; in that case raise the"
                            + " epoch and restart every candidate");
        }

        /** A store restored from a backup counts again from there, and another record stands at a revision already seen. */
        @Test
        void anotherRecordAtARevisionSeenBeforeIsWaitedForAnew() {
            store.put(heldBy("baz", seconds(15)));
            here.refused(mine);
            time.advance(seconds(15));
            store.restore(null);
            while (store.revision() < 100) {
                store.delete();
            }
            store.put(heldBy("bong", seconds(15)));
            assertThat(here.refused(mine).chance()).isEqualTo(Chance.after(seconds(15)));
        }

        @Test
        void leaderWhoseStoreWentBackInTimeDoesNotRenew() {
            here.granted(mine);
            var old = store.entry();
            here.renew(mine);
            store.restore(old);
            assertThat(OneProcess.failure(here.renewing(mine))).contains("raise the epoch");
        }

        /** A newer change overtook its answer, which is no failure. */
        @Test
        void readOvertakenByANewerSightIsReadAgain() {
            OneProcess watching = new OneProcess("watching", store, time, true);
            OneProcess.Ear ear = watching.listen();
            store.put(heldBy("baz", seconds(15)));
            time.settle();
            Claim claim = watching.claim("bing");
            watching.register.nextReads(LANDED_ANSWER_HELD);
            CompletableFuture<Answer> asking = watching.asking(claim);
            store.put(heldBy("baz", seconds(15)));
            time.settle();
            watching.register.answerHeld();
            time.settle();
            assertThat(OneProcess.done(asking)).isInstanceOf(Answer.Refused.class);
            assertThat(ear.heard).isNotEmpty();
        }
    }

    @Nested
    class Overtaken {
        private final OneProcess watching = new OneProcess("watching", store, time, true);

        /** What was read as absent had been created by the time the answer came. */
        @Test
        void readThatFoundNothingIsReadAgainWhenACreationWasSeenMeanwhile() {
            OneProcess.Ear ear = watching.listen();
            Claim claim = watching.claim("bing");
            watching.register.nextReads(LANDED_ANSWER_HELD);
            CompletableFuture<Answer> asking = watching.asking(claim);
            there.granted(theirs);
            time.settle();
            watching.register.answerHeld();
            time.settle();
            Answer.Refused refused = (Answer.Refused) OneProcess.done(asking);
            assertThat(refused.holder()).isNotNull();
            assertThat(ear.take()).contains("held by baz for 15s");
        }
    }

    /** A live watch that has just shown a free record has read what a candidate would read before it writes. */
    @Nested
    class WritesAtOnceOverARecordJustFreed {
        private final OneProcess watching = new OneProcess("watching", store, time, true);
        private final Claim claim = watching.claim("bing");

        WritesAtOnceOverARecordJustFreed() {
            store.put(heldBy("baz", seconds(15)));
            watching.listen();
            watching.calls();
        }

        @Test
        void takesAFreeRecordWithOneCall() {
            store.put(heldBy("", seconds(1)));
            time.settle();
            watching.granted(claim);
            assertThat(watching.calls()).containsExactly("write");
        }

        @Test
        void readsALapsedRecordAgainBeforeItWrites() {
            time.advance(seconds(15));
            watching.granted(claim);
            assertThat(watching.calls()).containsExactly("read", "write");
        }

        @Test
        void readsAFreeRecordAgainThatIsNoNews() {
            store.put(heldBy("", seconds(1)));
            time.settle();
            time.advance(claim.timing().retryPeriod());
            watching.granted(claim);
            assertThat(watching.calls()).containsExactly("read", "write");
        }

        /** Its revisions have reached the one at which the holder was last seen, and no change has shown that. */
        @Test
        void leavesTheRecordAloneThatStandsWhereTheOneSeenStood_inARestoredStore() {
            time.advance(seconds(15));
            store.restore(new Register.Entry(heldBy("qux", seconds(14)), store.revision(), null));
            assertThat(watching.refused(claim).chance()).isEqualTo(Chance.after(seconds(14)));
            assertThat(store.record().holderIdentity()).isEqualTo("qux");
        }

        /** Its changes were late: another candidate holds the record, and only the store shows that. */
        @Test
        void readsOnceTheStoreHasRefutedTheSight() {
            store.put(heldBy("", seconds(1)));
            time.settle();
            watching.register.deliverChanges(false);
            store.put(heldBy("qux", seconds(14)));
            assertThat(watching.refused(claim).chance()).isEqualTo(Chance.now());
            assertThat(watching.calls()).containsExactly("write");
            assertThat(store.record().holderIdentity()).isEqualTo("qux");
            assertThat(watching.refused(claim).chance()).isEqualTo(Chance.after(seconds(14)));
            assertThat(watching.calls()).containsExactly("read");
        }

        @Test
        void readsWhereAWriteIsToBeSettled() {
            store.put(heldBy("", seconds(1)));
            time.settle();
            watching.register.deliverChanges(false);
            watching.register.nextWrites(LANDED_BUT_FAILED);
            assertThat(watching.asking(claim)).isCompletedExceptionally();
            watching.granted(claim);
            assertThat(watching.calls()).containsExactly("write", "read", "write");
        }

        @Test
        void doesNotLeadOnWhatWasSeenGoneBeforeTheAnswerCame() {
            store.put(heldBy("", seconds(1)));
            time.settle();
            watching.register.nextWrites(LANDED_ANSWER_HELD);
            CompletableFuture<Answer> asking = watching.asking(claim);
            store.delete();
            time.settle();
            watching.register.answerHeld();
            time.settle();
            assertThat(OneProcess.done(asking)).isInstanceOf(Answer.Refused.class);
        }

        @Test
        void readsWhereTheWatchIsDown() {
            store.put(heldBy("", seconds(1)));
            watching.register.sayLive(false);
            time.settle();
            watching.granted(claim);
            assertThat(watching.calls()).containsExactly("read", "write");
        }
    }

    @Nested
    class Watches {
        private final OneProcess watching = new OneProcess("watching", store, time, true);
        private final Claim claim = watching.claim("bing");

        @Test
        void rule6_3_watcherHearsAtOnceHowThingsStand() {
            store.put(heldBy("baz", seconds(15)));
            OneProcess.Ear ear = watching.listen();
            assertThat(ear.take()).containsExactly("watching false", "watching true", "held by baz for 15s");
            assertThat(watching.listen().take()).containsExactly("watching true", "held by baz for 15s");
            assertThat(watching.calls()).as("one watch for all").containsExactly("watch");
        }

        @Test
        void hearsOfVacancies() {
            store.put(heldBy("baz", seconds(15)));
            OneProcess.Ear ear = watching.listen();
            ear.take();
            store.put(heldBy("", seconds(1)));
            time.settle();
            assertThat(ear.take()).containsExactly("vacant");
        }

        @Test
        void deletedRecordOfALiveHolderIsNoVacancy() {
            store.put(heldBy("baz", seconds(15)));
            OneProcess.Ear ear = watching.listen();
            ear.take();
            store.delete();
            time.settle();
            assertThat(ear.take()).isEmpty();
        }

        @Test
        void rule6_2_claimWhoseRecordWasDeletedIsLost() {
            OneProcess.Ear ear = watching.listen();
            watching.granted(claim);
            time.settle();
            ear.take();
            store.delete();
            time.settle();
            assertThat(ear.take()).containsExactly("lost bing");
        }

        @Test
        void rule6_2_claimThatWasTakenIsLost() {
            OneProcess.Ear ear = watching.listen();
            watching.granted(claim);
            time.settle();
            ear.take();
            store.put(heldBy("baz", seconds(15)));
            time.settle();
            assertThat(ear.take()).containsExactly("lost bing", "held by baz for 15s");
        }

        /**
         * A restored store counts again from its backup, and gives the revision of this candidate's record to another's.
         */
        @Test
        void rule6_2_anothersRecordAtOurOwnRevisionIsALoss() {
            OneProcess.Ear ear = watching.listen();
            watching.granted(claim);
            long ours = store.revision();
            time.settle();
            ear.take();
            store.restore(null);
            watching.register.deliverChanges(false);
            while (store.revision() < ours - 1) {
                store.delete();
            }
            watching.register.deliverChanges(true);
            store.put(heldBy("baz", seconds(15)));
            assertThat(store.revision()).isEqualTo(ours);
            time.settle();
            assertThat(ear.take()).containsExactly("lost bing", "held by baz for 15s");
        }

        /** Another candidate of this process saw the gap first; the leader has to learn of it all the same. */
        @Test
        void rule6_2_deletionThatAReadSawFirstIsStillALoss() {
            OneProcess.Ear ear = watching.listen();
            watching.granted(claim);
            time.settle();
            ear.take();
            watching.register.deliverChanges(false);
            store.delete();
            long deleted = store.revision();
            Claim other = watching.claim("other");
            assertThat(watching.acquire(other)).isInstanceOf(Answer.Refused.class);
            watching.register.watchers().get(0).changed(null, deleted);
            time.settle();
            assertThat(ear.take()).contains("lost bing");
        }

        /** Rule 6.1: never from an older state of the store. */
        @Test
        void rule6_1_olderStatesLoseNothing() {
            store.put(heldBy("", seconds(1)));
            OneProcess.Ear ear = watching.listen();
            var old = store.entry();
            watching.granted(claim);
            time.settle();
            ear.take();
            watching.register.watchers().get(0).changed(old, old == null ? 0 : old.revision());
            watching.register.watchers().get(0).changed(null, store.revision() - 1);
            time.settle();
            assertThat(ear.take()).isEmpty();
        }

        @Test
        void strangersEditOfOurRecordLosesNothing() {
            OneProcess.Ear ear = watching.listen();
            watching.granted(claim);
            time.settle();
            ear.take();
            store.put(store.record());
            time.settle();
            assertThat(ear.take()).doesNotContain("lost bing");
        }

        @Test
        void watchEndsWithItsLastListener() {
            OneProcess.Ear one = watching.listen();
            OneProcess.Ear two = watching.listen();
            close(one);
            assertThat(watching.calls()).containsExactly("watch");
            close(two);
            assertThat(watching.calls()).containsExactly("unwatch");
            watching.listen();
            assertThat(watching.calls()).containsExactly("watch");
        }

        /** The late calls of an ended watch do not concern the one that replaced it. */
        @Test
        void endedWatchSaysNothingAboutItsSuccessor() {
            watching.granted(claim);
            OneProcess.Ear one = watching.listen();
            Register.RegisterWatcher ended = watching.register.watchers().get(0);
            close(one);
            OneProcess.Ear two = watching.listen();
            two.take();
            ended.live(false);
            time.settle();
            assertThat(two.take()).isEmpty();
        }

        @Test
        void watchThatSpeaksUpAfterItWasEndedIsNotTakenForALiveOne() {
            watching.granted(claim);
            OneProcess.Ear one = new OneProcess.Ear();
            one.observation = watching.backend.observe(ELECTION, dev.baton.spi.ElectionTiming.DEFAULT, one);
            close(one);
            time.settle();
            OneProcess.Ear two = new OneProcess.Ear();
            watching.backend.observe(ELECTION, dev.baton.spi.ElectionTiming.DEFAULT, two);
            time.settle();
            assertThat(two.take()).startsWith("watching false").endsWith("watching true");
        }

        private void close(OneProcess.Ear ear) {
            var observation = ear.observation;
            assertThat(observation).isNotNull();
            if (observation != null) {
                observation.close();
                time.settle();
            }
        }

        @Test
        void registerThatCannotWatchIsPolled() {
            OneProcess.Ear ear = here.listen();
            assertThat(ear.take()).containsExactly("watching false", "vacant");
            store.put(heldBy("baz", seconds(15)));
            time.advance(seconds(5));
            assertThat(ear.take()).containsExactly("held by baz for 15s");
            int before = here.register.calls.size();
            time.advance(seconds(60));
            assertThat(here.register.calls.size() - before).isBetween(14, 31);
        }

        @Test
        void registerWhoseWatchIsDownIsPolledUntilItIsUpAgain() {
            OneProcess watching = new OneProcess("watching", store, time, true);
            OneProcess.Ear ear = watching.listen();
            watching.register.deliverChanges(false);
            watching.register.sayLive(false);
            here.granted(mine);
            time.advance(seconds(4));
            assertThat(ear.take()).as("seen by a poll").contains("held by bing for 15s");
            watching.register.sayLive(true);
            time.settle();
            watching.calls();
            time.advance(seconds(600));
            assertThat(watching.calls()).as("polls of a watch that is up").isEmpty();
        }

        /** A store that is down is asked less and less by each process that watched it: they may be many. */
        @Test
        void pollsOfARegisterThatDoesNotAnswerBecomeRarer() {
            watching.listen();
            watching.register.sayLive(false);
            watching.register.nextReads(Collections.nCopies(100, FAILED).toArray(ScriptedRegister.Fate[]::new));
            time.advance(seconds(60));
            watching.calls();
            time.advance(seconds(600));
            assertThat(watching.calls().size())
                    .as("one poll each 7.5 to 15 seconds")
                    .isBetween(40, 80);
        }

        @Test
        void pollsGoOnAtTheirUsualPaceOnceOneWasAnswered() {
            OneProcess.Ear ear = here.listen();
            here.register.nextReads(Collections.nCopies(10, FAILED).toArray(ScriptedRegister.Fate[]::new));
            time.advance(seconds(150));
            store.put(heldBy("baz", seconds(15)));
            time.advance(seconds(5));
            assertThat(ear.take()).contains("held by baz for 15s");
            here.calls();
            time.advance(seconds(60));
            assertThat(here.calls().size()).isBetween(14, 31);
        }

        /** One lost answer does not mean that the store is down. */
        @Test
        void firstPollWithoutAnAnswerDelaysNone() {
            OneProcess.Ear ear = here.listen();
            here.register.nextReads(FAILED);
            time.advance(seconds(4));
            ear.take();
            store.put(heldBy("baz", seconds(15)));
            time.advance(seconds(4));
            assertThat(ear.take()).contains("held by baz for 15s");
        }

        /** Another candidate of this process has shown that the store is back: no poll waits out a long pause. */
        @Test
        void pollsGoOnAtTheirUsualPaceOnceACandidateWasAnswered() {
            OneProcess.Ear ear = here.listen();
            here.register.nextReads(Collections.nCopies(10, FAILED).toArray(ScriptedRegister.Fate[]::new));
            while (!here.register.hasNoReadsLeft()) {
                time.advance(seconds(1));
            }
            here.granted(mine);
            ear.take();
            store.put(heldBy("baz", seconds(15)));
            time.advance(seconds(4));
            assertThat(ear.take()).contains("held by baz for 15s");
        }

        @Test
        void pollsEndWithTheirLastListenerAndDoNotMultiply() {
            here.granted(mine);
            OneProcess.Ear ear = here.listen();
            here.register.nextReads(HELD);
            time.advance(seconds(4));
            close(ear);
            OneProcess.Ear again = here.listen();
            here.register.landHeld();
            time.settle();
            here.calls();
            time.advance(seconds(600));
            assertThat(here.calls().size()).as("one poll each 2 to 4 seconds").isBetween(140, 301);
            close(again);
            time.settle();
            here.calls();
            time.advance(seconds(600));
            assertThat(here.calls()).isEmpty();
        }

        @Test
        void nothingIsLeftWhenEverybodyHasLeft() {
            OneProcess.Ear ear = watching.listen();
            watching.granted(claim);
            watching.withdraw(claim);
            close(ear);
            assertThat(time.waiting()).isZero();
            assertThat(watching.backend)
                    .extracting("views")
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                    .isEmpty();
        }
    }

    @Nested
    class InTime {
        /** Rule 7.1. */
        @Test
        void rule7_1_everyStageCompletesByItsDeadline() {
            here.register.nextReads(HELD);
            CompletableFuture<Answer> asking = here.asking(mine);
            time.advance(seconds(5));
            assertThat(OneProcess.failure(asking))
                    .isEqualTo("scripted did not answer a read of orders/reconciler within 5s; retrying");
        }

        @Test
        void rule7_1_readThatTookMostOfTheTimeLeavesTheWriteTheRest() {
            here.register.nextReads(HELD);
            here.register.nextWrites(HELD);
            CompletableFuture<Answer> asking = here.asking(mine);
            time.advance(seconds(4));
            here.register.landHeld();
            time.settle();
            assertThat(asking).isNotDone();
            time.advance(seconds(1));
            assertThat(asking).isCompletedExceptionally();
        }

        @Test
        void registerThatThrowsFailsTheStage() {
            here.register.nextReads(FAILED);
            assertThat(OneProcess.failure(here.asking(mine))).isEqualTo("the connection was refused");
        }

        @Test
        void shorterTimingIsWrittenAndGuaranteed() {
            ElectionTiming quick = ElectionTiming.of(millis(1_500), millis(1_000), millis(200));
            Answer.Granted granted = here.granted(here.claim("bing", quick));
            assertThat(granted.guaranteedFor()).isEqualTo(millis(1_500));
            assertThat(store.record().leaseDuration()).isEqualTo(millis(1_500));
            assertThat(there.refused(there.claim("baz", TIMING)).chance()).isEqualTo(Chance.after(millis(1_500)));
        }

        @Test
        void closedBackendClosesItsRegister() {
            here.backend.close();
            here.backend.close();
            assertThat(here.backend.runtime().isClosed()).isTrue();
            assertThat(List.of(here.backend.kind())).containsExactly("scripted");
        }
    }
}
