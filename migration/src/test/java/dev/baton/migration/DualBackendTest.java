package dev.baton.migration;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.TIMING;
import static dev.baton.fixture.Samples.millis;
import static dev.baton.fixture.Samples.seconds;
import static dev.baton.migration.ScriptedPart.FAILED;
import static dev.baton.migration.ScriptedPart.LATER;
import static dev.baton.migration.ScriptedPart.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.LeaderElection;
import dev.baton.fixture.VirtualRuntime;
import dev.baton.fixture.VirtualTime;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each branch of the protocol, on two backends that do as they are told. */
@Timeout(60)
class DualBackendTest {
    private static final FencingToken OLD = new FencingToken(3, 500);
    private static final FencingToken NEW = new FencingToken(4, 20);

    private final VirtualTime time = new VirtualTime(1);
    private final List<String> calls = new ArrayList<>();
    private final ScriptedPart old = new ScriptedPart("old", new VirtualRuntime(time), calls, OLD);
    private final ScriptedPart next = new ScriptedPart("new", new VirtualRuntime(time), calls, NEW);
    private final DualBackend two = DualBackend.of(old, next, 500);
    private final Claim claim = new Claim(ELECTION, "me", "mine-1", TIMING);
    private final List<String> heard = new ArrayList<>();

    private Moment deadline() {
        return time.now().plus(seconds(5));
    }

    private <T> CompletableFuture<T> settled(CompletionStage<T> stage) {
        time.settle();
        return stage.toCompletableFuture();
    }

    private CompletableFuture<Answer> acquiring() {
        return settled(two.acquire(claim, deadline()));
    }

    private void ask() {
        assertThat(acquiring()).isNotNull();
    }

    private Answer.Granted acquire() {
        assertThat(acquiring()).isCompletedWithValueMatching(answer -> answer instanceof Answer.Granted);
        calls.clear();
        return (Answer.Granted) acquiring().join();
    }

    private CompletableFuture<Answer> renewing() {
        return settled(two.renew(claim, deadline()));
    }

    private List<String> calls() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    private List<String> heard() {
        time.settle();
        List<String> taken = List.copyOf(heard);
        heard.clear();
        return taken;
    }

    private LockBackend.Observation observe() {
        LockBackend.Observation observation = two.observe(ELECTION, TIMING, new ElectionWatcher() {
            @Override
            public void watching(boolean live) {
                heard.add("watching " + live);
            }

            @Override
            public void held(Holder holder, Chance chance) {
                heard.add("held by " + holder.identity() + " with " + holder.token() + " for " + chance);
            }

            @Override
            public void vacant() {
                heard.add("vacant");
            }

            @Override
            public void yourTurn(Claim first, Answer.@Nullable Granted granted) {
                heard.add("yourTurn " + first.nonce() + " " + granted);
            }

            @Override
            public void lost(Claim gone, String how) {
                heard.add("lost " + gone.nonce() + ": " + how);
            }
        });
        time.settle();
        calls.clear();
        heard.clear();
        return observation;
    }

    private static Holder holder(String identity, @Nullable FencingToken token) {
        return new Holder(identity, "nonce-of-" + identity, token, null, null, -1);
    }

    // -- acquire --------------------------------------------------------------------------------------------------

    @Test
    void acquiresTheOldThenTheNew() {
        assertThat(acquiring().join()).isInstanceOf(Answer.Granted.class);
        assertThat(calls()).containsExactly("acquire old", "acquire new");
    }

    @Test
    void doesNotAskTheNewBeforeTheOldHasGranted() {
        old.acquires.add(LATER);
        CompletableFuture<Answer> answer = acquiring();
        assertThat(calls()).containsExactly("acquire old");
        old.unanswered.remove().complete(old.granted());
        time.settle();
        assertThat(answer.join()).isInstanceOf(Answer.Granted.class);
        assertThat(calls()).containsExactly("acquire new");
    }

