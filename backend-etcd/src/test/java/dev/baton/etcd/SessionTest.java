package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Transaction;
import dev.baton.internal.session.TermTimes;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the backend decides, against a store in memory and in virtual time. */
class SessionTest {
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    private static final ElectionName ELECTION = ElectionName.parse("orders/reconciler");
    private static final String LINE = "/baton/orders/reconciler/";
    /** Of a session of its own, which has no channel yet. */
    private static final ElectionTiming LONGER =
            ElectionTiming.of(TIMING.leaseDuration().multipliedBy(2), TIMING.renewDeadline(), TIMING.retryPeriod());

    private static final Claim OTHER = new Claim(ElectionName.parse("orders/other"), "one", "nonce-x", LONGER);
    private static final Duration SOON = Duration.ofMillis(100);

    private final VirtualRuntime time = new VirtualRuntime();
    private final MemoryEtcd etcd = new MemoryEtcd(time, "http://a:2379", "http://b:2379");
    private final Stage.Heard heard = new Stage.Heard();
    private final Claim claim = by("one");
    private LockBackend.@Nullable Observation observation;
    private EtcdBackend backend = ForSimulation.backend(EtcdBackend.builder("http://a:2379,http://b:2379"), time, etcd);

    @BeforeEach
    void observe() {
        observation = backend.observe(ELECTION, TIMING, heard);
        time.advance(SOON);
    }

    private static Claim by(String identity) {
        return new Claim(ELECTION, identity, "nonce-" + identity, TIMING);
    }

    private CompletableFuture<Answer> acquire(Claim of) {
        return stage(backend.acquire(of, time.now().plus(TIMING.renewDeadline())));
    }

    private CompletableFuture<Answer> renew() {
        return stage(backend.renew(claim, time.now().plus(TIMING.renewDeadline())));
    }

    private CompletableFuture<Void> withdraw() {
        return stage(backend.withdraw(claim, time.now().plus(TIMING.renewDeadline())));
    }

    private static <T> CompletableFuture<T> stage(CompletionStage<T> answer) {
        return answer.toCompletableFuture();
    }

    private Answer.Granted lead() {
        return granted(soon(acquire(claim)));
    }

    private <T> T soon(CompletableFuture<T> answer) {
        time.advance(SOON);
        assertThat(answer).isDone();
        return answer.join();
    }

    private static Answer.Granted granted(Answer answer) {
        return Stage.granted(answer);
    }

    private static String failure(CompletableFuture<?> answer) {
        assertThat(answer).isCompletedExceptionally();
        try {
            throw new AssertionError(answer.join());
        } catch (CompletionException e) {
            return String.valueOf(Objects.requireNonNull(e.getCause()).getMessage());
        }
    }

    private long lease() {
        return etcd.leases.keySet().iterator().next();
    }

    // -- strange numbers ----------------------------------------------------------------------------------------------

    @Test
    void aLeaseOfNoTimeIsNamedAndAskedForNoMoreOftenThanOneThatIsRefused() {
        for (long ttl : new long[] {0, -1, Long.MIN_VALUE}) {
            etcd.ttl = ttl;
            assertThat(failure(failed(acquire(claim)))).contains("answered \"a TTL of " + ttl + " s\" for leases");
        }
        int before = etcd.grants;
        time.advance(Duration.ofMinutes(1));
        assertThat(etcd.grants - before).isLessThanOrEqualTo(31);
        etcd.ttl = null;
        lead();
    }

    @ParameterizedTest
    @ValueSource(longs = {9_000_000_000L, Long.MAX_VALUE})
    void aLeaseOfAllTimeIsReliedOnLikeAnyOther(long ttl) {
        etcd.ttl = ttl;
        lead();
        renew().join();
        CompletableFuture<Answer> renewal = renew();
        time.advance(TIMING.retryPeriod());
        assertThat(granted(renewal.join()).guaranteedFor()).isEqualTo(Duration.ofSeconds(ttl));
    }

    /** Each try in vain would leave a timer behind that asks again for ever. */
    @Test
    void aLeaseThatIsRefusedIsAskedForOnceAPeriodHoweverOftenItIsAskedFor() {
        etcd.refuse(request ->
                request instanceof MemoryEtcd.LeaseRequest asked && asked.what().equals("grant")
                        ? new Failure(Failure.Kind.REFUSED, "not now")
                        : null);
        for (int i = 0; i < 20; i++) {
            assertThat(failure(failed(acquire(claim)))).contains("not now");
        }
        int before = etcd.grants;
        time.advance(Duration.ofMinutes(1));
        assertThat(etcd.grants - before).isBetween(29, 31);
    }

