package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static dev.baton.zookeeper.Stage.PATH;
import static dev.baton.zookeeper.Stage.TIMING;
import static dev.baton.zookeeper.Stage.claim;
import static dev.baton.zookeeper.Stage.granted;
import static dev.baton.zookeeper.Stage.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.Moment;
import dev.baton.zookeeper.MemoryZooKeeper.Asked;
import dev.baton.zookeeper.internal.Line;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves for ZooKeeper, request by request, and what is made of each answer. */
class RequestsTest {
    private static final Duration SOON = Duration.ofMillis(150);
    private static final String HEARTBEATS = "/baton/.heartbeat";
    private static final String FIRST = PATH + "/_c_aa-latch-0000000001";
    private static final String SECOND = PATH + "/_c_bb-latch-0000000002";

    private final VirtualRuntime time = new VirtualRuntime();
    private final MemoryZooKeeper zooKeeper = new MemoryZooKeeper(time);
    private final Stage.Heard heard = new Stage.Heard();
    private final Claim claim = claim("one");
    private final ZooKeeperBackend backend = ForSimulation.backend(
            ZooKeeperBackend.builder("memory:2181").tickTime(Stage.TICK).shutdownHook(false), time, zooKeeper);

    private <T> CompletableFuture<T> after(Duration wait, CompletionStage<T> stage) {
        time.advance(wait);
        return stage.toCompletableFuture();
    }

    private CompletableFuture<Answer> acquire() {
        return after(SOON, backend.acquire(claim, time.now().plus(TIMING.renewDeadline())));
    }

    private CompletableFuture<Answer> renew() {
        return after(
                TIMING.retryPeriod().plus(SOON), backend.renew(claim, time.now().plus(TIMING.renewDeadline())));
    }

    private CompletableFuture<Void> withdraw() {
        return after(SOON, backend.withdraw(claim, time.now().plus(TIMING.renewDeadline())));
    }

    private void observe() {
        backend.observe(ELECTION, TIMING, heard);
        time.advance(SOON);
    }

    private Answer.Granted lead() {
        return granted(acquire().join());
    }

    private static boolean isClaims(Asked asked) {
        return asked.is("create") && asked.path().startsWith(PATH + "/");
    }

    private static boolean isHeartbeats(Asked asked) {
        return asked.path().startsWith(HEARTBEATS + "/");
    }

    private static boolean isContainer(Asked asked) {
        return asked.mode() == CreateMode.CONTAINER;
    }

    private List<Asked> asked(Predicate<Asked> which) {
        return zooKeeper.asked.stream().filter(which).toList();
    }

    private void refuse(Predicate<Asked> which, Code why) {
        zooKeeper.refuse(request -> which.test(request) ? why : null);
    }

    private String node() {
        return PATH + "/"
                + zooKeeper.below(PATH).stream()
                        .filter(name -> name.contains(claim.nonce()))
                        .findFirst()
                        .orElseThrow();
    }

    private MemoryZooKeeper.Node stored(String path) {
        return Objects.requireNonNull(zooKeeper.nodes.get(path));
    }

    // -- a claim's node -----------------------------------------------------------------------------------------------

    @Test
    void aClaimIsASequentialNodeOfTheSessionWithItsNonceAndItsIdentity() {
        Answer.Granted begun = lead();
        Asked made = asked(RequestsTest::isClaims).get(0);
        assertThat(made.path()).isEqualTo(PATH + "/" + Line.nameFor(claim.nonce()));
        assertThat(made.with()).isEqualTo("one");
        assertThat(made.mode()).isEqualTo(CreateMode.EPHEMERAL_SEQUENTIAL);
        assertThat(begun.token().number()).isEqualTo(stored(node()).czxid());
    }

    @Test
    void whatIsMissingAboveIsMadeOfContainers() {
        lead();
        assertThat(asked(asked -> asked.is("create") && !isClaims(asked) && !isHeartbeats(asked)))
                .allMatch(RequestsTest::isContainer)
                .allMatch(asked -> asked.with().isEmpty())
                .extracting(Asked::path)
                .contains(PATH, "/baton/orders", "/baton", HEARTBEATS);
    }

    @Test
    void serversThatKnowNoContainersHaveNodesThatStay() {
        refuse(RequestsTest::isContainer, Code.UNIMPLEMENTED);
        lead();
        assertThat(asked(asked -> asked.mode() == CreateMode.PERSISTENT))
                .extracting(Asked::path)
                .contains(PATH, "/baton/orders", "/baton", HEARTBEATS);
    }