    @Test
    void refusedByTheOldIsRefusedAndStaysInItsLine() {
        old.acquires.add(refused("other", Chance.whenTold()));
        Answer.Refused answer = (Answer.Refused) acquiring().join();
        assertThat(answer.chance()).isEqualTo(Chance.whenTold());
        assertThat(answer.holder()).extracting(Holder::identity).isEqualTo("other");
        assertThat(calls()).containsExactly("acquire old");
    }

    @Test
    void refusedByTheNewForLongGivesBackTheNewThenTheOld() {
        next.acquires.add(refused("other", Chance.after(seconds(14))));
        Answer.Refused answer = (Answer.Refused) acquiring().join();
        assertThat(calls()).containsExactly("acquire old", "acquire new", "withdraw new", "withdraw old");
        assertThat(answer.chance()).isEqualTo(Chance.after(seconds(14)));
        assertThat(answer.holder())
                .isNotNull()
                .satisfies(holder -> assertThat(holder.token()).isNull());
    }

    @Test
    void nobodyTellsOfTheTurnOnTheNewSoItIsAskedForAgain() {
        next.acquires.add(refused("other", Chance.whenTold()));
        Answer.Refused answer = (Answer.Refused) acquiring().join();
        assertThat(Duration.ofNanos(answer.chance().nanos())).isBetween(seconds(1), seconds(4));
    }

    @Test
    void holdsTheOldForARefusalThatPassesWithinARetryPeriod() {
        next.acquires.add(refused("other", Chance.after(seconds(1))));
        CompletableFuture<Answer> answer = acquiring();
        assertThat(answer).isNotDone();
        time.advance(millis(1_010));
        assertThat(answer.join()).isInstanceOf(Answer.Granted.class);
        assertThat(calls()).containsExactly("acquire old", "acquire new", "acquire new");
    }

    @Test
    void holdsTheOldForNoLongerThanARetryPeriod() {
        for (int i = 0; i < 1_000; i++) {
            next.acquires.add(refused("other", Chance.after(millis(100))));
        }
        CompletableFuture<Answer> answer = acquiring();
        time.advance(TIMING.retryPeriod());
        assertThat(answer.join()).isInstanceOf(Answer.Refused.class);
        assertThat(calls()).endsWith("withdraw new", "withdraw old");
    }