    private <T> CompletableFuture<T> failed(CompletableFuture<T> answer) {
        time.advance(SOON);
        return answer;
    }

    // -- renewal ------------------------------------------------------------------------------------------------------

    @Test
    void aRenewalCountsFromTheSendingOfItsKeepAlive() {
        lead();
        renew().join();
        CompletableFuture<Answer> renewal = renew();
        time.advance(TIMING.retryPeriod());

        assertThat(granted(renewal.join()).sentAt()).isEqualTo(etcd.keptAliveAt);
    }

    @Test
    void aKeepAliveThatAFormerLeaderAnsweredProvesNothing() {
        Answer.Granted first = lead();
        renew().join();
        etcd.keepAliveTerm = 6;
        CompletableFuture<Answer> renewal = renew();

        time.advance(Duration.ofSeconds(5));
        assertThat(renewal).isNotDone();
        etcd.keepAliveTerm = -1;
        time.advance(TIMING.retryPeriod());

        assertThat(granted(renewal.join()).sentAt().nanosSince(first.sentAt()))
                .isGreaterThan(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void aChangeOfLeadersBetweenKeepAliveAndReadCostsOneMorePairAndNoBeat() {
        lead();
        renew().join();
        etcd.hold(request -> request instanceof Transaction);
        CompletableFuture<Answer> renewal = renew();
        time.advance(TIMING.retryPeriod());
        assertThat(renewal).isNotDone();

        etcd.term = 8;
        etcd.letGo();
        time.advance(SOON);

        assertThat(renewal).isDone();
    }

    @Test
    void aLeaseThatIsGoneIsFoundOutAlthoughItsKeepAliveIsAnswered() {
        lead();
        renew().join();
        etcd.mute = true;
        long lease = lease();
        etcd.revoke(lease);
        etcd.leases.put(lease, 15L);
        CompletableFuture<Answer> renewal = renew();

        time.advance(TIMING.retryPeriod().multipliedBy(2));

        Stage.refused(renewal.join());
        assertThat(heard.heard("lost one")).isTrue();
    }

    @Test
    void aLeaseIsNotFoundOnAMemberThatLagsAndTheTermGoesOn() {
        lead();
        renew().join();
        etcd.refuse(request -> MemoryEtcd.lease("keepAlive").test(request)
                ? new Failure(Failure.Kind.LEASE_NOT_FOUND, "requested lease not found")
                : null);
        CompletableFuture<Answer> renewal = renew();
        time.advance(Duration.ofSeconds(3));
        assertThat(renewal).isNotDone();
        assertThat(heard.heard("lost")).isFalse();

        etcd.refuse(request -> null);
        time.advance(TIMING.retryPeriod());

        granted(renewal.join());
    }

    @Test
    void aLeaseThatOutlivedItsProofIsGivenUpAndRevoked() {
        lead();
        long lease = lease();

        time.sleep(Duration.ofSeconds(16));
        time.advance(SOON);

        assertThat(heard.heard("lost one")).isTrue();
        assertThat(etcd.leases).doesNotContainKey(lease);
        assertThat(etcd.keysBelow(LINE)).isEmpty();
    }

    @Test
    void aProofThatIsOlderThanATermLastsIsNotGrantedOn() {
        lead();
        soon(withdraw());
        etcd.refuse(request -> MemoryEtcd.lease("keepAlive").test(request)
                ? new Failure(Failure.Kind.LEASE_NOT_FOUND, "requested lease not found")
                : null);
        time.advance(TIMING.renewDeadline().plusSeconds(1));
        CompletableFuture<Answer> answer = acquire(claim);
        time.advance(SOON);
        assertThat(answer).isNotDone();

        etcd.refuse(request -> null);
        time.advance(TIMING.retryPeriod());

        granted(answer.join());
    }

    @Test
    void oneKeepAliveRenewsEveryElection() {
        for (int i = 0; i < 50; i++) {
            ElectionName name = ElectionName.parse("many/e" + i);
            granted(soon(acquire(new Claim(name, "one", "nonce-" + i, TIMING))));
        }
        int before = etcd.keepAlives;

        time.advance(Duration.ofSeconds(20));

        assertThat(etcd.keepAlives - before).isLessThanOrEqualTo(11);
        assertThat(etcd.leases).hasSize(1);
    }

    @Test
    void thousandsOfElectionsWriteNoMoreThanSoManyKeysAtATime() {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            ElectionName name = ElectionName.parse("many/e" + i);
            answers.add(acquire(new Claim(name, "one", "nonce-" + i, TIMING)));
        }
        time.advance(Duration.ofSeconds(1));

        assertThat(answers).allMatch(CompletableFuture::isDone);
        answers.forEach(answer -> granted(answer.join()));
        assertThat(etcd.mostUnderWay).isLessThan(140);
    }

    @Test
    void aLeaseThatNobodyNeedsAnyMoreWhenItIsGrantedIsRevoked() {
        etcd.hold(MemoryEtcd.lease("grant"));
        CompletableFuture<Answer> answer = acquire(claim);
        time.advance(SOON);
        soon(withdraw());
        assertThat(answer).isCompletedExceptionally();

        etcd.letGo();
        time.advance(SOON);

        assertThat(etcd.leases).isEmpty();
    }

    /** For operators; it costs no request. */
    @Test
    void theSentinelSaysSinceWhenTermsLead_withTheNextWriteThatItNeedsAnyway() {
        Instant before = time.now().wall();
        Answer.Granted first = lead();
        Instant after = time.now().wall();
        time.advance(TIMING.leaseDuration().plus(TIMING.retryPeriod()));

        assertThat(TermTimes.of(first.token().number(), sentinel()))
                .isBetween(before.truncatedTo(ChronoUnit.MILLIS), after);

        granted(soon(acquire(new Claim(ElectionName.parse("orders/other"), "one", "nonce-x", TIMING))));
        soon(withdraw());
        time.advance(TIMING.leaseDuration().plus(TIMING.retryPeriod()));

        assertThat(sentinel().lines()).hasSize(1);
        assertThat(TermTimes.of(first.token().number(), sentinel())).isNull();
    }

    private String sentinel() {
        String key = "/baton/.session/" + Long.toHexString(lease());
        return Objects.requireNonNull(etcd.keys.get(key)).value();
    }

    /** What its successor asks for comes first. */
    @Test
    void theLeaseIsRevokedAWhileAfterTheLastElectionHasEnded() {
        lead();
        leave();

        time.advance(SOON);
        assertThat(etcd.leases).hasSize(1);

        time.advance(TIMING.retryPeriod());
        assertThat(etcd.leases).isEmpty();
    }

    @Test
    void whoeverContendsAgainSoonFindsTheLeaseInPlace() {
        lead();
        long lease = lease();
        leave();

        time.advance(SOON);
        lead();
        time.advance(TIMING.retryPeriod().multipliedBy(2));

        assertThat(etcd.leases).containsOnlyKeys(lease);
    }

    private void leave() {
        soon(withdraw());
        Objects.requireNonNull(observation).close();
    }

    // -- unknown outcomes ---------------------------------------------------------------------------------------------

    @Test
    void aKeyWhoseAnswerWasLostIsFoundAndLeads() {
        etcd.loseAnswer(MemoryEtcd.puts(LINE));
        CompletableFuture<Answer> lost = acquire(claim);
        time.advance(Duration.ofSeconds(4));
        assertThat(failure(lost)).contains("timed out while trying to");
        long created = Objects.requireNonNull(etcd.keys.get(etcd.keysBelow(LINE).get(0)))
                .created();

        assertThat(lead().token().number()).isEqualTo(created);
    }

    @Test
    void aKeyThatIsStillOnItsWayCanLandNoMoreOnceItsClaimIsWithdrawn() {
        etcd.hold(MemoryEtcd.puts(LINE));
        CompletableFuture<Answer> lost = acquire(claim);
        time.advance(Duration.ofSeconds(4));
        failure(lost);
        Claim other = by("other");
        granted(soon(acquire(new Claim(ElectionName.parse("orders/other"), "one", "nonce-x", TIMING))));

        soon(withdraw());
        etcd.letGo();
        time.advance(SOON);

        assertThat(etcd.keysBelow(LINE)).isEmpty();
        granted(soon(acquire(other)));
    }

    @Test
    void aLeaseGrantedTooLateIsRevoked() {
        etcd.hold(MemoryEtcd.lease("grant"));
        CompletableFuture<Answer> answer = acquire(claim);
        time.advance(Duration.ofSeconds(4));
        assertThat(failure(answer)).contains("timed out while trying to grant a lease");
        lead();
        etcd.letGo();
        time.advance(SOON);

        assertThat(etcd.leases).hasSize(1);
        assertThat(etcd.keysBelow(LINE)).containsExactly(LINE + Long.toHexString(lease()));
    }

    @Test
    void aRevocationIsPursuedUntilItIsConfirmed() {
        lead();
        long lease = lease();
        etcd.hold(MemoryEtcd.lease("revoke"));
        etcd.delete("/baton/.session/" + Long.toHexString(lease));
        time.advance(SOON);
        assertThat(heard.heard("lost one")).isTrue();
        CompletableFuture<Void> withdrawal = withdraw();
        time.advance(SOON);
        assertThat(withdrawal).isNotDone();

        time.advance(Duration.ofSeconds(5));

        assertThat(failure(withdrawal)).contains("timed out while trying to revoke a lease");
        soon(withdraw());
        assertThat(etcd.keysBelow(LINE)).isEmpty();
    }

    @Test
    void aDeletionWhoseAnswerWasLostIsRepeated() {
        lead();
        etcd.loseAnswer(request ->
                request instanceof Transaction transaction && transaction.then().get(0) instanceof Transaction.Delete);
        etcd.mute = true;
        CompletableFuture<Void> first = withdraw();
        time.advance(Duration.ofSeconds(4));
        assertThat(failure(first)).contains("not reachable");

        soon(withdraw());
    }

    @Test
    void ourOwnKeyIsShownAsOursEvenWhenTheWatchTellsOfItBeforeItsAnswerComes() {
        etcd.loseAnswer(MemoryEtcd.puts(LINE));
        CompletableFuture<Answer> answer = acquire(claim);
        time.advance(SOON);

        assertThat(answer).isNotDone();
        assertThat(heard.holders).singleElement().matches(holder -> holder.holds(claim));
    }

    @Test
    void aWithdrawalLeavesAloneWhatOthersHaveWritten() {
        lead();
        String own = etcd.keysBelow(LINE).get(0);
        etcd.mute = true;
        etcd.delete(own);
        etcd.put(own, "another", 0);

        soon(withdraw());

        assertThat(etcd.keysBelow(LINE)).containsExactly(own);
    }

    // -- the line -----------------------------------------------------------------------------------------------------

    /** As after {@code etcdctl elect orders/reconciler ""}. */
    @Test
    void aLeaderThatWroteNothingIsCalledByItsKey() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "", 5);
        time.advance(SOON);