    @Test
    void aParentThatSomebodyElseHasMadeMeanwhileWillDo() {
        zooKeeper.put("/baton", "", 0);
        zooKeeper.put("/baton/orders", "", 0);
        zooKeeper.refuse(request -> {
            if (isContainer(request) && request.path().equals(PATH)) {
                zooKeeper.put(PATH, "", 0);
                return Code.NODEEXISTS;
            }
            return null;
        });
        lead();
    }

    @Test
    void aParentThatIsGoneAgainEachTimeIsGivenUp() {
        refuse(RequestsTest::isContainer, Code.NODEEXISTS);
        assertThat(acquire()).isCompletedExceptionally();
        assertThat(asked(RequestsTest::isClaims)).hasSizeBetween(2, 8);
    }

    @Test
    void aParentThatMayNotBeMadeIsSaid() {
        refuse(RequestsTest::isContainer, Code.NOAUTH);
        assertThat(acquire()).isCompletedExceptionally();
        assertThat(asked(RequestsTest::isClaims)).hasSize(1);
    }

    @Test
    void aDeletionIsOfTheClaimsOwnNode() {
        lead();
        String node = node();
        zooKeeper.asked.clear();
        assertThat(withdraw()).isCompleted();
        assertThat(asked(asked -> asked.is("delete"))).extracting(Asked::path).containsExactly(node);
        assertThat(zooKeeper.below(PATH)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTIONLOSS", "NOAUTH", "THROTTLEDOP", "SYSTEMERROR"})
    void aDeletionThatWasNotConfirmedIsOwed(Code why) {
        lead();
        refuse(asked -> asked.is("delete"), why);
        assertThat(withdraw()).isCompletedExceptionally();
        zooKeeper.refuse(request -> null);
        assertThat(withdraw()).isCompleted();
        assertThat(zooKeeper.below(PATH)).isEmpty();
    }

    @Test
    void aNodeThatCannotBeDeletedSinceItIsGoneIsGone() {
        lead();
        zooKeeper.silent = true;
        zooKeeper.delete(node());
        assertThat(withdraw()).isCompleted();
    }

    /** Past 2³¹ − 1 the order of the line is lost. */
    @Test
    void aNumberThatZooKeeperCannotCountLeadsNoTerm() {
        zooKeeper.sequence = "-2147483648";
        assertThat(acquire()).isCompletedExceptionally();
        assertThat(zooKeeper.below(PATH)).hasSize(1);
    }

    // -- a create without an answer -----------------------------------------------------------------------------------

    private void createdUnheard() {
        zooKeeper.lose(RequestsTest::isClaims);
        zooKeeper.put(PATH, "", 0);
        assertThat(acquire()).isCompletedExceptionally();
        zooKeeper.asked.clear();
    }

    /** Only after a write that was acknowledged is a listing newer than whatever may still be on its way. */
    @Test
    void aNodeWhoseAnswerWasLostIsLookedForAfterAWriteAndTaken() {
        createdUnheard();
        lead();
        List<String> order = zooKeeper.asked.stream().map(Asked::what).toList();
        assertThat(order).startsWith("set", "list", "exists").doesNotContain("create");
    }

    @Test
    void aNodeWhoseAnswerWasLostIsDeletedWhenItsClaimIsWithdrawn() {
        createdUnheard();
        assertThat(withdraw()).isCompleted();
        assertThat(zooKeeper.below(PATH)).isEmpty();
    }

    @Test
    void aNodeThatWasNeverMadeIsMadeAgain() {
        createdUnheard();
        zooKeeper.delete(node());
        lead();
        assertThat(asked(RequestsTest::isClaims)).hasSize(1);
    }

    @Test
    void aNodeThatWasNeverMadeWhereNothingStandsIsMadeAgain() {
        createdUnheard();
        zooKeeper.delete(node());
        zooKeeper.delete(PATH);
        lead();
    }

    /** It can go at any moment. */
    @Test
    void anotherSessionsNodeOfTheSameClaimIsNotTaken() {
        createdUnheard();
        String first = node();
        zooKeeper.put(first, "one", 99);
        refused(acquire().join());
        assertThat(asked(RequestsTest::isClaims)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "exists"})
    void aLookThatWasRefusedFindsNothing(String what) {
        createdUnheard();
        refuse(asked -> asked.is(what), Code.NOAUTH);
        assertThat(acquire()).isCompletedExceptionally();
        assertThat(asked(RequestsTest::isClaims)).isEmpty();
        zooKeeper.refuse(request -> null);
        lead();
        assertThat(asked(RequestsTest::isClaims)).isEmpty();
    }

    /** Nothing was written, so there is nothing to look for. */
    @Test
    void aCreateThatWasRefusedForCertainIsNotOwed() {
        refuse(RequestsTest::isClaims, Code.NOAUTH);
        assertThat(acquire()).isCompletedExceptionally();
        zooKeeper.asked.clear();
        assertThat(withdraw()).isCompleted();
        assertThat(asked(asked -> asked.is("list") || asked.is("delete"))).isEmpty();
    }

    @Test
    void whoStandsInLineAndWasNeverGrantedIsNotRenewed() {
        zooKeeper.put(FIRST, "first");
        refused(acquire().join());
        refused(renew().join());
    }

    // -- the line -----------------------------------------------------------------------------------------------------

    @Test
    void theLeadersAndThePredecessorsNodesAreReadAndWatchedAndOursToo() {
        observe();
        zooKeeper.put(FIRST, "first");
        zooKeeper.put(SECOND, "second");
        Answer.Refused behind = refused(acquire().join());
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(behind.holder()).token())
                        .number())
                .isEqualTo(stored(FIRST).czxid());
        assertThat(asked(asked -> asked.is("read") && asked.watched()))
                .extracting(Asked::path)
                .contains(FIRST, SECOND, node());
        assertThat(asked(asked -> asked.is("read"))).allMatch(Asked::watched);
        assertThat(heard.all).contains("watching true").contains("held first");
    }

