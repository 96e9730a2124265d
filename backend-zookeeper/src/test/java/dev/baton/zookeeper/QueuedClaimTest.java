package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static dev.baton.zookeeper.Stage.PATH;
import static dev.baton.zookeeper.Stage.TIMING;
import static dev.baton.zookeeper.Stage.claim;
import static dev.baton.zookeeper.Stage.granted;
import static dev.baton.zookeeper.Stage.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.LockBackend.Observation;
import dev.baton.zookeeper.MemoryZooKeeper.Asked;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of one claim, against a server in memory and in virtual time. */
class QueuedClaimTest {
    private static final Duration SOON = Duration.ofMillis(150);
    /** For an answer, and for nothing that is asked again. */
    private static final Duration MOMENT = Duration.ofMillis(20);

    private static final Duration DEADLINE = TIMING.renewDeadline();
    private static final String FIRST = PATH + "/_c_aa-latch-0000000001";
    private static final String SECOND = PATH + "/_c_bb-latch-0000000002";

    private final VirtualRuntime time = new VirtualRuntime();
    private final MemoryZooKeeper zooKeeper = new MemoryZooKeeper(time);
    private final Stage.Heard heard = new Stage.Heard();
    private final Claim claim = claim("one");
    private final Claim other = claim("two");
    private final ZooKeeperBackend backend = ForSimulation.backend(
            ZooKeeperBackend.builder("memory:2181").tickTime(Stage.TICK).shutdownHook(false), time, zooKeeper);

    private final Observation observation = backend.observe(ELECTION, TIMING, heard);

    @BeforeEach
    void connect() {
        time.advance(SOON);
    }

    private <T> CompletableFuture<T> after(Duration wait, CompletionStage<T> stage) {
        time.advance(wait);
        return stage.toCompletableFuture();
    }

    /** Not to be waited for: no time passes meanwhile. */
    private static <T> T done(CompletableFuture<T> answer) {
        assertThat(answer).isDone();
        return answer.join();
    }

    private CompletableFuture<Answer> acquire(Claim of) {
        return after(SOON, backend.acquire(of, time.now().plus(DEADLINE)));
    }

    private CompletableFuture<Answer> renew(Claim of) {
        return after(
                TIMING.retryPeriod().plus(SOON), backend.renew(of, time.now().plus(DEADLINE)));
    }

    private CompletableFuture<Void> withdraw(Claim of) {
        return after(SOON, backend.withdraw(of, time.now().plus(DEADLINE)));
    }

    private List<String> nodes(Claim of) {
        return zooKeeper.below(PATH).stream()
                .filter(name -> name.contains(of.nonce()))
                .map(name -> PATH + "/" + name)
                .toList();
    }

    private String node(Claim of) {
        return nodes(of).get(0);
    }

    private void lead(Claim of) {
        granted(done(acquire(of)));
    }

    private void standInLine(String... before) {
        for (String node : before) {
            zooKeeper.put(node, "before");
        }
        refused(done(acquire(claim)));
    }

    private void delete(String node) {
        zooKeeper.delete(node);
        time.advance(SOON);
    }

    private void reconnect() {
        zooKeeper.newest().becomes(KeeperState.Disconnected);
        time.advance(SOON);
        zooKeeper.newest().becomes(KeeperState.SyncConnected);
        time.advance(SOON);
    }

    private void refuse(Predicate<Asked> which) {
        zooKeeper.refuse(asked -> which.test(asked) ? Code.NOAUTH : null);
    }

    private List<Asked> asked(Predicate<Asked> which) {
        return zooKeeper.asked.stream().filter(which).toList();
    }

    private static boolean isHeartbeats(Asked asked) {
        return asked.path().startsWith("/baton/.heartbeat/");
    }

    private static boolean isOfElection(Asked asked) {
        return asked.path().startsWith(PATH);
    }

    // -- a place in line ----------------------------------------------------------------------------------------------

    /** The claim's node is deleted, and that is known only when its withdrawal has been given up. */
    private void withdrawUnheard() {
        zooKeeper.hold(asked -> asked.is("delete"));
        assertThat(after(DEADLINE.plus(SOON), backend.withdraw(claim, time.now().plus(DEADLINE))))
                .isCompletedExceptionally();
        zooKeeper.letGo();
        time.advance(SOON);
        assertThat(nodes(claim)).isEmpty();
    }

