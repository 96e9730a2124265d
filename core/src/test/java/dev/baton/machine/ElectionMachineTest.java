package dev.baton.machine;

import static dev.baton.fixture.Samples.millis;
import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of a candidate, each in the smallest story that shows it. Moments are virtual and straddle the wrap of the clock. */
class ElectionMachineTest {
    private final Rig rig = new Rig();

    @Nested
    class Leads {
        @Test
        void asksAtOnceLeadsWhenGrantedAndRenewsEveryRetryPeriod() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            assertThat(acquire.deadline().nanosSince(rig.now))
                    .isEqualTo(seconds(5).toNanos());
            rig.pass(millis(30)).grant(acquire, 7, rig.now.plusNanos(-10_000_000));

            Effect.BeginTerm begin = rig.lastOne(Effect.BeginTerm.class);
            rig.on((m, t) -> m.workBegan(begin.term(), t));
            assertThat(begin.term().token()).isEqualTo(Rig.token(7));
            assertThat(rig.machine.where()).isEqualTo("leading");
            Moment sentAt = begin.validity().sentAt();
            assertThat(begin.validity().until().nanosSince(sentAt))
                    .isEqualTo(seconds(10).toNanos());

            Effect.Call renew = rig.runToCall();
            assertThat(renew).isInstanceOf(Effect.Renew.class);
            assertThat(rig.now.nanosSince(sentAt)).isEqualTo(seconds(2).toNanos());
            rig.grant(renew, 7);
            assertThat(rig.lastOne(Effect.ExtendTerm.class).validity().until().nanosSince(rig.now))
                    .isEqualTo(seconds(10).toNanos());
            assertThat(rig.untilWake()).isEqualTo(seconds(2));
        }