    @ParameterizedTest
    @ValueSource(strings = {FIRST, SECOND})
    void nobodyIsToldOfChangesBeforeAllThatMatterAreWatched(String unseen) {
        zooKeeper.put(FIRST, "first");
        zooKeeper.put(SECOND, "second");
        refuse(asked -> asked.is("read") && asked.path().equals(unseen), Code.THROTTLEDOP);
        observe();
        assertThat(acquire()).isCompletedExceptionally();
        time.advance(TIMING.leaseDuration());
        assertThat(heard.count("watching true")).isLessThanOrEqualTo(1);
        assertThat(heard.all.isEmpty() || heard.all.get(heard.all.size() - 1).equals("watching false"))
                .as("%s", heard.all)
                .isTrue();
        zooKeeper.refuse(request -> null);
        time.advance(TIMING.leaseDuration());
        assertThat(heard.all).contains("watching true");
    }

    /** A proof that is waited for does not make up for a watch that was lost meanwhile. */
    @Test
    void whoWaitsForAProofIsGrantedOnlyWhileItsNodeIsWatched() {
        zooKeeper.put(FIRST, "first");
        refused(acquire().join());
        zooKeeper.hold(RequestsTest::isHeartbeats);
        time.advance(TIMING.leaseDuration().plusSeconds(1));
        zooKeeper.delete(FIRST);
        time.advance(SOON);
        CompletableFuture<Answer> answer = acquire();
        time.advance(Stage.TICK);
        // Sent so long ago that it proves nothing any more; the next proves the session since it was last asked.
        zooKeeper.letGo();
        zooKeeper.hold(RequestsTest::isHeartbeats);
        time.advance(TIMING.retryPeriod());
        assertThat(answer).isNotDone();
        refuse(asked -> asked.is("read"), Code.CONNECTIONLOSS);
        zooKeeper.put(node(), "one", stored(node()).owner());
        time.advance(SOON);

        zooKeeper.letGo();
        time.advance(SOON);

        assertThat(answer).isNotDone();
        zooKeeper.refuse(request -> null);
        lead();
    }

    @Test
    void aNodeThatIsWrittenToIsReadAgainAndStands() {
        observe();
        lead();
        zooKeeper.asked.clear();
        zooKeeper.put(node(), "one", stored(node()).owner());
        time.advance(SOON);
        assertThat(heard.heard("lost")).isFalse();
        assertThat(asked(asked -> asked.is("read"))).extracting(Asked::path).containsExactly(node());
    }

    @Test
    void aNodeThatIsDeletedIsLostAndNotReadAgain() {
        observe();
        lead();
        String node = node();
        zooKeeper.asked.clear();
        zooKeeper.delete(node);
        time.advance(SOON);
        assertThat(heard.heard("lost one")).isTrue();
        assertThat(asked(asked -> asked.is("read") && asked.path().equals(node)))
                .isEmpty();
    }