    @Test
    void whoWasFirstIsNotWhenItComesAgain() {
        zooKeeper.silent = true;
        lead(claim);
        withdrawUnheard();
        zooKeeper.silent = false;
        zooKeeper.put(FIRST, "first");
        refused(done(acquire(claim)));
    }

    @Test
    void whoWasSecondIsNotWhenItComesAgain() {
        zooKeeper.silent = true;
        standInLine(FIRST);
        withdrawUnheard();
        zooKeeper.silent = false;
        zooKeeper.put(SECOND, "second");
        zooKeeper.hold(asked -> asked.is("list"));
        CompletableFuture<Answer> answer = acquire(claim);
        delete(FIRST);
        assertThat(heard.heard("turn one")).isFalse();
        zooKeeper.letGo();
        time.advance(SOON);
        refused(done(answer));
    }

    @Test
    void theGoingOfOneThatStandsBehindGivesNoTurn() {
        standInLine(FIRST);
        refused(done(acquire(other)));
        done(withdraw(other));
        assertThat(heard.heard("turn one")).isFalse();
        refused(done(acquire(claim)));
    }

    @Test
    void aClaimThatIsDeletedBeforeTheLineIsKnownIsLost() {
        refuse(asked -> asked.is("list"));
        assertThat(acquire(claim)).isCompletedExceptionally();
        delete(node(claim));
        assertThat(heard.heard("lost one")).isTrue();
    }

    @Test
    void aClaimInLineIsWatchedAgainAfterAConnectionWasLost() {
        standInLine(FIRST, SECOND);
        zooKeeper.asked.clear();
        reconnect();
        assertThat(asked(asked -> asked.is("read") && asked.watched()))
                .extracting(Asked::path)
                .contains(node(claim), FIRST, SECOND);
    }

    @Test
    void aLeaderHasNoTurnHoweverOftenItIsListed() {
        lead(claim);
        refused(done(acquire(other)));
        zooKeeper.show(children -> List.of("_c_aa-latch-0000000001", node(claim).substring(PATH.length() + 1)));
        refused(done(acquire(other)));
        assertThat(heard.heard("turn")).isFalse();
        granted(done(renew(claim)));
    }

    @Test
    void whoLeadsNextIsHeardOfWhenTheLeaderGoes() {
        standInLine(FIRST, SECOND);
        heard.all.clear();
        delete(FIRST);
        time.advance(Duration.ofMillis(200));
        assertThat(heard.all).containsExactly("held before");
    }

    @Test
    void whoseTurnItIsIsHeardOf() {
        standInLine(FIRST);
        delete(FIRST);
        assertThat(heard.all).contains("held one", "turn one granted");
        granted(done(renew(claim)));
    }

    @Test
    void aTurnWithoutAProofIsToldOfWithoutAGrant() {
        standInLine(FIRST);
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        time.advance(TIMING.leaseDuration().plusSeconds(1));
        delete(FIRST);
        assertThat(heard.all).contains("turn one");
        refused(done(renew(claim)));
    }

    // -- a claim that is lost -----------------------------------------------------------------------------------------

    @Test
    void aLostTermIsNotBegunAgain() {
        lead(claim);
        delete(node(claim));
        zooKeeper.asked.clear();
        assertThat(done(acquire(claim))).isEqualTo(new Answer.Refused(null, Chance.now()));
        refused(done(renew(claim)));
        assertThat(asked(asked -> asked.is("create"))).isEmpty();
    }

    @Test
    void aLossIsToldOfOnce() {
        lead(claim);
        delete(node(claim));
        lead(other);
        zooKeeper.newest().giveUp();
        time.advance(Duration.ofSeconds(2));
        assertThat(heard.count("lost one")).isEqualTo(1);
        assertThat(heard.count("lost two")).isEqualTo(1);
    }

    @Test
    void whoLostItsPlaceStandsInLineAgainOnceThatNodeIsGoneForCertain() {
        standInLine(FIRST);
        delete(node(claim));
        zooKeeper.asked.clear();
        refused(done(acquire(claim)));
        assertThat(asked(QueuedClaimTest::isOfElection)).extracting(Asked::what).startsWith("delete", "create");
        assertThat(nodes(claim)).hasSize(1);
    }