        assertThat(heard.holders).last().matches(holder -> holder.identity().equals(LINE + "5"));
    }

    @Test
    void nobodyLeadsOnTheWordThatThePredecessorIsGoneWhenTheOwnKeyIsGoneAsWell() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "ahead", 5);
        Stage.refused(soon(acquire(claim)));
        String own = etcd.keysBelow(LINE).stream()
                .filter(key -> !key.endsWith("/5"))
                .findFirst()
                .orElseThrow();
        etcd.keys.remove(own);

        etcd.delete(LINE + "5");
        time.advance(SOON);

        assertThat(heard.heard("turn")).isFalse();
        assertThat(heard.heard("lost one")).isTrue();
    }

    @Test
    void aKeyOfANestedElectionThatStandsFirstIsNamedBeforeTheLineIsKnown() throws Exception {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "eu/5", "another", 5);

        CompletableFuture<Answer> asking = acquire(claim);
        time.advance(SOON);

        assertThat(Stage.failure(asking)).contains(LINE + "eu/5", "rename one of them");
    }

    @Test
    void anAnswerAboutAKeyThatWasDeletedSaysNothingOfTheNextOne() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "ahead", 5);
        Stage.refused(soon(acquire(claim)));
        String own = etcd.keysBelow(LINE).stream()
                .filter(key -> !key.endsWith("/5"))
                .findFirst()
                .orElseThrow();
        etcd.hold(request -> request instanceof Transaction transaction && transaction.local());
        etcd.delete(LINE + "5");
        time.advance(SOON);
        etcd.delete(own);
        etcd.slowAnswer(request -> request instanceof Transaction transaction && transaction.local());
        etcd.letGo();
        time.advance(MemoryEtcd.ROUND_TRIP);

        Stage.granted(soon(acquire(claim)));
        CompletableFuture<Answer> renewal = renew();
        time.advance(TIMING.renewDeadline());

        Stage.granted(renewal.join());
        assertThat(etcd.keysBelow(LINE)).containsExactly(own);
    }

    @Test
    void aWatchThatFellSilentIsFoundOutAndMadeAgain() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "ahead", 5);
        Stage.refused(soon(acquire(claim)));
        etcd.mute = true;
        etcd.delete(LINE + "5");
        time.advance(Duration.ofSeconds(1));
        assertThat(heard.heard("turn")).isFalse();

        // The sentinel is written once a leaseDuration.
        time.advance(Duration.ofSeconds(21));

        assertThat(heard.heard("turn one granted")).isTrue();
    }

    // -- a leader that nobody tells of its claim
    // -------------------------------------------------------------------------

    private String ownKey() {
        return LINE + Long.toHexString(lease());
    }

    /** As the driver does: another renewal as soon as one was answered. */
    private CompletableFuture<Answer> renewUntil(Duration end) {
        CompletableFuture<Answer> renewal = renew();
        for (int i = 0; i < end.dividedBy(SOON); i++) {
            time.advance(SOON);
            if (renewal.isDone() && !renewal.isCompletedExceptionally() && renewal.join() instanceof Answer.Granted) {
                renewal = renew();
            }
        }
        return renewal;
    }

    @Test
    void aLeaderWhoseWatchFellSilentLooksForItsKeyWithinThreeRenewals() {
        lead();
        assertThat(renewUntil(Duration.ofSeconds(5))).isNotCompletedExceptionally();
        etcd.mute = true;
        etcd.delete(ownKey());

        CompletableFuture<Answer> renewal = renewUntil(TIMING.retryPeriod().multipliedBy(3));

        assertThat(heard.heard("lost one")).isTrue();
        Stage.refused(renewal.join());
    }

    @Test
    void aLeaderThatMayNotWatchReadsItsKeyWithEachRenewal() {
        lead();
        etcd.refusesWatches = true;
        etcd.endWatches(new Failure(Failure.Kind.PERMISSION, "permission denied"));
        granted(soon(renew()));
        etcd.delete(ownKey());

        CompletableFuture<Answer> renewal = renewUntil(TIMING.retryPeriod().plus(SOON));

        assertThat(heard.heard("lost one")).isTrue();
        Stage.refused(renewal.join());
    }

    @Test
    void aLeaderThatMayNeitherWatchNorReadItsKeyIsNotRenewed() {
        lead();
        granted(soon(renew()));
        etcd.refusesWatches = true;
        etcd.endWatches(new Failure(Failure.Kind.PERMISSION, "permission denied"));
        String own = ownKey();
        etcd.refuse(request -> request instanceof Transaction transaction
                        && transaction.then().get(0).equals(new Transaction.Get(own))
                ? new Failure(Failure.Kind.PERMISSION, "permission denied")
                : null);

        CompletableFuture<Answer> renewal = renew();
        time.advance(TIMING.retryPeriod().plus(SOON));

        assertThat(failure(renewal)).contains("denies access to " + own);
        etcd.refuse(request -> null);
        renewal = renew();
        time.advance(TIMING.retryPeriod().plus(SOON));
        granted(renewal.join());
    }

    @Test
    void whileTheWatchLivesARenewalReadsNoKey() {
        lead();
        assertThat(renewUntil(Duration.ofSeconds(5))).isNotCompletedExceptionally();
        int before = etcd.transactions;

        assertThat(renewUntil(TIMING.retryPeriod().multipliedBy(10))).isNotCompletedExceptionally();

        assertThat(etcd.transactions - before).as("one for each renewal").isBetween(9, 11);
    }

    @Test
    void whoeverAsksAgainIsAnsweredFromTheStoreThoughTheWatchIsSilent() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "ahead", 5);
        Stage.refused(soon(acquire(claim)));
        Stage.refused(soon(acquire(claim)));
        etcd.mute = true;
        etcd.delete(LINE + "5");

        granted(soon(acquire(claim)));
    }

    @Test
    void whatHappenedWhileTheWatchWasCompactedAwayIsLookedUp() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "ahead", 5);
        Stage.refused(soon(acquire(claim)));
        etcd.mute = true;
        etcd.delete(LINE + "5");
        etcd.mute = false;
        etcd.compacted = etcd.revision;

        etcd.endWatches(new Failure(Failure.Kind.COMPACTED, "has been compacted"));
        time.advance(SOON);

        assertThat(heard.all).contains("watching false", "turn one granted");
    }

    @Test
    void aStoreThatWentBackInTimeIsLookedAtAgain() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "ahead", 5);
        Stage.refused(soon(acquire(claim)));
        etcd.keys.remove(LINE + "5");
        etcd.revision = 50;

        etcd.endWatches(new Failure(Failure.Kind.UNKNOWN, "gone"));
        time.advance(Duration.ofSeconds(5));

        assertThat(heard.heard("turn one granted")).isTrue();
    }

    @Test
    void aLeaderThatWasReadAndHasComeAgainSinceIsNotWaitedFor() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "ahead", 5);
        granted(soon(acquire(new Claim(ElectionName.parse("orders/other"), "one", "nonce-x", TIMING))));
        etcd.slowAnswer(MemoryEtcd.puts(LINE));
        CompletableFuture<Answer> answer = acquire(claim);
        etcd.delete(LINE + "5");
        etcd.put(LINE + "5", "behind", 5);

        assertThat(Stage.refused(soon(answer)).chance()).isEqualTo(Chance.after(TIMING.retryPeriod()));
        granted(soon(acquire(claim)));
    }

    @Test
    void aTicketThatWasChangedMeanwhileIsShownAnew() {
        granted(soon(acquire(new Claim(ElectionName.parse("orders/other"), "one", "nonce-x", TIMING))));
        time.advance(Duration.ofSeconds(14));
        etcd.hold(MemoryEtcd.puts(LINE));
        CompletableFuture<Answer> answer = acquire(claim);
        // The sentinel is written once a leaseDuration.
        time.advance(Duration.ofMillis(2500));
        etcd.letGo();

        granted(soon(answer));
    }

    @Test
    void aLeaseThatAStoreRestoredFromABackupStillKnowsIsGivenUp() {
        lead();
        long lease = lease();
        String sentinel = "/baton/.session/" + Long.toHexString(lease);
        Entry before = Objects.requireNonNull(etcd.keys.get(sentinel));
        time.advance(Duration.ofSeconds(20));
        assertThat(Objects.requireNonNull(etcd.keys.get(sentinel)).modified()).isGreaterThan(before.modified());

        etcd.keys.put(sentinel, before);
        time.advance(TIMING.retryPeriod().plus(SOON));

        assertThat(heard.heard("lost one: its lease " + Long.toHexString(lease) + " is of a store that went back"))
                .isTrue();
        assertThat(etcd.leases).doesNotContainKey(lease);
    }

    @Test
    void whoAcquiresWhereTheStoreWentBackAsksOnceAndTakesAnotherLease() {
        Claim other = new Claim(ElectionName.parse("orders/other"), "one", "nonce-x", TIMING);
        granted(soon(acquire(other)));
        String sentinel = "/baton/.session/" + Long.toHexString(lease());
        Entry before = Objects.requireNonNull(etcd.keys.get(sentinel));
        time.advance(Duration.ofSeconds(17));
        etcd.keys.put(sentinel, before);
        int asked = etcd.transactions;

        CompletableFuture<Answer> answer = acquire(claim);
        time.advance(SOON);

        granted(answer.join());
        assertThat(etcd.transactions - asked).isLessThan(10);
    }

    @Test
    void anotherElectionNestedBelowThisOneIsRefusedByName() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "eu/5", "elsewhere", 5);
        time.advance(SOON);

        CompletableFuture<Answer> answer = acquire(claim);
        time.advance(SOON);

        assertThat(failure(answer))
                .contains(LINE + "eu/5")
                .contains("orders/reconciler")
                .contains("rename");
    }

    // -- the connection -----------------------------------------------------------------------------------------------

    @Test
    void aConnectionThatDoesNotAnswerIsLeftForTheNextMember() {
        lead();
        renew().join();
        String first = etcd.opened.get(etcd.opened.size() - 1).endpoint();
        etcd.down = true;
        CompletableFuture<Answer> renewal = renew();
        time.advance(Duration.ofSeconds(4));
        etcd.down = false;
        time.advance(Duration.ofSeconds(5));

        granted(renewal.join());
        List<String> later =
                etcd.opened.stream().map(channel -> channel.endpoint()).toList();
        assertThat(later.subList(1, later.size())).isNotEmpty().anyMatch(each -> !each.equals(first));
        assertThat(heard.all.stream().filter(each -> each.startsWith("watching")))
                .containsExactly("watching true", "watching false", "watching true");
    }

    /** A jar that is missing is no store that is silent, and what a later try finds is used. */
    @Test
    void aClientThatLacksAClassSaysWhichAndIsOpenedAgain() {
        etcd.lacking = new NoClassDefFoundError("io/vertx/core/Vertx");

        CompletableFuture<Answer> asked = acquire(OTHER);
        time.advance(LONGER.leaseDuration());

        assertThat(failure(asked)).contains("NoClassDefFoundError: io.vertx.core.Vertx is missing");

        etcd.lacking = null;
        time.advance(LONGER.leaseDuration());
        granted(soon(acquire(OTHER)));
    }

    static Stream<Throwable> anything() {
        return Stream.of(new IllegalStateException("its own"), new Exception("sneaked"), new InternalError("said"));
    }

    @ParameterizedTest
    @MethodSource("anything")
    void whateverIsThrownAsAChannelIsOpenedAnotherIsOpened(Throwable thrown) {
        etcd.lacking = thrown;
        CompletableFuture<Answer> asked = acquire(OTHER);
        time.advance(LONGER.leaseDuration());
        assertThat(failure(asked)).contains(String.valueOf(thrown.getMessage()));
        etcd.lacking = null;
        time.advance(LONGER.leaseDuration());
        granted(soon(acquire(OTHER)));
    }

    @ParameterizedTest
    @MethodSource("anything")
    void whateverIsThrownAsARequestIsSentOrAWatchIsMadeTheyAreMadeAgain(Throwable thrown) {
        Stage.Heard news = new Stage.Heard();
        etcd.broken = thrown;
        backend.observe(OTHER.election(), LONGER, news);
        CompletableFuture<Answer> asked = acquire(OTHER);
        time.advance(LONGER.leaseDuration());
        assertThat(failure(asked)).contains(String.valueOf(thrown.getMessage()));
        assertThat(news.all).doesNotContain("watching true");
        etcd.broken = null;
        time.advance(LONGER.leaseDuration());
        granted(soon(acquire(OTHER)));
        assertThat(news.all).contains("watching true");
    }

    @Test
    void membersWithoutALeaderAreTriedEverLessOften() {
        lead();
        int before = etcd.opened.size();
        etcd.leaderless = true;
        etcd.endWatches(new Failure(Failure.Kind.NO_LEADER, "no leader"));

        time.advance(Duration.ofSeconds(15));

        assertThat(etcd.opened.size() - before).isBetween(5, 25);
    }

    @Test
    void aServerThatCanRenewARevokedLeaseIsRefusedUnlessThatIsAllowed() {
        etcd.version = "3.5.22";
        backend = ForSimulation.backend(EtcdBackend.builder("http://a:2379"), time, etcd);
        CompletableFuture<Answer> answer = acquire(claim);
        time.advance(SOON);

        assertThat(failure(answer))
                .contains("etcd 3.5.22 at http://")
                .contains("can renew a lease that it has already revoked")
                .contains("allowUnsafeServers(true)");

        backend = ForSimulation.backend(EtcdBackend.builder("http://a:2379").allowUnsafeServers(true), time, etcd);
        lead();
    }

    @Test
    void aFullDatabaseLeavesLeadersAloneAndTellsCandidatesWhatToDo() {
        lead();
        renew().join();
        etcd.refuse(request ->
                request instanceof Transaction transaction && transaction.then().get(0) instanceof Transaction.Put
                        ? new Failure(Failure.Kind.NO_SPACE, "database space exceeded")
                        : null);
        for (int beat = 0; beat < 12; beat++) {
            CompletableFuture<Answer> renewal = renew();
            time.advance(TIMING.retryPeriod());
            granted(renewal.join());
        }
        CompletableFuture<Answer> other = acquire(new Claim(ElectionName.parse("orders/new"), "x", "nonce-y", TIMING));
        time.advance(SOON);

        assertThat(failure(other)).contains("no space left").contains("etcdctl alarm disarm");
    }

    private static Function<Object, @Nullable Failure> saying(Failure.Kind kind, String words) {
        return request -> MemoryEtcd.puts(LINE).test(request) ? new Failure(kind, words) : null;
    }

    /** etcd answers so of the very write that fills the database, and has carried it out. */
    @Test
    void rule4_5_writeThatFilledTheDatabaseIsWithdrawn() {
        etcd.regret(saying(Failure.Kind.NO_SPACE, "etcdserver: mvcc: database space exceeded"));
        CompletableFuture<Answer> asked = acquire(claim);
        time.advance(SOON);
        assertThat(failure(asked)).contains("no space left");
        assertThat(etcd.keysBelow(LINE)).hasSize(1);
        etcd.refuse(request ->
                request instanceof Transaction transaction && transaction.then().get(0) instanceof Transaction.Put
                        ? new Failure(Failure.Kind.NO_SPACE, "etcdserver: mvcc: database space exceeded")
                        : null);

        soon(withdraw());

        assertThat(etcd.keysBelow(LINE))
                .as("though nothing can be written any more")
                .isEmpty();
    }

    @Test
    void writeThatFilledTheDatabaseLeadsAtTheNextTry() {
        etcd.regret(saying(Failure.Kind.NO_SPACE, "etcdserver: mvcc: database space exceeded"));
        CompletableFuture<Answer> asked = acquire(claim);
        time.advance(SOON);
        assertThat(failure(asked)).contains("no space left");

        lead();
    }

    @ParameterizedTest
    @EnumSource(names = {"PERMISSION", "CREDENTIALS", "STALE_TOKEN", "REFUSED", "NO_SPACE"})
    void rule4_5_whatEtcdRefusedForCertainIsNotOwed(Failure.Kind kind) {
        etcd.refuse(saying(kind, "etcdserver: no"));
        CompletableFuture<Answer> asked = acquire(claim);
        time.advance(SOON);
        assertThat(asked).isCompletedExceptionally();

        withdrawAtLast();

        assertThat(anchor().modified()).as("nothing is voided").isEqualTo(anchor().created());
    }

    /** Broken off in the middle, TLS says nothing of what was sent before. */
    @ParameterizedTest
    @EnumSource(names = {"UNKNOWN", "NO_LEADER", "UNTRUSTED"})
    void rule3_1_whatNobodyHasAnsweredIsVoided(Failure.Kind kind) {
        boolean[] once = new boolean[1];
        etcd.regret(request -> {
            boolean fails = !once[0] && MemoryEtcd.puts(LINE).test(request);
            once[0] |= fails;
            return fails ? new Failure(kind, "no") : null;
        });
        CompletableFuture<Answer> asked = acquire(claim);
        time.advance(SOON);

        withdrawAtLast();

        assertThat(asked).isDone();
        assertThat(etcd.keysBelow(LINE)).isEmpty();
        assertThat(anchor().modified()).isGreaterThan(anchor().created());
    }

    /** The second time where the first met with a connection that was given up. */
    private void withdrawAtLast() {
        CompletableFuture<Void> first = withdraw();
        time.advance(Duration.ofSeconds(5));
        if (first.isCompletedExceptionally()) {
            soon(withdraw());
        } else {
            assertThat(first).isCompleted();
        }
    }

    private Entry anchor() {
        return etcd.keys.values().stream()
                .filter(entry -> entry.key().contains("/.session/"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void rule3_4_entryThatMetItsOwnCopyIsOurs() {
        etcd.repeat(MemoryEtcd.puts(LINE));
        Answer.Granted granted = lead();

        assertThat(etcd.keysBelow(LINE)).hasSize(1);
        assertThat(granted.token().number())
                .isEqualTo(Objects.requireNonNull(
                                etcd.keys.get(etcd.keysBelow(LINE).get(0)))
                        .created());
        soon(withdraw());
        assertThat(etcd.keysBelow(LINE)).isEmpty();
    }

    @Test
    void rule3_4_entryThatMetItsOwnCopyIsWithdrawn() {
        etcd.repeat(MemoryEtcd.puts(LINE));
        CompletableFuture<Answer> asked = acquire(claim);
        CompletableFuture<Void> withdrawn = withdraw();
        time.advance(SOON);

        assertThat(asked).isDone();
        assertThat(withdrawn).isCompleted();
        assertThat(etcd.keysBelow(LINE)).isEmpty();
    }

    @Test
    void keyOfSomebodyElseOnOurLeaseIsNotTakenForACopy() {
        lead();
        String key = etcd.keysBelow(LINE).get(0);
        soon(withdraw());
        etcd.put(key, "somebody else", lease());
        CompletableFuture<Answer> asked = acquire(by("two"));
        time.advance(SOON);

        assertThat(failure(asked)).contains("was written by another client");
    }

    @Test
    void nothingIsLeftWhenTheLastElectionEnds() {
        dev.baton.spi.LockBackend.Observation more = backend.observe(ELECTION, TIMING, new Stage.Heard());
        lead();
        soon(withdraw());
        more.close();

        assertThat(etcd.keysBelow(LINE)).isEmpty();
    }
}