    @Test
    void whoComesIntoAnEmptyLineIsHeardOf() {
        zooKeeper.put(PATH, "", 0);
        observe();
        assertThat(heard.all).containsExactly("vacant", "watching true");
        assertThat(asked(asked -> asked.is("list") && asked.watched())).hasSize(1);
        zooKeeper.put(FIRST, "first");
        time.advance(Duration.ofSeconds(1));
        assertThat(heard.heard("held first")).isTrue();
    }

    @Test
    void whoComesWhereThereIsNoLineIsHeardOf() {
        observe();
        assertThat(heard.all).containsExactly("vacant", "watching true");
        zooKeeper.put(PATH, "", 0);
        zooKeeper.put(FIRST, "first");
        time.advance(Duration.ofSeconds(1));
        assertThat(heard.heard("held first")).isTrue();
    }

    /** What is seen was so when it was asked for, however late the answer comes. */
    @Test
    void aNodeIsSeenAsOfTheSendingOfTheQuestion() {
        lead();
        renew().join();
        zooKeeper.put(node(), "one", stored(node()).owner());
        zooKeeper.hold(asked -> asked.is("read"));
        time.advance(SOON);
        for (int i = 0; i < 8; i++) {
            CompletableFuture<Answer> unused = renew();
        }
        zooKeeper.letGo();
        zooKeeper.asked.clear();
        for (int i = 0; i < 5; i++) {
            CompletableFuture<Answer> unused = renew();
        }
        assertThat(asked(asked -> asked.is("read"))).isNotEmpty();
    }

    @Test
    void theOneBehindTheLeaderHasItsTurnWithoutAListing() {
        observe();
        zooKeeper.put(FIRST, "first");
        refused(acquire().join());
        zooKeeper.asked.clear();
        zooKeeper.delete(FIRST);
        time.advance(Duration.ofMillis(20));
        assertThat(heard.heard("turn one")).isTrue();
        assertThat(asked(asked -> asked.is("list"))).isEmpty();
    }

    // -- the heartbeat ------------------------------------------------------------------------------------------------

    @Test
    void theHeartbeatIsANodeOfTheSessionThatIsWrittenToAgainAndAgain() {
        lead();
        time.advance(TIMING.retryPeriod().multipliedBy(3));
        List<Asked> beats =
                asked(asked -> isHeartbeats(asked) && (asked.is("set") || asked.mode() == CreateMode.EPHEMERAL));
        String path = beats.get(0).path();
        assertThat(stored(path).owner()).isEqualTo(zooKeeper.newest().sessionId());
        assertThat(beats).hasSizeBetween(4, 8).allMatch(asked -> asked.path().equals(path));
        assertThat(beats.stream().filter(asked -> asked.is("set"))).hasSizeGreaterThanOrEqualTo(3);
        assertThat(asked(RequestsTest::isHeartbeats)).allMatch(asked -> asked.is("set") || asked.is("create"));
        assertThat(beats.get(beats.size() - 1).with()).containsPattern("^\\d+\n");
    }

    @Test
    void aRenewalCountsFromTheSendingOfItsWrite() {
        lead();
        renew().join();
        Answer.Granted renewed = granted(renew().join());
        assertThat(asked(RequestsTest::isHeartbeats)).extracting(Asked::at).contains(renewed.sentAt());
    }

    @Test
    void aProofThatWasToldOfRenewsNothingASecondTime() {
        Answer.Granted begun = lead();
        Answer.Granted renewed = granted(renew().join());
        Answer.Granted again = granted(renew().join());
        assertThat(renewed.sentAt().nanosSince(begun.sentAt())).isPositive();
        assertThat(again.sentAt().nanosSince(renewed.sentAt())).isPositive();
    }

    @Test
    void oneHeartbeatAtATime() {
        lead();
        zooKeeper.asked.clear();
        zooKeeper.hold(RequestsTest::isHeartbeats);
        time.advance(TIMING.retryPeriod().multipliedBy(5));
        assertThat(asked(RequestsTest::isHeartbeats)).hasSize(1);
        zooKeeper.letGo();
        time.advance(TIMING.retryPeriod());
        assertThat(asked(RequestsTest::isHeartbeats)).hasSize(2);
    }