    @Test
    void changesAreToldOfThoughAClaimIsLost() {
        lead(claim);
        delete(node(claim));
        reconnect();
        assertThat(heard.all).endsWith("watching true");
    }

    @Test
    void changesAreToldOfThoughAPredecessorWent() {
        standInLine(FIRST);
        delete(FIRST);
        reconnect();
        assertThat(heard.all).endsWith("watching true");
    }

    // -- a withdrawal -------------------------------------------------------------------------------------------------

    @Test
    void anAcquisitionThatIsWithdrawnHasFailed() {
        standInLine(FIRST);
        zooKeeper.hold(asked -> asked.is("list") || asked.is("delete"));
        reconnect();
        CompletableFuture<Answer> answer = acquire(claim);
        assertThat(answer).isNotDone();
        assertThat(withdraw(claim)).isCompleted();
        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void aWithdrawalDeletesOnceHoweverOftenItIsAskedFor() {
        lead(claim);
        refuse(asked -> asked.is("delete"));
        zooKeeper.hold(asked -> asked.is("delete"));
        assertThat(withdraw(claim)).isNotDone();
        assertThat(withdraw(claim)).isNotDone();
        assertThat(asked(asked -> asked.is("delete"))).hasSize(1);
    }

    @Test
    void aRenewalThatIsWithdrawnIsRefused() {
        lead(claim);
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        // A proof may be left to be told of.
        done(renew(claim));
        CompletableFuture<Answer> renewal = renew(claim);
        assertThat(renewal).isNotDone();
        done(withdraw(claim));
        refused(done(renewal));
    }

    @Test
    void nothingIsAskedForOnceNobodyNeedsIt() {
        lead(claim);
        done(withdraw(claim));
        observation.close();
        time.advance(TIMING.retryPeriod());
        zooKeeper.asked.clear();
        time.advance(Duration.ofMinutes(1));
        assertThat(zooKeeper.asked).isEmpty();
    }

    @Test
    void aWithdrawalIsDoneWhenTheNodeIsSeenToGo() {
        lead(claim);
        zooKeeper.hold(asked -> asked.is("delete"));
        assertThat(withdraw(claim)).isCompleted();
        assertThat(heard.heard("lost one")).isFalse();
    }

    @Test
    void whoIsWithdrawnHasNoTurn() {
        standInLine(FIRST);
        zooKeeper.hold(asked -> asked.is("delete"));
        refuse(asked -> asked.is("delete"));
        assertThat(withdraw(claim)).isNotDone();
        delete(FIRST);
        assertThat(heard.heard("turn one")).isFalse();
    }

    /** Of a deletion that a lost session never answered nothing is left. */
    @Test
    void whoComesAgainInAnotherSessionCanBeWithdrawn() {
        standInLine(FIRST);
        zooKeeper.silent = true;
        zooKeeper.hold(asked -> asked.is("delete"));
        assertThat(after(DEADLINE.plus(SOON), backend.withdraw(claim, time.now().plus(DEADLINE))))
                .isCompletedExceptionally();
        zooKeeper.silent = false;
        zooKeeper.newest().giveUp();
        time.advance(Duration.ofSeconds(2));
        zooKeeper.hold(asked -> false);
        refused(done(acquire(claim)));
        assertThat(withdraw(claim)).isCompleted();
        assertThat(nodes(claim)).isEmpty();
    }

    // -- a create without an answer -----------------------------------------------------------------------------------

    private void createUnheard() {
        zooKeeper.lose(asked -> asked.is("create") && asked.path().startsWith(PATH + "/"));
        assertThat(acquire(claim)).isCompletedExceptionally();
    }

    @Test
    void everyNodeWhoseAnswerWasLostIsLookedFor() {
        zooKeeper.put(PATH, "", 0);
        createUnheard();
        delete(node(claim));
        createUnheard();
        lead(claim);
        assertThat(nodes(claim)).hasSize(1);
    }

    @Test
    void aNodeIsLookedForThoughOneWasFoundBefore() {
        zooKeeper.put(FIRST, "first");
        createUnheard();
        refused(done(acquire(claim)));
        delete(node(claim));
        createUnheard();
        refused(done(acquire(claim)));
        assertThat(nodes(claim)).hasSize(1);
    }

    @Test
    void aNodeIsLookedForOnceHoweverOftenItIsAskedFor() {
        zooKeeper.put(PATH, "", 0);
        createUnheard();
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        assertThat(acquire(claim)).isNotDone();
        assertThat(acquire(claim)).isNotDone();
        zooKeeper.letGo();
        time.advance(SOON);
        assertThat(asked(asked -> asked.is("exists"))).extracting(Asked::path).containsOnlyOnce(node(claim));
    }

    @Test
    void aLookThatALostConnectionEndedIsTakenAgain() {
        zooKeeper.put(PATH, "", 0);
        createUnheard();
        zooKeeper.refuse(asked -> isHeartbeats(asked) ? Code.CONNECTIONLOSS : null);
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        assertThat(acquire(claim)).isNotDone();
        zooKeeper.letGo();
        zooKeeper.refuse(asked -> null);
        reconnect();
        lead(claim);
        assertThat(nodes(claim)).hasSize(1);
    }

    @Test
    void aClaimOfWhichNothingWasWrittenIsNotLostWithTheSession() {
        refuse(asked -> asked.is("create") && asked.path().startsWith(PATH + "/"));
        assertThat(acquire(claim)).isCompletedExceptionally();
        zooKeeper.newest().giveUp();
        time.advance(Duration.ofSeconds(2));
        assertThat(heard.heard("lost one")).isFalse();
    }

    // -- what proves a claim ------------------------------------------------------------------------------------------

    @Test
    void aProofThatComesTooLateGrantsNothing() {
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        time.advance(TIMING.leaseDuration());
        CompletableFuture<Answer> answer = acquire(claim);
        assertNobodyLooksAfter(answer);
        refused(done(renew(claim)));
    }

    @Test
    void aProofThatComesTooLateRenewsNothing() {
        lead(claim);
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        // A proof may be left to be told of.
        done(renew(claim));
        CompletableFuture<Answer> answer = renew(claim);
        assertThat(answer).isNotDone();
        assertNobodyLooksAfter(answer);
    }

    /** A proof for which nobody waits any more is no reason to look at a node that is not watched. */
    private void assertNobodyLooksAfter(CompletableFuture<Answer> answer) {
        assertThat(after(DEADLINE, answer)).isCompletedExceptionally();
        zooKeeper.refuse(asked -> asked.is("read") ? Code.CONNECTIONLOSS : null);
        zooKeeper.put(node(claim), "one", zooKeeper.newest().sessionId());
        time.advance(MOMENT);
        zooKeeper.refuse(asked -> null);
        zooKeeper.asked.clear();
        zooKeeper.letGo();
        time.advance(MOMENT);
        assertThat(asked(asked -> asked.is("read"))).isEmpty();
        assertThat(zooKeeper.sessions).hasSize(1);
    }

    @Test
    void aNodeThatIsSeenTooLateGrantsNothing() {
        standInLine(FIRST);
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        time.advance(TIMING.leaseDuration().plusSeconds(1));
        delete(FIRST);
        assertThat(heard.all).contains("turn one");
        zooKeeper.letGo();
        time.advance(TIMING.leaseDuration().plusSeconds(1));
        zooKeeper.hold(asked -> asked.is("read"));
        assertThat(after(DEADLINE, acquire(claim))).isCompletedExceptionally();
        zooKeeper.letGo();
        time.advance(SOON);
        refused(done(renew(claim)));
    }

    @Test
    void aRenewalWithoutAProofWaitsForOne() {
        lead(claim);
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        time.advance(TIMING.leaseDuration().plusSeconds(1));
        CompletableFuture<Answer> answer = renew(claim);
        assertThat(answer).isNotDone();
        zooKeeper.letGo();
        time.advance(TIMING.retryPeriod().plus(SOON));
        granted(done(answer));
    }

    /** A watch tells once. */
    @Test
    void aRenewalIsGrantedOnlyWhileItsNodeIsWatched() {
        lead(claim);
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        // A proof may be left to be told of.
        done(renew(claim));
        CompletableFuture<Answer> answer = renew(claim);
        assertThat(answer).isNotDone();
        zooKeeper.refuse(asked -> asked.is("read") ? Code.CONNECTIONLOSS : null);
        zooKeeper.put(node(claim), "one", zooKeeper.newest().sessionId());
        time.advance(SOON);
        zooKeeper.letGo();
        time.advance(SOON);
        assertThat(answer).isNotDone();
        zooKeeper.refuse(asked -> null);
        granted(done(renew(claim)));
    }

    @Test
    void anAcquisitionWhoseProofIsRefusedHasFailed() {
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        time.advance(TIMING.leaseDuration().plusSeconds(1));
        CompletableFuture<Answer> answer = acquire(claim);
        assertThat(answer).isNotDone();
        zooKeeper.letGo();
        refuse(QueuedClaimTest::isHeartbeats);
        time.advance(TIMING.retryPeriod().plus(SOON));
        assertThat(answer).isDone();
    }

    /** The leader's renewal goes by the leader's node. */
    @Test
    void aNodeThatCannotBeReadEndsNoRenewalOfAnother() {
        lead(claim);
        refused(done(acquire(other)));
        zooKeeper.hold(QueuedClaimTest::isHeartbeats);
        // A proof may be left to be told of.
        done(renew(claim));
        CompletableFuture<Answer> answer = renew(claim);
        assertThat(answer).isNotDone();
        refuse(asked -> asked.is("read") && !asked.path().equals(node(claim)));
        zooKeeper.put(node(other), "two", zooKeeper.newest().sessionId());
        time.advance(SOON);
        assertThat(answer).isNotDone();
        zooKeeper.letGo();
        time.advance(SOON);
        granted(done(answer));
    }

    @Test
    void aSessionThatHasBecomeTooShortLeadsNoTerm() {
        standInLine(FIRST);
        zooKeeper.newest().grant(TIMING.leaseDuration().minusMillis(1));
        reconnect();
        delete(FIRST);
        assertThat(heard.all).contains("turn one");
        assertThat(acquire(claim)).isCompletedExceptionally();
    }

    // -- who observes, and in which session ---------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoObservesLaterIsToldWhatIsKnown(boolean led) {
        if (led) {
            lead(claim);
        }
        Stage.Heard later = new Stage.Heard();
        backend.observe(ELECTION, TIMING, later);
        time.advance(SOON);
        assertThat(later.all).contains("watching true", led ? "held one" : "vacant");
    }