    @Test
    void pausesForARandomTimeAfterGivingTheOldBack() {
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            next.acquires.add(refused("other", Chance.after(seconds(2))));
            pauses.add(Duration.ofNanos(
                    ((Answer.Refused) acquiring().join()).chance().nanos()));
        }
        assertThat(pauses)
                .allMatch(pause -> pause.compareTo(TIMING.leaseDuration()) < 0)
                .doesNotHaveDuplicates();
    }

    @Test
    void asksAgainUnderANameThatWasNeverGivenBack() {
        next.acquires.add(refused("other", Chance.after(seconds(14))));
        ask();
        String first = old.asked().nonce();
        ask();
        assertThat(old.asked().nonce()).isNotEqualTo(first).startsWith(claim.nonce());
        assertThat(next.asked()).isEqualTo(old.asked());
    }

    @Test
    void unknownOnTheNewGivesBackBothAndRests() {
        next.acquires.add(FAILED);
        CompletableFuture<Answer> answer = acquiring();
        assertThat(answer).isCompletedExceptionally();
        assertThat(calls()).containsExactly("acquire old", "acquire new", "withdraw new", "withdraw old");
        assertThat(acquiring()).isCompletedExceptionally();
        assertThat(calls()).as("while it rests").isEmpty();
        time.advance(TIMING.retryPeriod());
        assertThat(acquiring().join()).isInstanceOf(Answer.Granted.class);
    }

    /** On a session that others keep alive, the old claim would stand for ever. */
    @Test
    void newThatDoesNotConfirmDoesNotKeepTheOldFromBeingGivenBack() {
        next.acquires.add(FAILED);
        next.withdraws.add(false);
        ask();
        assertThat(calls()).containsExactly("acquire old", "acquire new", "withdraw new", "withdraw old");
        time.advance(seconds(4));
        assertThat(acquiring().join()).isInstanceOf(Answer.Granted.class);
        assertThat(calls()).containsExactly("withdraw new", "acquire old", "acquire new");
    }

    @Test
    void unknownOnTheOldIsUnknown() {
        old.acquires.add(FAILED);
        assertThat(acquiring()).isCompletedExceptionally();
        assertThat(calls()).containsExactly("acquire old");
        ask();
        assertThat(calls()).as("the same name settles it").containsExactly("acquire old", "acquire new");
        assertThat(old.asked().nonce()).isEqualTo(claim.nonce());
    }

    // -- what two grants amount to --------------------------------------------------------------------------------

    @Test
    void countsFromTheEarlierSendingUntilTheFirstEnd() {
        next.acquires.add(LATER);
        Moment start = time.now();
        CompletableFuture<Answer> answer = acquiring();
        time.advance(seconds(1));
        next.guarantee = seconds(5);
        next.unanswered.remove().complete(next.granted());
        time.settle();
        Answer.Granted granted = (Answer.Granted) answer.join();
        assertThat(granted.sentAt()).isEqualTo(start);
        assertThat(granted.guaranteedFor()).isEqualTo(seconds(5).plusNanos(TIMING.scaledNanos(seconds(1))));
    }

    /** The machine's formula on what both amount to is never later than on either, on either clock. */
    @Test
    void isReliedOnNoLongerThanEither() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 100_000; i++) {
            ElectionTiming timing = TIMING.withClockDrift(random.nextDouble(0.2));
            Answer.Granted one = grant(random);
            Answer.Granted other = grant(random);
            Moment both = until(DualGrant.of(one, other, timing, NEW), timing);
            for (Answer.Granted single : List.of(one, other)) {
                Moment alone = until(single, timing);
                assertThat(both.nanos()).as("round %d", i).isLessThanOrEqualTo(alone.nanos() + 2);
                assertThat(both.wallNanos()).as("round %d", i).isLessThanOrEqualTo(alone.wallNanos() + 2);
            }
        }
    }

    private static Answer.Granted grant(SplittableRandom random) {
        Moment sentAt = new Moment(random.nextLong(4_000_000_000L), random.nextLong(6_000_000_000L));
        return new Answer.Granted(sentAt, millis(random.nextLong(20_000)), NEW);
    }

    private static Moment until(Answer.Granted granted, ElectionTiming timing) {
        long certain =
                Math.min(timing.scaledNanos(granted.guaranteedFor()), timing.scaledNanos(timing.leaseDuration()));
        long valid = Math.min(timing.renewDeadline().toNanos(), certain);
        Moment sentAt = granted.sentAt();
        return new Moment(sentAt.nanos() + valid, sentAt.wallNanos() + valid + (certain - valid) / 2);
    }

    // -- tokens ---------------------------------------------------------------------------------------------------

    @Test
    void tokenIsTheOldOnesBelowRaiseFromAndTheNewOnesFromThenOn() {
        assertThat(acquire().token()).as("500 from 500").isEqualTo(NEW);
        DualBackend later = DualBackend.of(old, next, 501);
        Answer.Granted granted =
                (Answer.Granted) settled(later.acquire(claim, deadline())).join();
        assertThat(granted.token()).as("500 below 501").isEqualTo(OLD);
        Answer.Granted renewed =
                (Answer.Granted) settled(later.renew(claim, deadline())).join();
        assertThat(renewed.token()).isEqualTo(OLD);
    }

    @Test
    void epochThatWasNotRaisedIsNoTerm() {
        ScriptedPart same = new ScriptedPart("same", new VirtualRuntime(time), calls, new FencingToken(3, 9_999));
        DualBackend wrong = DualBackend.of(old, same, 0);
        CompletableFuture<Answer> answer = settled(wrong.acquire(claim, deadline()));
        assertThatThrownBy(answer::join)
                .hasMessageContaining("same grants tokens of epoch 3")
                .hasMessageContaining("open the new backend with epoch 4");
        assertThat(calls()).endsWith("withdraw same", "withdraw old");
    }

    @Test
    void badArgumentsAreNamed() {
        assertThatThrownBy(() -> DualBackend.of(old, old, 0)).hasMessageContaining("the same old instance");
        assertThatThrownBy(() -> DualBackend.of(old, next, -1)).hasMessageContaining("raiseFrom -1");
    }

    // -- renew ----------------------------------------------------------------------------------------------------

    @Test
    void renewsBothAndAnswersWhenBothHave() {
        acquire();
        calls.clear();
        next.renews.add(LATER);
        CompletableFuture<Answer> answer = renewing();
        assertThat(calls()).containsExactly("renew old", "renew new");
        assertThat(answer).isNotDone();
        next.unanswered.remove().complete(next.granted());
        time.settle();
        assertThat(answer.join()).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void refusalOfEitherIsARefusal() {
        for (ScriptedPart part : List.of(old, next)) {
            acquire();
            part.renews.add(refused("other", Chance.after(seconds(3))));
            assertThat(renewing().join()).as(part.kind()).isInstanceOf(Answer.Refused.class);
        }
    }

    @Test
    void refusalOfOneIsSaidWhileTheOtherIsStillAsked() {
        observe();
        acquire();
        heard();
        old.renews.add(LATER);
        next.renews.add(refused("other", Chance.after(seconds(3))));
        CompletableFuture<Answer> answer = renewing();
        assertThat(heard()).containsExactly("lost mine-1: new refused to renew it");
        assertThat(answer).as("one call at a time").isNotDone();
        old.unanswered.remove().complete(old.granted());
        time.settle();
        assertThat(answer.join()).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void failureOfEitherIsUnknown() {
        for (ScriptedPart part : List.of(old, next)) {
            acquire();
            part.renews.add(FAILED);
            assertThat(renewing()).as(part.kind()).isCompletedExceptionally();
            assertThat(renewing().join()).isInstanceOf(Answer.Granted.class);
        }
    }

    @Test
    void whatWasNeverGrantedIsNotRenewed() {
        assertThat(renewing().join()).isInstanceOf(Answer.Refused.class);
        assertThat(calls()).isEmpty();
    }

    // -- withdraw -------------------------------------------------------------------------------------------------

    @Test
    void givesBackTheNewThenTheOld() {
        acquire();
        calls.clear();
        assertThat(settled(two.withdraw(claim, deadline()))).isCompleted();
        assertThat(calls()).containsExactly("withdraw new", "withdraw old");
    }

    @Test
    void isOwedUntilBothConfirm() {
        acquire();
        calls.clear();
        next.withdraws.add(false);
        assertThat(settled(two.withdraw(claim, deadline()))).isCompletedExceptionally();
        assertThat(calls()).containsExactly("withdraw new", "withdraw old");
        assertThat(settled(two.withdraw(claim, deadline()))).isCompleted();
        assertThat(calls()).containsExactly("withdraw new");
    }

    @Test
    void whatWasNeverTriedIsNotOwed() {
        assertThat(settled(two.withdraw(claim, deadline()))).isCompleted();
        assertThat(calls()).isEmpty();
    }

    // -- observe --------------------------------------------------------------------------------------------------

    @Test
    void watchesOnlyWhenBothDo() {
        observe();
        old.watcher().watching(true);
        assertThat(heard()).containsExactly("watching false");
        next.watcher().watching(true);
        assertThat(heard()).containsExactly("watching true");
        old.watcher().watching(false);
        assertThat(heard()).containsExactly("watching false");
    }

    @Test
    void isVacantWhenBothAre() {
        observe();
        old.watcher().held(holder("a", OLD), Chance.after(seconds(9)));
        next.watcher().held(holder("b", NEW), Chance.after(seconds(12)));
        heard();
        old.watcher().vacant();
        assertThat(heard()).containsExactly("held by b with null for 12s");
        next.watcher().vacant();
        assertThat(heard()).containsExactly("vacant");
    }

    @Test
    void leaderOfBothHasItsTokenAndTheLongerWait() {
        observe();
        old.watcher().held(holder("a", OLD), Chance.after(seconds(9)));
        assertThat(heard()).as("500 from 500").containsExactly("held by a with null for 9s");
        next.watcher().held(holder("a", NEW), Chance.after(seconds(12)));
        assertThat(heard()).containsExactly("held by a with " + NEW + " for 12s");
    }

    @Test
    void leaderOfTheOldAloneHasItsToken() {
        observe();
        old.watcher().held(holder("a", new FencingToken(3, 499)), Chance.after(seconds(9)));
        assertThat(heard()).containsExactly("held by a with " + new FencingToken(3, 499) + " for 9s");
    }

    /** A store with a line says nothing when the last one leaves it. */
    @Test
    void leaderThatGaveBackTheOldHasGivenBackTheNew() {
        observe();
        old.watcher().held(holder("a", OLD), Chance.after(seconds(9)));
        next.watcher().held(holder("a", NEW), Chance.whenTold());
        heard();
        old.watcher().vacant();
        assertThat(heard()).containsExactly("vacant");
    }

    @Test
    void lossOfEitherIsALoss() {
        observe();
        acquire();
        heard();
        old.watcher().lost(old.asked(), "gone");
        assertThat(heard()).containsExactly("lost mine-1: on old gone");
        next.watcher().lost(next.asked(), "gone");
        assertThat(heard()).containsExactly("lost mine-1: on new gone");
    }

    @Test
    void whatIsGivenBackIsNotLost() {
        observe();
        next.acquires.add(refused("other", Chance.after(seconds(14))));
        ask();
        heard();
        old.watcher().lost(claim, "an earlier round");
        assertThat(heard()).isEmpty();
    }

    @Test
    void turnOnTheOldHasToAskTheNew() {
        observe();
        old.acquires.add(refused("other", Chance.whenTold()));
        ask();
        heard();
        old.watcher().yourTurn(claim, old.granted());
        assertThat(heard()).containsExactly("yourTurn mine-1 null");
    }

    @Test
    void ownClaimOnItsWayIsNoLeader() {
        observe();
        next.acquires.add(LATER);
        ask();
        old.watcher().held(new Holder("me", "mine-1", OLD, null, null, -1), Chance.after(seconds(15)));
        assertThat(heard()).isEmpty();
        next.unanswered.remove().complete(next.granted());
        assertThat(heard()).containsExactly("held by me with null for 15s");
    }

    @Test
    void observationEndsOnBoth() {
        LockBackend.Observation observation = observe();
        ElectionWatcher before = old.watcher();
        observation.close();
        time.settle();
        assertThat(calls()).containsExactly("unobserve old", "unobserve new");
        before.vacant();
        assertThat(heard()).isEmpty();
    }

    // -- the whole ------------------------------------------------------------------------------------------------

    @Test
    void asksBothForTheirRulesAndClosesTheNewFirst() {
        two.check(ELECTION, TIMING);
        old.budget = seconds(2);
        assertThat(two.windDownBudget(TIMING)).isEqualTo(seconds(2));
        next.budget = seconds(1);
        assertThat(two.windDownBudget(TIMING)).isEqualTo(seconds(1));
        assertThat(two.kind()).isEqualTo("old+new");
        assertThat(two.runtime()).isSameAs(next.runtime());
        two.close();
        assertThat(calls()).containsExactly("check old", "check new", "close new", "close old");
    }

    @Test
    void tellsBothOfEachTerm() {
        LeaderElection.on(two, ELECTION.toString())
                .identity("me")
                .onStartedLeading(term -> {})
                .start();
        time.settle();
        assertThat(calls()).contains("event old me", "event new me");
    }
}