    @Test
    void aHeartbeatThatIsNeverAnsweredCostsItsSession() {
        lead();
        zooKeeper.hold(RequestsTest::isHeartbeats);
        time.advance(TIMING.leaseDuration().multipliedBy(3));
        assertThat(zooKeeper.sessions).hasSize(2);
        assertThat(zooKeeper.below(PATH)).isEmpty();
    }

    @Test
    void aHeartbeatWhoseCreationWasNotHeardOfIsWrittenTo() {
        zooKeeper.put(HEARTBEATS, "", 0);
        zooKeeper.lose(RequestsTest::isHeartbeats);
        CompletableFuture<Answer> answer = acquire();
        time.advance(TIMING.retryPeriod());
        granted(answer.join());
        assertThat(asked(asked -> isHeartbeats(asked) && asked.is("set"))).isNotEmpty();
    }

    @Test
    void aHeartbeatThatSomebodyHasDeletedIsMadeAgain() {
        lead();
        zooKeeper.below(HEARTBEATS).forEach(name -> zooKeeper.delete(HEARTBEATS + "/" + name));
        renew().join();
        granted(renew().join());
        assertThat(zooKeeper.below(HEARTBEATS)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOAUTH", "THROTTLEDOP", "QUOTAEXCEEDED"})
    void aHeartbeatThatIsRefusedRenewsNothingAndIsSaid(Code why) {
        lead();
        renew().join();
        refuse(RequestsTest::isHeartbeats, why);
        // A proof may be left to be told of.
        renew().join();
        assertThat(renew()).isCompletedExceptionally();
        zooKeeper.refuse(request -> null);
        granted(renew().join());
    }

    // -- the session --------------------------------------------------------------------------------------------------

    @Test
    void aSessionThatWasGivenUpIsOwedUntilTheServersSayThatItIsGone() {
        observe();
        lead();
        // That it was closed may not have got through.
        zooKeeper.losesEnd = true;
        zooKeeper.lingering = true;
        zooKeeper.newest().giveUp();
        time.advance(SOON);
        assertThat(heard.heard("lost one")).isTrue();
        assertThat(withdraw()).isCompletedExceptionally();
        time.advance(Duration.ofMinutes(1));
        assertThat(withdraw()).isCompletedExceptionally();
        zooKeeper.lingering = false;
        time.advance(Duration.ofMinutes(1));
        assertThat(withdraw()).isCompleted();
        assertThat(zooKeeper.below(PATH)).isEmpty();
    }

    @Test
    void withoutAConnectionNothingIsToldOfAndNothingThatWasWatchedIs() {
        observe();
        lead();
        zooKeeper.newest().becomes(KeeperState.Disconnected);
        time.advance(SOON);
        assertThat(heard.all).endsWith("watching false");
        assertThat(backend.renew(claim, time.now().plus(TIMING.renewDeadline())).toCompletableFuture())
                .isNotCompleted();
        zooKeeper.asked.clear();
        zooKeeper.newest().becomes(KeeperState.SyncConnected);
        time.advance(SOON);
        assertThat(heard.all).endsWith("watching true");
        assertThat(asked(asked -> asked.is("read"))).extracting(Asked::path).contains(node());
    }

    /** It may come from a server that the ensemble has left behind. */
    @Test
    void whatIsAnsweredOnceTheConnectionIsLostProvesNothing() {
        lead();
        renew().join();
        zooKeeper.hold(RequestsTest::isHeartbeats);
        // A proof may be left to be told of.
        renew().join();
        zooKeeper.newest().becomes(KeeperState.Disconnected);
        time.advance(SOON);
        zooKeeper.letGo();
        zooKeeper.hold(RequestsTest::isHeartbeats);
        Moment back = time.now();
        zooKeeper.newest().becomes(KeeperState.SyncConnected);

        CompletableFuture<Answer> answer = renew();

        assertThat(answer).isNotDone();
        zooKeeper.letGo();
        time.advance(SOON);
        assertThat(granted(answer.join()).sentAt().isBefore(back)).isFalse();
    }

    @Test
    void aServerThatOnlyReadsIsNoConnection() {
        observe();
        lead();
        zooKeeper.newest().becomes(KeeperState.ConnectedReadOnly);
        time.advance(SOON);
        assertThat(heard.all).endsWith("watching false");
    }

    @Test
    void aSessionThatIsShorterThanALeaseLeadsNoTerm() {
        zooKeeper.timeout = TIMING.leaseDuration().minusMillis(1);
        assertThat(acquire()).isCompletedExceptionally();
        assertThat(asked(RequestsTest::isClaims)).isEmpty();
    }
}