    /** What a session was asked that was given up is never answered. */
    @Test
    void aNodeIsReadInTheNextSessionThoughItWasNotInTheFormer() {
        zooKeeper.put(FIRST, "first");
        zooKeeper.hold(asked -> asked.is("read"));
        assertThat(acquire(claim)).isNotDone();
        zooKeeper.hold(asked -> false);
        zooKeeper.newest().giveUp();
        time.advance(Duration.ofSeconds(1));
        refused(done(acquire(other)));
    }

    // -- a connection that is lost ------------------------------------------------------------------------------------

    @Test
    void withoutAConnectionCallsFailAtOnce() {
        lead(claim);
        zooKeeper.newest().becomes(KeeperState.Disconnected);
        time.advance(SOON);
        assertThat(acquire(other)).isCompletedExceptionally();
        assertThat(withdraw(claim)).isCompletedExceptionally();
    }

    @Test
    void theEndOfAnEarlierSessionIsNoneOfALaterOnesClaims() {
        lead(claim);
        zooKeeper.lingering = true;
        zooKeeper.newest().giveUp();
        time.advance(Duration.ofSeconds(1));
        delete(node(claim));
        lead(other);
        zooKeeper.lingering = false;
        time.advance(Duration.ofMinutes(1));
        assertThat(heard.count("lost one")).isEqualTo(1);
        assertThat(heard.heard("lost two")).isFalse();
        granted(done(renew(other)));
        done(withdraw(other));
        assertThat(zooKeeper.below(PATH)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sinceWhenATermLeadsIsWrittenForAsLongAsItDoes(boolean lost) {
        lead(claim);
        done(renew(claim));
        String begun = terms();
        assertThat(begun).matches("\\d+ \\d{4}-.*");
        granted(done(renew(claim)));
        assertThat(terms()).isEqualTo(begun);
        if (lost) {
            delete(node(claim));
        } else {
            done(withdraw(claim));
        }
        time.advance(TIMING.retryPeriod().plus(SOON));
        assertThat(terms()).isEmpty();
    }

    /** What the newest heartbeat says, after its number. */
    private String terms() {
        List<Asked> beats = asked(QueuedClaimTest::isHeartbeats);
        return beats.get(beats.size() - 1).with().replaceFirst("\\d+\n", "");
    }
}