        /** Rule 2.1: from before the request left, not from the answer. */
        @Test
        void rule2_1_termCountsFromBeforeTheRequestLeft() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            Moment sentAt = rig.now;
            rig.pass(seconds(4)).grant(acquire, 7, sentAt);
            assertThat(rig.lastOne(Effect.BeginTerm.class).validity().until().nanosSince(rig.now))
                    .isEqualTo(seconds(6).toNanos());
        }

        /** Rule 2.3: a guarantee shorter than renewDeadline is what counts, less the drift. */
        @Test
        void rule2_3_shorterGuaranteeShortensTheTerm() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            Answer answer = new Answer.Granted(rig.now, seconds(6), Rig.token(1));
            rig.on((m, t) -> m.answered(acquire.call(), answer, t));
            long expected = (long) Math.floor(6e9 * (0.99 / 1.01));
            assertThat(rig.lastOne(Effect.BeginTerm.class).validity().until().nanosSince(rig.now))
                    .isEqualTo(expected);
        }

        /** A store without expiry may guarantee for ever. */
        @Test
        void guaranteeForEverIsNoOverflow() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            Answer answer = new Answer.Granted(rig.now, Duration.ofSeconds(Long.MAX_VALUE), Rig.token(1));
            rig.on((m, t) -> m.answered(acquire.call(), answer, t));
            assertThat(rig.lastOne(Effect.BeginTerm.class).validity().until().nanosSince(rig.now))
                    .isEqualTo(seconds(10).toNanos());
        }

        @Test
        void grantThatTookLongerThanItLastsIsWithdrawnNotLed() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            Moment sentAt = rig.now;
            rig.pass(seconds(10)).grant(acquire, 7, sentAt);
            assertThat(rig.allOf(Effect.BeginTerm.class)).isEmpty();
            assertThat(rig.call(Effect.Withdraw.class).claim()).isEqualTo(acquire.claim());
        }

        @Test
        void ownLeadershipIsSeenAndTold() {
            Term term = rig.lead(7);
            Holder holder = rig.machine.holder();
            assertThat(holder).isNotNull();
            assertThat(holder != null && holder.holds(term.claim())).isTrue();
            assertThat(rig.told(Type.NEW_LEADER)).hasSize(1);
            rig.on((m, t) ->
                    m.held(new Holder("app-1", term.claim().nonce(), Rig.token(7), null, null, 3), Rig.NEVER, t));
            assertThat(rig.told(Type.NEW_LEADER)).hasSize(1);
        }
    }

    /** What an operator reads has to be so. */
    @Nested
    class Says {
        private Effect.Withdraw leaves() {
            return rig.lastOf(Effect.Withdraw.class).isEmpty()
                    ? (Effect.Withdraw) rig.runToCall()
                    : rig.lastOne(Effect.Withdraw.class);
        }

        /** A claim that was never written is given up without asking the store. */
        @Test
        void nothingOfAStoreThatNeverAnsweredWhenItCloses() {
            rig.start();
            rig.fail(rig.call(Effect.Acquire.class)).on(ElectionMachine::close);
            rig.confirm(leaves());
            assertThat(rig.machine.isStopped()).isTrue();
            assertThat(rig.told(Type.REACHABLE)).isEmpty();
        }

        @Test
        void nothingOfAStoreThatNeverAnsweredWhenItWithdraws() {
            rig.start();
            rig.fail(rig.call(Effect.Acquire.class)).on(ElectionMachine::withdraw);
            rig.confirm(leaves());
            assertThat(rig.told(Type.REACHABLE)).isEmpty();
            assertThat(rig.machine.trouble()).as("nobody asks the store").isNull();

            rig.on(ElectionMachine::resume);
            rig.grant(rig.call(Effect.Acquire.class), 7);
            assertThat(rig.told(Type.REACHABLE)).as("now it does answer").hasSize(1);
        }

        @Test
        void nothingAfterItHasStopped() {
            rig.start();
            rig.on((m, t) -> m.held(Rig.other("a", 2), Rig.NEVER, t));
            rig.on(ElectionMachine::close);
            rig.refuse(rig.allOf(Effect.Acquire.class).get(0), null, Rig.NEVER);
            rig.confirm(leaves());
            assertThat(rig.machine.isStopped()).isTrue();
            int before = rig.all.size();

            rig.on((m, t) -> m.watching(true, t));
            rig.on(ElectionMachine::vacant);
            rig.on((m, t) -> m.held(Rig.other("b", 3), Rig.NEVER, t));
            rig.on(ElectionMachine::pause);
            rig.on(ElectionMachine::resume);
            rig.on(ElectionMachine::withdraw);
            assertThat(rig.all).hasSize(before);
        }

        @Test
        void nothingOfContendingAgainWhileItCloses() {
            rig.lead(7);
            rig.on(ElectionMachine::pause).on(ElectionMachine::close).on(ElectionMachine::resume);
            assertThat(rig.told(Type.RESUMED)).isEmpty();
        }
    }

    @Nested
    class Expires {
        @Test
        void termEndsWhenNothingRenewsIt() {
            Term term = rig.lead(7);
            rig.run(seconds(10).minusNanos(1));
            assertThat(rig.endings()).isEmpty();
            rig.run(Duration.ofNanos(1));
            assertThat(rig.endings()).containsExactly(EndReason.EXPIRED);
            assertThat(rig.allOf(Effect.InterruptWork.class))
                    .extracting(Effect.InterruptWork::term)
                    .contains(term);
        }

        /** The monotonic clock stood still while the machine slept; the wall clock did not. */
        @Test
        void suspendedMachineWakesUpDeposed() {
            rig.lead(7);
            rig.now = new Moment(
                    rig.now.nanos() + 1,
                    rig.now.wallNanos() + seconds(12).plusMillis(500).toNanos());
            rig.on(ElectionMachine::tick);
            assertThat(rig.endings()).containsExactly(EndReason.EXPIRED);
        }

        @Test
        void smallStepOfTheWallClockDeposesNobody() {
            rig.lead(7);
            rig.now = new Moment(
                    rig.now.nanos() + 1, rig.now.wallNanos() + seconds(12).toNanos());
            rig.on(ElectionMachine::tick);
            assertThat(rig.endings()).isEmpty();
        }

        @Test
        void wallClockThatStepsBackLengthensNothing() {
            rig.lead(7);
            rig.now = new Moment(
                    rig.now.nanos() + seconds(10).toNanos(),
                    rig.now.wallNanos() - seconds(3600).toNanos());
            rig.on(ElectionMachine::tick);
            assertThat(rig.endings()).containsExactly(EndReason.EXPIRED);
        }

        /** Sticky expiry: applied before the answer that would have saved the term. Rule 3.2. */
        @Test
        void rule3_2_renewalAnsweredAfterTheDeadlineRevivesNothing() {
            Term term = rig.lead(7);
            Effect.Call renew = rig.runToCall();
            Moment sentAt = rig.now;
            rig.pass(seconds(8)).grant(renew, 7, sentAt);
            assertThat(rig.endings()).containsExactly(EndReason.EXPIRED);
            assertThat(rig.allOf(Effect.ExtendTerm.class)).isEmpty();
            assertThat(rig.machine.owed()).isEqualTo(term.claim());

            rig.workEnds(term);
            Effect.Withdraw withdraw = rig.call(Effect.Withdraw.class);
            rig.confirm(withdraw);
            Effect.Acquire again = rig.call(Effect.Acquire.class);
            assertThat(again.claim()).as("rule 4.4: another claim").isNotEqualTo(term.claim());
        }

        /** Whatever the event is, it finds an expired term ended. */
        @Test
        void expiryComesBeforeEveryOtherEvent() {
            List<java.util.function.BiFunction<ElectionMachine, Moment, List<Effect>>> events = List.of(
                    ElectionMachine::tick,
                    ElectionMachine::stepDown,
                    ElectionMachine::pause,
                    ElectionMachine::withdraw,
                    ElectionMachine::close,
                    ElectionMachine::vacant,
                    (m, t) -> m.watching(true, t),
                    (m, t) -> m.held(Rig.other("b", 9), Rig.NEVER, t),
                    (m, t) -> m.lost(rig.claim(1), "gone", t),
                    (m, t) -> m.workReturned(new Term(rig.claim(1), Rig.token(7)), "boom", t));
            for (var event : events) {
                Rig fresh = new Rig();
                fresh.lead(7);
                fresh.pass(seconds(10)).on(event);
                assertThat(fresh.endings()).containsExactly(EndReason.EXPIRED);
            }
        }

        @Test
        void askerWhoWasToldTheTermIsOverEndsIt() {
            Term term = rig.lead(7);
            rig.on((m, t) -> m.expired(term, t));
            assertThat(rig.endings()).containsExactly(EndReason.EXPIRED);
            rig.on((m, t) -> m.expired(term, t));
            assertThat(rig.endings()).hasSize(1);
        }

        @Test
        void failedRenewalsAreTriedAgainUntilTheTermExpires() {
            rig.lead(7);
            int renewals = 0;
            while (rig.endings().isEmpty()) {
                Moment wake = rig.machine.wake();
                assertThat(wake).isNotNull();
                rig.run(rig.untilWake());
                List<Effect.Renew> calls = rig.lastOf(Effect.Renew.class);
                if (!calls.isEmpty()) {
                    renewals++;
                    rig.fail(calls.get(0));
                }
            }
            assertThat(rig.endings()).containsExactly(EndReason.EXPIRED);
            assertThat(renewals).isBetween(4, 40);
            assertThat(rig.told(Type.UNREACHABLE))
                    .as("said once, not %d times", renewals)
                    .hasSize(1);
            assertThat(rig.machine.trouble()).isNotNull();
        }

        @Test
        void renewalThatSucceedsAfterFailuresKeepsTheTerm() {
            rig.lead(7);
            rig.fail(rig.runToCall()).fail(rig.runToCall());
            rig.grant(rig.runToCall(), 7);
            rig.run(seconds(9));
            assertThat(rig.endings()).isEmpty();
            assertThat(rig.told(Type.REACHABLE)).hasSize(1);
        }

        @Test
        void olderAnswerShortensNothing() {
            rig.lead(7);
            Moment old = rig.now.plusNanos(-1);
            Effect.Call renew = rig.runToCall();
            rig.grant(renew, 7, old);
            assertThat(rig.lastOne(Effect.ExtendTerm.class).validity().until().nanosSince(old))
                    .isEqualTo(seconds(10).toNanos() + 1);
        }
    }

    @Nested
    class Loses {
        @Test
        void refusedRenewalEndsTheTermAtOnce() {
            Term term = rig.lead(7);
            rig.refuse(rig.runToCall(), Rig.other("b", 9), Chance.after(seconds(15)));
            assertThat(rig.endings()).containsExactly(EndReason.LOST);
            assertThat(rig.lastDone())
                    .as("the end is published before anything else")
                    .startsWith(new Effect.EndTerm(term, EndReason.LOST));
        }

        /** Rule 6.1: called for this very claim. */
        @Test
        void rule6_1_onlyItsOwnClaimLostEndsATerm() {
            Term term = rig.lead(7);
            rig.on((m, t) -> m.lost(rig.claim(99), "another's", t));
            assertThat(rig.endings()).isEmpty();
            rig.on((m, t) -> m.lost(term.claim(), "deleted", t));
            assertThat(rig.endings()).containsExactly(EndReason.LOST);
        }

        @Test
        void lostWhileDrainingEndsTheTermAndTellsTheWorkWhy() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::stepDown);
            rig.on((m, t) -> m.lost(term.claim(), "deleted", t));
            assertThat(rig.endings()).containsExactly(EndReason.LOST);
            rig.on((m, t) -> m.workReturned(term, null, t));
            assertThat(rig.lastOne(Effect.StopWork.class).reason())
                    .as("an orderly reason would say that the term is still valid")
                    .isEqualTo(EndReason.LOST);
        }

        @Test
        void contendsAgainOnlyWhenTheCallbacksAreDone() {
            Term term = rig.lead(7);
            rig.on((m, t) -> m.lost(term.claim(), "deleted", t));
            assertThat(rig.machine.where()).isEqualTo("withdrawing");
            rig.run(seconds(15));
            rig.confirm(rig.call(Effect.Withdraw.class));
            rig.run(seconds(3600));
            assertThat(rig.allOf(Effect.Acquire.class)).hasSize(1);
            assertThat(rig.machine.trouble()).contains("have not returned");

            rig.on((m, t) -> m.workReturned(term, null, t));
            assertThat(rig.allOf(Effect.Acquire.class)).hasSize(1);
            rig.on((m, t) -> m.workStopped(term, t));
            assertThat(rig.lastOne(Effect.Acquire.class).claim()).isEqualTo(rig.claim(2));
            assertThat(rig.machine.trouble()).isNull();
        }

        /** Rule 4.3. */
        @Test
        void rule4_3_lostClaimStandsUntilTheLeaseHasRunOutWhileWorkRuns() {
            Term term = rig.lead(7);
            Moment granted = rig.now;
            rig.run(seconds(1)).on((m, t) -> m.lost(term.claim(), "deleted", t));
            assertThat(rig.lastOf(Effect.Withdraw.class)).isEmpty();
            Effect.Call withdraw = rig.runToCall();
            assertThat(withdraw).isInstanceOf(Effect.Withdraw.class);
            assertThat(rig.now.nanosSince(granted)).isEqualTo(seconds(15).toNanos());
        }

        @Test
        void lostClaimIsWithdrawnAsSoonAsTheWorkHasEnded() {
            Term term = rig.lead(7);
            rig.on((m, t) -> m.lost(term.claim(), "deleted", t));
            rig.workEnds(term);
            assertThat(rig.lastOf(Effect.Withdraw.class)).hasSize(1);
        }

        /** Rule 1.2: the withdrawal waits for the renewal under way. */
        @Test
        void rule1_2_withdrawalWaitsForTheRenewalInFlight() {
            Term term = rig.lead(7);
            Effect.Call renew = rig.runToCall();
            rig.on((m, t) -> m.lost(term.claim(), "deleted", t)).workEnds(term);
            assertThat(rig.allOf(Effect.Withdraw.class)).isEmpty();
            rig.grant(renew, 7);
            assertThat(rig.lastOf(Effect.Withdraw.class)).hasSize(1);
        }
    }

    @Nested
    class Drains {
        @Test
        void stepDownWaitsForTheWorkThenHandsOver() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::stepDown);
            assertThat(rig.lastDone()).containsExactly(new Effect.DrainTerm(term, EndReason.STEPPED_DOWN));
            rig.grant(rig.runToCall(), 7);
            assertThat(rig.lastOf(Effect.ExtendTerm.class)).as("still renewed").hasSize(1);

            rig.on((m, t) -> m.workReturned(term, null, t));
            assertThat(rig.lastDone()).containsExactly(new Effect.StopWork(term, EndReason.STEPPED_DOWN));
            assertThat(rig.endings()).isEmpty();
            rig.on((m, t) -> m.workStopped(term, t));
            assertThat(rig.endings()).containsExactly(EndReason.STEPPED_DOWN);
            assertThat(rig.lastOne(Effect.Withdraw.class).claim()).isEqualTo(term.claim());
        }

        @Test
        void othersHaveTheFirstTurnAfterAStepDown() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::stepDown).workEnds(term);
            rig.confirm(rig.call(Effect.Withdraw.class));
            rig.on(ElectionMachine::vacant);
            Moment free = rig.now;
            rig.runToCall();
            assertThat(rig.now.nanosSince(free)).isEqualTo(seconds(2).toNanos());
        }

        @Test
        void workIsInterruptedHalfwayThroughTheDrain() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::stepDown);
            Moment asked = rig.now;
            while (rig.allOf(Effect.InterruptWork.class).isEmpty()) {
                rig.run(rig.untilWake());
                rig.lastOf(Effect.Renew.class).forEach(renew -> rig.grant(renew, 7));
            }
            assertThat(rig.now.nanosSince(asked)).isEqualTo(seconds(5).toNanos());
            assertThat(rig.allOf(Effect.InterruptWork.class)).containsExactly(new Effect.InterruptWork(term));
        }

        @Test
        void drainThatTakesTooLongEndsTheTermButKeepsTheClaimWhileTheWorkRuns() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::stepDown);
            Moment asked = rig.now;
            Moment renewed = rig.now;
            while (rig.endings().isEmpty()) {
                rig.run(rig.untilWake());
                if (rig.endings().isEmpty() && !rig.lastOf(Effect.Renew.class).isEmpty()) {
                    renewed = rig.now;
                    rig.grant(rig.call(Effect.Renew.class), 7);
                }
            }
            assertThat(rig.endings()).containsExactly(EndReason.DRAIN_TIMED_OUT);
            assertThat(rig.now.nanosSince(asked)).isEqualTo(seconds(10).toNanos());
            assertThat(rig.allOf(Effect.Withdraw.class)).isEmpty();
            List<Effect.Renew> pending = rig.lastOf(Effect.Renew.class);
            pending.forEach(rig::fail);
            Effect.Call withdraw =
                    rig.lastOf(Effect.Withdraw.class).isEmpty() ? rig.runToCall() : rig.call(Effect.Withdraw.class);
            assertThat(withdraw).isInstanceOf(Effect.Withdraw.class);
            assertThat(rig.now.nanosSince(renewed)).isEqualTo(seconds(15).toNanos());

            rig.on((m, t) -> m.workReturned(term, null, t));
            assertThat(rig.lastOne(Effect.StopWork.class).reason()).isEqualTo(EndReason.DRAIN_TIMED_OUT);
        }

        @Test
        void workStillOwesNothingWhenOnStoppedLeadingIsUnderWayAlready() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::stepDown);
            rig.on((m, t) -> m.workReturned(term, null, t));
            rig.on((m, t) -> m.lost(term.claim(), "deleted", t));
            assertThat(rig.lastOf(Effect.StopWork.class)).as("exactly once").isEmpty();
            rig.on((m, t) -> m.workStopped(term, t));
            assertThat(rig.allOf(Effect.StopWork.class)).hasSize(1);
        }

        @Test
        void secondStepDownChangesNothing() {
            rig.lead(7);
            rig.on(ElectionMachine::stepDown).on(ElectionMachine::stepDown);
            assertThat(rig.lastDone()).isEmpty();
        }

        @Test
        void refusedRenewalWhileDrainingIsALoss() {
            rig.lead(7);
            rig.on(ElectionMachine::stepDown);
            rig.refuse(rig.runToCall(), null, Chance.now());
            assertThat(rig.endings()).containsExactly(EndReason.LOST);
        }

        @Test
        void closeHandsOverAndStops() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::close).workEnds(term);
            assertThat(rig.endings()).containsExactly(EndReason.CLOSED);
            rig.confirm(rig.call(Effect.Withdraw.class));
            assertThat(rig.machine.isStopped()).isTrue();
            assertThat(rig.machine.wake()).isNull();
            assertThat(rig.told(Type.STOPPED)).hasSize(1);
        }

        @Test
        void closeWhileSteppingDownStopsAfterwards() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::stepDown).on(ElectionMachine::close).workEnds(term);
            rig.confirm(rig.call(Effect.Withdraw.class));
            assertThat(rig.machine.isStopped()).isTrue();
        }
    }

    @Nested
    class Starts {
        @Test
        void workThatThrowsEndsTheTermInOrder() {
            Term term = rig.lead(7);
            rig.on((m, t) -> m.workReturned(term, "java.lang.IllegalStateException: boom", t));
            assertThat(rig.lastDone())
                    .containsExactly(
                            new Effect.DrainTerm(term, EndReason.START_FAILED),
                            new Effect.StopWork(term, EndReason.START_FAILED));
            rig.on((m, t) -> m.workStopped(term, t));
            assertThat(rig.endings()).containsExactly(EndReason.START_FAILED);
        }

        @Test
        void rejectedWorkEndsTheTermAndNeedsNoStop() {
            rig.start();
            rig.grant(rig.call(Effect.Acquire.class), 7);
            Term term = rig.lastOne(Effect.BeginTerm.class).term();
            rig.on((m, t) -> m.workCancelled(term, "rejected", t));
            assertThat(rig.endings()).containsExactly(EndReason.START_FAILED);
            assertThat(rig.allOf(Effect.StopWork.class)).isEmpty();
            assertThat(rig.lastOf(Effect.Withdraw.class)).hasSize(1);
        }

        @Test
        void workThatHasNotBegunWithinHalfARenewDeadlineEndsTheTerm() {
            rig.start();
            rig.grant(rig.call(Effect.Acquire.class), 7);
            Term term = rig.lastOne(Effect.BeginTerm.class).term();
            Moment begun = rig.now;
            rig.grant(rig.runToCall(), 7);
            rig.grant(rig.runToCall(), 7);
            assertThat(rig.machine.idleSince()).isEqualTo(begun);
            rig.run(seconds(1));
            assertThat(rig.now.nanosSince(begun)).isEqualTo(seconds(5).toNanos());
            assertThat(rig.lastDone())
                    .contains(new Effect.DrainTerm(term, EndReason.START_FAILED), new Effect.InterruptWork(term));
            rig.on((m, t) -> m.workCancelled(term, "cancelled", t));
            assertThat(rig.endings()).containsExactly(EndReason.START_FAILED);
            assertThat(rig.machine.trouble()).contains("onStartedLeading could not be run");
        }

        /** The object of a term that is over does not affect the next one. */
        @Test
        void stepDownOfATermThatIsOverLeavesTheNextOneAlone() {
            rig.start();
            rig.grant(rig.call(Effect.Acquire.class), 7);
            Term first = rig.lastOne(Effect.BeginTerm.class).term();
            rig.on((m, t) -> m.workBegan(first, t));
            rig.on((m, t) -> m.lost(first.claim(), "deleted", t));
            rig.on((m, t) -> m.workReturned(first, null, t));
            rig.on((m, t) -> m.workStopped(first, t));
            rig.confirm(rig.call(Effect.Withdraw.class));
            rig.grant(rig.call(Effect.Acquire.class), 8);
            Term second = rig.lastOne(Effect.BeginTerm.class).term();
            rig.on((m, t) -> m.stepDown(first, t));
            assertThat(rig.machine.where()).isEqualTo("leading");
            rig.on((m, t) -> m.stepDown(second, t));
            assertThat(rig.machine.where()).isNotEqualTo("leading");
        }

        @Test
        void badStartsLeaveTheContestToOthersForLongerEachTime() {
            rig.start();
            List<Duration> rests = new ArrayList<>();
            for (int i = 1; i <= 5; i++) {
                rig.grant(i == 1 ? rig.call(Effect.Acquire.class) : rig.runToCall(), i);
                Term term = rig.lastOne(Effect.BeginTerm.class).term();
                rig.on((m, t) -> m.workCancelled(term, "rejected", t));
                rig.confirm(rig.call(Effect.Withdraw.class));
                rests.add(rig.untilWake());
            }
            assertThat(rests).containsExactly(seconds(4), seconds(8), seconds(15), seconds(15), seconds(15));
        }

        @Test
        void workMayReturnAtOnceAndTheTermGoesOn() {
            Term term = rig.lead(7);
            rig.on((m, t) -> m.workReturned(term, null, t));
            rig.grant(rig.runToCall(), 7);
            assertThat(rig.endings()).isEmpty();
            rig.on(ElectionMachine::stepDown);
            assertThat(rig.lastOf(Effect.StopWork.class)).hasSize(1);
        }
    }

    @Nested
    class Intends {
        @Test
        void pauseKeepsTheTermAndBeginsNoOther() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::pause);
            rig.grant(rig.runToCall(), 7);
            assertThat(rig.endings()).isEmpty();
            rig.on((m, t) -> m.lost(term.claim(), "deleted", t)).workEnds(term);
            rig.confirm(rig.call(Effect.Withdraw.class));
            rig.run(seconds(3600));
            assertThat(rig.allOf(Effect.Acquire.class)).hasSize(1);

            rig.on(ElectionMachine::resume);
            assertThat(rig.lastOf(Effect.Acquire.class)).hasSize(1);
        }

        @Test
        void withdrawHandsOverAndStaysOutUntilResumed() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::withdraw).workEnds(term);
            assertThat(rig.endings()).containsExactly(EndReason.WITHDRAWN);
            rig.confirm(rig.call(Effect.Withdraw.class));
            rig.on(ElectionMachine::vacant).run(seconds(3600));
            assertThat(rig.allOf(Effect.Acquire.class)).hasSize(1);
            assertThat(rig.machine.isPaused()).isTrue();

            rig.on(ElectionMachine::resume);
            assertThat(rig.lastOf(Effect.Acquire.class)).hasSize(1);
            assertThat(rig.told(Type.RESUMED)).hasSize(1);
        }

        @Test
        void rule4_1_refusedClaimIsWithdrawnWhenPaused() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.refuse(acquire, Rig.other("b", 3), Rig.NEVER);
            rig.on(ElectionMachine::pause);
            assertThat(rig.call(Effect.Withdraw.class).claim()).isEqualTo(acquire.claim());
        }

        @Test
        void acquireAnsweredAfterPauseIsWithdrawn() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.on(ElectionMachine::pause);
            assertThat(rig.lastOf(Effect.Withdraw.class)).as("rule 1.2").isEmpty();
            rig.grant(acquire, 7);
            assertThat(rig.allOf(Effect.BeginTerm.class)).isEmpty();
            assertThat(rig.lastOf(Effect.Withdraw.class)).hasSize(1);
        }

        /** Rule 4.1: also after close. */
        @Test
        void rule4_1_acquireAnsweredAfterCloseIsWithdrawnUntilConfirmed() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.on(ElectionMachine::close).grant(acquire, 7);
            for (int i = 0; i < 10; i++) {
                assertThat(rig.machine.isStopped()).isFalse();
                Effect.Call withdraw = i == 0 ? rig.call(Effect.Withdraw.class) : rig.runToCall();
                assertThat(withdraw.claim()).isEqualTo(acquire.claim());
                if (i < 9) {
                    rig.fail(withdraw);
                } else {
                    rig.confirm(withdraw);
                }
            }
            assertThat(rig.machine.isStopped()).isTrue();
            assertThat(rig.allOf(Effect.BeginTerm.class)).isEmpty();
        }

        @Test
        void acquireThatFailedAfterCloseIsOwedAllTheSame() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.on(ElectionMachine::close).fail(acquire);
            assertThat(rig.lastOf(Effect.Withdraw.class))
                    .as("unknown is never no")
                    .hasSize(1);
        }

        @Test
        void resumedWhileWithdrawingContendsAfterwards() {
            Term term = rig.lead(7);
            rig.on(ElectionMachine::withdraw).on(ElectionMachine::resume).workEnds(term);
            rig.confirm(rig.call(Effect.Withdraw.class));
            assertThat(rig.runToCall()).isInstanceOf(Effect.Acquire.class);
        }

        @Test
        void closedBeforeItsFirstTryStopsAtOnce() {
            rig.on(ElectionMachine::close);
            assertThat(rig.machine.isStopped()).isTrue();
            assertThat(rig.allOf(Effect.Call.class)).isEmpty();
        }

        @Test
        void nothingRevivesWhatIsStopped() {
            rig.on(ElectionMachine::close);
            rig.on(ElectionMachine::resume).on(ElectionMachine::vacant).on(ElectionMachine::tick);
            rig.on((m, t) -> m.watching(true, t)).on(ElectionMachine::stepDown);
            assertThat(rig.machine.isStopped()).isTrue();
            assertThat(rig.allOf(Effect.Call.class)).isEmpty();
        }
    }

    @Nested
    class GuardsTokens {
        @Test
        void olderTokenIsRefusedSaidAndTriedAgainWithoutHaste() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.on((m, t) -> m.held(Rig.other("b", 100), Rig.NEVER, t));
            rig.grant(acquire, 100);
            assertThat(rig.allOf(Effect.BeginTerm.class)).isEmpty();
            assertThat(rig.told(Type.TOKEN_REFUSED)).hasSize(1);
            assertThat(rig.machine.trouble())
                    .contains("after 100 had been seen")
                    .contains("raise the epoch")
                    .contains("to 1");
            rig.confirm(rig.call(Effect.Withdraw.class));
            assertThat(rig.untilWake()).isEqualTo(seconds(15));

            Effect.Call again = rig.runToCall();
            rig.grant(again, 101);
            assertThat(rig.lastOf(Effect.BeginTerm.class)).hasSize(1);
            assertThat(rig.machine.trouble()).isNull();
        }

        @Test
        void raisedEpochBeatsAnyNumber() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.on((m, t) -> m.held(Rig.other("b", 100), Rig.NEVER, t));
            Answer answer = new Answer.Granted(rig.now, seconds(15), new dev.baton.spi.FencingToken(1, 1));
            rig.on((m, t) -> m.answered(acquire.call(), answer, t));
            assertThat(rig.lastOf(Effect.BeginTerm.class)).hasSize(1);
        }

        @Test
        void ownUnknownWriteSeenInTheStoreDoesNotRefuseItself() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            Holder self = new Holder("app-1", acquire.claim().nonce(), Rig.token(5), null, null, 0);
            rig.on((m, t) -> m.held(self, Chance.after(seconds(15)), t));
            rig.grant(acquire, 5);
            assertThat(rig.lastOf(Effect.BeginTerm.class)).hasSize(1);
        }
    }

    @Nested
    class TakesOver {
        private final Rig slow = new Rig(Rig.configured(ElectionTiming.DEFAULT, seconds(10), seconds(12)), 1);

        @Test
        void claimIsRenewedWhileTheTermWaitsToBegin() {
            slow.start();
            Moment granted = slow.now;
            slow.grant(slow.call(Effect.Acquire.class), 7);
            assertThat(slow.machine.where()).isEqualTo("taking-over");
            while (slow.allOf(Effect.BeginTerm.class).isEmpty()) {
                slow.run(slow.untilWake());
                slow.lastOf(Effect.Renew.class).forEach(renew -> slow.grant(renew, 7));
            }
            assertThat(slow.now.nanosSince(granted)).isEqualTo(seconds(12).toNanos());
            assertThat(slow.endings()).isEmpty();
        }

        @Test
        void claimLostBeforeTheTermBeganIsWithdrawn() {
            slow.start();
            Effect.Acquire acquire = slow.call(Effect.Acquire.class);
            slow.grant(acquire, 7);
            slow.on((m, t) -> m.lost(acquire.claim(), "deleted", t));
            assertThat(slow.allOf(Effect.BeginTerm.class)).isEmpty();
            assertThat(slow.lastOf(Effect.Withdraw.class)).hasSize(1);
        }

        /** A store was restored while the candidate waited, and another candidate has led since. */
        @Test
        void claimThatWasOvertakenBeforeTheTermBeganIsRefused() {
            slow.start();
            slow.grant(slow.call(Effect.Acquire.class), 7);
            slow.on((m, t) -> m.held(Rig.other("b", 6), Rig.NEVER, t));
            assertThat(slow.machine.where()).isEqualTo("taking-over");
            slow.on((m, t) -> m.held(Rig.other("b", 7), Rig.NEVER, t));
            assertThat(slow.lastOf(Effect.Withdraw.class)).hasSize(1);
            assertThat(slow.told(Type.TOKEN_REFUSED)).hasSize(1);
        }

        @Test
        void claimThatExpiresBeforeTheTermBeganIsWithdrawn() {
            slow.start();
            slow.grant(slow.call(Effect.Acquire.class), 7);
            Effect.Call renew = slow.runToCall();
            slow.run(seconds(8));
            assertThat(slow.allOf(Effect.BeginTerm.class)).isEmpty();
            assertThat(slow.machine.owed()).isNotNull();
            slow.grant(renew, 7);
            assertThat(slow.lastOf(Effect.Withdraw.class)).hasSize(1);
        }

        @Test
        void refusedWhileWaitingLeaves() {
            slow.start();
            slow.grant(slow.call(Effect.Acquire.class), 7);
            slow.refuse(slow.runToCall(), Rig.other("b", 8), Rig.NEVER);
            assertThat(slow.machine.owed()).isNotNull();
            assertThat(slow.allOf(Effect.BeginTerm.class)).isEmpty();
        }

        @Test
        void pauseStepDownAndCloseLeave() {
            for (var event : List.<java.util.function.BiFunction<ElectionMachine, Moment, List<Effect>>>of(
                    ElectionMachine::pause,
                    ElectionMachine::stepDown,
                    ElectionMachine::withdraw,
                    ElectionMachine::close)) {
                Rig fresh = new Rig(slow.config, 1);
                fresh.start();
                fresh.grant(fresh.call(Effect.Acquire.class), 7);
                fresh.on(event);
                assertThat(fresh.lastOf(Effect.Withdraw.class)).hasSize(1);
            }
        }
    }

    @Nested
    class StandsBy {
        /** Rule 6.4. */
        @Test
        void rule6_4_firstTryAfterAVacancyIsWithinFiveMillisAndTheRangeDoublesPerLostRace() {
            List<Long> longest = new ArrayList<>();
            for (int races = 0; races < 12; races++) {
                long most = 0;
                for (long seed = 0; seed < 200; seed++) {
                    Rig each = new Rig(rig.config, seed);
                    each.on((m, t) -> m.watching(true, t)).start();
                    each.refuse(each.call(Effect.Acquire.class), Rig.other("b", 3), Rig.NEVER);
                    for (int i = 0; i < races; i++) {
                        each.on(ElectionMachine::vacant);
                        each.refuse(each.runToCall(), null, Chance.now());
                    }
                    each.on((m, t) -> m.held(Rig.other("c", 4), Rig.NEVER, t));
                    each.on(ElectionMachine::vacant);
                    most = Math.max(most, each.untilWake().toNanos());
                }
                longest.add(most);
                long range = Math.min(seconds(2).toNanos(), 5_000_000L << races);
                assertThat(most)
                        .as("after %d lost races", races)
                        .isLessThanOrEqualTo(range)
                        .isGreaterThan(range * 8 / 10);
            }
            assertThat(longest.get(11))
                    .as("never more than a retryPeriod")
                    .isGreaterThan(seconds(1).toNanos());
        }

        @Test
        void racesAreForgottenOnceAnotherHolds() {
            rig.on((m, t) -> m.watching(true, t)).start();
            rig.refuse(rig.call(Effect.Acquire.class), null, Chance.now());
            for (int i = 0; i < 9; i++) {
                rig.refuse(rig.runToCall(), null, Chance.now());
            }
            rig.refuse(rig.runToCall(), Rig.other("b", 3), Chance.after(seconds(15)));
            rig.on(ElectionMachine::vacant);
            assertThat(rig.untilWake()).isLessThanOrEqualTo(millis(5));
        }

        /** Rules 6.3 and 6.5: silence means no change, most likely. */
        @Test
        void rule6_5_whoeverIsToldNothingLooksOnceALeaseDuration() {
            rig.on((m, t) -> m.watching(true, t)).start();
            Effect.Call call = rig.call(Effect.Acquire.class);
            for (int i = 0; i < 50; i++) {
                rig.refuse(call, Rig.other("b", 3), Rig.NEVER);
                Moment asked = rig.now;
                call = rig.runToCall();
                assertThat(Duration.ofNanos(rig.now.nanosSince(asked))).isBetween(seconds(15), millis(18_755));
                assertThat(call.claim()).isEqualTo(rig.claim(1));
            }
        }

        /** A hint that contains only the leader does not put the look off for ever. */
        @Test
        void rule6_5_aHolderThatIsToldOfPutsTheLookOffByALeaseDurationAtMost() {
            rig.on((m, t) -> m.watching(true, t)).start();
            rig.refuse(rig.call(Effect.Acquire.class), Rig.other("b", 3), Rig.NEVER);
            rig.on((m, t) -> m.held(Rig.other("c", 4), Rig.NEVER, t));
            assertThat(rig.untilWake()).isBetween(seconds(15), millis(18_755));
        }

        @Test
        void rule6_3_withoutAWatchItAsksEveryRetryPeriodWithJitter() {
            rig.start();
            rig.refuse(rig.call(Effect.Acquire.class), Rig.other("b", 3), Rig.NEVER);
            for (int i = 0; i < 50; i++) {
                Moment asked = rig.now;
                Effect.Call call = rig.runToCall();
                assertThat(Duration.ofNanos(rig.now.nanosSince(asked))).isBetween(seconds(2), millis(4_405));
                rig.refuse(call, Rig.other("b", 3), Rig.NEVER);
            }
        }

        @Test
        void watchThatDiesIsReplacedByPolls() {
            rig.on((m, t) -> m.watching(true, t)).start();
            rig.refuse(rig.call(Effect.Acquire.class), Rig.other("b", 3), Rig.NEVER);
            rig.on((m, t) -> m.watching(false, t));
            assertThat(rig.untilWake()).isLessThanOrEqualTo(millis(4_405));
            assertThat(rig.told(Type.POLLING)).hasSize(1);
        }

        /** A chance that arrived while the acquire was under way may have come after the store looked. */
        @Test
        void vacancyHeardDuringAnAcquireIsNotForgotten() {
            rig.on((m, t) -> m.watching(true, t)).start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.on(ElectionMachine::vacant);
            rig.refuse(acquire, Rig.other("b", 3), Rig.NEVER);
            assertThat(rig.untilWake()).isLessThanOrEqualTo(millis(5));
        }

        @Test
        void turnHeardDuringAnAcquireIsNotForgotten() {
            rig.on((m, t) -> m.watching(true, t)).start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.on((m, t) -> m.yourTurn(acquire.claim(), null, t));
            rig.refuse(acquire, Rig.other("b", 3), Rig.NEVER);
            assertThat(rig.untilWake()).isLessThanOrEqualTo(millis(5));
        }

        @Test
        void rule6_4_theOneWhoseTurnItIsTriesAtOnce() {
            rig.on((m, t) -> m.watching(true, t)).start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.refuse(acquire, Rig.other("b", 3), Rig.NEVER);
            rig.on((m, t) -> m.yourTurn(rig.claim(42), null, t));
            assertThat(rig.lastOf(Effect.Acquire.class))
                    .as("not another's turn")
                    .isEmpty();
            rig.on((m, t) -> m.yourTurn(acquire.claim(), null, t));
            assertThat(rig.call(Effect.Acquire.class).claim()).isEqualTo(acquire.claim());
        }

        /** A claim whose create was not answered may be first in line already, and receives no further turn. */
        @Test
        void holderHeardOfAfterAnUnknownAcquireDoesNotPutOffTheRetry() {
            rig.on((m, t) -> m.watching(true, t)).start();
            rig.fail(rig.call(Effect.Acquire.class));
            rig.on((m, t) -> m.held(Rig.other("b", 3), Rig.NEVER, t));
            assertThat(rig.untilWake()).isLessThanOrEqualTo(seconds(2));
        }

        @Test
        void holderHeardOfBeforeTheFirstTryDoesNotPutItOff() {
            rig.on((m, t) -> m.held(Rig.other("b", 3), Rig.NEVER, t)).start();
            assertThat(rig.call(Effect.Acquire.class).claim()).isNotNull();
        }

        @Test
        void holderHeardOfRightAfterATurnThatCameDuringTheRefusalDoesNotPutOffTheRetry() {
            rig.on((m, t) -> m.watching(true, t)).start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.on((m, t) -> m.yourTurn(acquire.claim(), null, t));
            rig.refuse(acquire, Rig.other("b", 3), Rig.NEVER);
            rig.on((m, t) -> m.held(Rig.other("b", 3), Rig.NEVER, t));
            assertThat(rig.untilWake()).isLessThanOrEqualTo(millis(5));
        }

        @Test
        void claimOfOursSeenToHoldTheElectionIsTriedAtOnce() {
            rig.on((m, t) -> m.watching(true, t)).start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.fail(acquire);
            dev.baton.spi.Holder ours = new dev.baton.spi.Holder(
                    acquire.claim().identity(), acquire.claim().nonce(), null, null, null, -1);
            rig.on((m, t) -> m.held(ours, Rig.NEVER, t));
            assertThat(rig.call(Effect.Acquire.class).call()).isGreaterThan(acquire.call());
        }

        @Test
        void vacancyHeardWhileWithdrawingIsNotForgotten() {
            rig.on((m, t) -> m.watching(true, t));
            Term term = rig.lead(7);
            rig.on((m, t) -> m.lost(term.claim(), "deleted", t)).workEnds(term);
            Effect.Withdraw withdraw = rig.call(Effect.Withdraw.class);
            rig.on(ElectionMachine::vacant).confirm(withdraw);
            assertThat(rig.lastOf(Effect.Acquire.class)).hasSize(1);
        }

        @Test
        void failuresAreRetriedWithGrowingBackoffUpToALease() {
            rig.start();
            Effect.Call call = rig.call(Effect.Acquire.class);
            for (int i = 0; i < 40; i++) {
                rig.fail(call);
                long backoff = Math.min(15_000, 2_000L << Math.min(i, 20));
                assertThat(rig.untilWake()).isBetween(millis(backoff / 2), millis(backoff));
                call = rig.runToCall();
                assertThat(call.claim())
                        .as("the same claim: what it wrote is unknown")
                        .isEqualTo(rig.claim(1));
            }
        }

        @Test
        void watchThatComesBackEndsTheBackoff() {
            rig.start();
            Effect.Call call = rig.call(Effect.Acquire.class);
            for (int i = 0; i < 5; i++) {
                rig.fail(call);
                call = rig.runToCall();
            }
            rig.fail(call).on((m, t) -> m.watching(true, t));
            assertThat(rig.untilWake()).isLessThanOrEqualTo(millis(5));
        }

        @Test
        void lostClaimOfAStandbyIsReplacedByANewOne() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.refuse(acquire, Rig.other("b", 3), Rig.NEVER);
            rig.on((m, t) -> m.lost(acquire.claim(), "session gone", t));
            rig.confirm(rig.call(Effect.Withdraw.class));
            assertThat(rig.lastOne(Effect.Acquire.class).claim()).isEqualTo(rig.claim(2));
        }

        /** A backend that breaks rule 7.1. */
        @Test
        void rule7_1_acquireNeverAnsweredIsGivenUpAndMakesTheCandidateUnhealthy() {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            rig.run(seconds(7));
            assertThat(rig.machine.owed()).isEqualTo(acquire.claim());
            assertThat(rig.machine.trouble()).isNotNull();
            assertThat(rig.allOf(Effect.Withdraw.class))
                    .as("rule 1.2: the acquire is still in flight")
                    .isEmpty();
            rig.grant(acquire, 7);
            assertThat(rig.allOf(Effect.BeginTerm.class)).isEmpty();
            assertThat(rig.lastOf(Effect.Withdraw.class)).hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(strings = {"acquire", "withdraw"})
        void answersToUnknownCallsChangeNothing(String call) {
            rig.start();
            Effect.Acquire acquire = rig.call(Effect.Acquire.class);
            if (call.equals("acquire")) {
                rig.on((m, t) -> m.confirmed(acquire.call(), t));
            } else {
                rig.on((m, t) -> m.answered(acquire.call() + 1, new Answer.Refused(null, Chance.now()), t));
                rig.on((m, t) -> m.failed(acquire.call() + 1, "no", t));
            }
            assertThat(rig.machine.where()).isEqualTo("acquiring");
        }
    }
}
