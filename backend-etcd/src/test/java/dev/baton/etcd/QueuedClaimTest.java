package dev.baton.etcd;

import static dev.baton.etcd.Stage.granted;
import static dev.baton.etcd.Stage.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Transaction;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of one claim, against a store in memory and in virtual time. */
class QueuedClaimTest {
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    private static final ElectionName ELECTION = ElectionName.parse("orders/reconciler");
    private static final String LINE = "/baton/orders/reconciler/";
    private static final String FIRST = LINE + "5";
    private static final Duration SOON = Duration.ofMillis(100);

    private final VirtualRuntime time = new VirtualRuntime();
    private final MemoryEtcd etcd = new MemoryEtcd(time, "http://a:2379");
    private final Stage.Heard heard = new Stage.Heard();
    private final Claim claim = claim("one");
    private final Claim other = claim("two");
    private final EtcdBackend backend = ForSimulation.backend(EtcdBackend.builder("http://a:2379"), time, etcd);

    @BeforeEach
    void observe() {
        backend.observe(ELECTION, TIMING, heard);
        time.advance(SOON);
    }

    private static Claim claim(String identity) {
        return new Claim(ELECTION, identity, "nonce-" + identity, TIMING);
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
        return after(SOON, backend.acquire(of, time.now().plus(TIMING.renewDeadline())));
    }

    private CompletableFuture<Answer> renew() {
        return after(
                TIMING.retryPeriod().plus(SOON), backend.renew(claim, time.now().plus(TIMING.renewDeadline())));
    }

    private CompletableFuture<Void> withdraw(Claim of) {
        return after(SOON, backend.withdraw(of, time.now().plus(TIMING.renewDeadline())));
    }

    private Answer.Granted lead() {
        return granted(done(acquire(claim)));
    }

    private Answer.Refused standBehind() {
        etcd.leases.put(5L, 15L);
        etcd.put(FIRST, "elsewhere", 5);
        return refused(done(acquire(claim)));
    }

    private Entry own() {
        return Objects.requireNonNull(etcd.keys.get(etcd.keysBelow(LINE).stream()
                .filter(key -> !key.equals(FIRST))
                .findFirst()
                .orElseThrow()));
    }

    private long entries() {
        return etcd.asked.stream().filter(MemoryEtcd.puts(LINE)).count();
    }

    private void refuse(Predicate<Object> which) {
        etcd.refuse(request -> which.test(request) ? new Failure(Failure.Kind.PERMISSION, "permission denied") : null);
    }

    private static boolean deletes(Object request) {
        return request instanceof Transaction asked && asked.then().get(0) instanceof Transaction.Delete;
    }

    private static boolean isOfLine(Object request) {
        return request instanceof Transaction asked
                && asked.then().stream().anyMatch(op -> op.equals(new Transaction.First(LINE)));
    }

    // -- a term that is over ------------------------------------------------------------------------------------------

    @Test
    void aLostTermIsNotBegunAgain() {
        lead();
        etcd.delete(own().key());
        time.advance(SOON);
        assertThat(heard.count("lost one")).isEqualTo(1);
        etcd.asked.clear();
        assertThat(done(acquire(claim))).isEqualTo(new Answer.Refused(null, Chance.now()));
        refused(done(renew()));
        assertThat(entries()).isZero();
    }

    @Test
    void aKeyThatSomebodyElseWroteToEndsItsTerm() {
        lead();
        etcd.leases.put(5L, 15L);
        etcd.put(own().key(), "elsewhere", 5);
        time.advance(SOON);
        assertThat(heard.count("lost one")).isEqualTo(1);
        etcd.put(own().key(), "elsewhere", 5);
        time.advance(SOON);
        assertThat(heard.count("lost one")).isEqualTo(1);
        assertThat(done(acquire(claim))).isInstanceOf(Answer.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKeyThatSomebodyElseMadeAgainEndsItsTerm(boolean watched) {
        lead();
        granted(done(renew()));
        etcd.mute = !watched;
        if (!watched) {
            etcd.refusesWatches = true;
            etcd.endWatches(new Failure(Failure.Kind.PERMISSION, "permission denied"));
        }
        Entry own = own();
        etcd.delete(own.key());
        etcd.put(own.key(), own.value(), own.lease());
        time.advance(SOON);
        refused(done(renew()));
        assertThat(heard.count("lost one")).isEqualTo(1);
    }

    @Test
    void aKeyOnAnothersLeaseIsNotRenewedWhereNothingIsWatched() {
        lead();
        granted(done(renew()));
        etcd.refusesWatches = true;
        etcd.endWatches(new Failure(Failure.Kind.PERMISSION, "permission denied"));
        etcd.leases.put(5L, 15L);
        etcd.mute = true;
        etcd.put(own().key(), "one", 5);
        refused(done(renew()));
        assertThat(heard.count("lost one")).isEqualTo(1);
    }

    @Test
    void theFenceOfATermStandsForAsLongAsTheTerm() {
        FencingToken token = lead().token();
        assertThat(backend.fence(ELECTION, token)).isEqualTo(new EtcdFence(own().key(), token));
        granted(done(renew()));
        assertThat(backend.fence(ELECTION, token)).isEqualTo(new EtcdFence(own().key(), token));
        done(withdraw(claim));
        assertThatThrownBy(() -> backend.fence(ELECTION, token)).hasMessageContaining("is over");
    }

    // -- one key for all claims of a session --------------------------------------------------------------------------

    @Test
    void oneClaimAtATimeHasTheKey() {
        lead();
        etcd.asked.clear();
        refused(done(acquire(other)));
        assertThat(entries()).isZero();
        done(withdraw(claim));
        assertThat(entries()).isEqualTo(1);
        assertThat(heard.heard("turn two")).isTrue();
        assertThat(own().value()).isEqualTo("two");
    }

    @Test
    void aTurnWithAProofBeginsItsTerm() {
        standBehind();
        etcd.delete(FIRST);
        time.advance(SOON);
        assertThat(heard.all).contains("turn one granted");
        granted(done(renew()));
    }

    @Test
    void whoIsWithdrawnHasNoTurn() {
        standBehind();
        refuse(QueuedClaimTest::deletes);
        assertThat(withdraw(claim)).isCompletedExceptionally();
        etcd.delete(FIRST);
        time.advance(SOON);
        assertThat(heard.heard("turn one")).isFalse();
    }

    // -- what is said to who stands behind ----------------------------------------------------------------------------

    @Test
    void whoIsToldOfChangesNeedNotAsk() {
        assertThat(standBehind().chance()).isEqualTo(Chance.whenTold());
        assertThat(refused(done(acquire(other))).chance()).isEqualTo(Chance.whenTold());
    }

    @Test
    void whoIsNotToldOfChangesAsks() {
        etcd.refusesWatches = true;
        etcd.endWatches(new Failure(Failure.Kind.PERMISSION, "permission denied"));
        time.advance(SOON);
        assertThat(standBehind().chance()).isEqualTo(Chance.after(TIMING.retryPeriod()));
        assertThat(refused(done(acquire(other))).chance()).isEqualTo(Chance.after(TIMING.retryPeriod()));
    }

    @Test
    void aLineThatMayNotBeReadIsSaidWhereNothingIsWatched() {
        etcd.refusesWatches = true;
        etcd.endWatches(new Failure(Failure.Kind.PERMISSION, "permission denied"));
        time.advance(SOON);
        standBehind();
        refuse(request -> isOfLine(request) && !MemoryEtcd.puts(LINE).test(request));
        assertThat(acquire(claim)).isCompletedExceptionally();
    }

    // -- a proof ------------------------------------------------------------------------------------------------------

    @Test
    void aRenewalWhoseProofIsRefusedHasFailed() {
        lead();
        refuse(request -> request instanceof MemoryEtcd.LeaseRequest
                || MemoryEtcd.puts("/baton/.session/").test(request));
        // A proof may be left to be told of.
        done(renew());
        assertThat(renew()).isCompletedExceptionally();
        etcd.refuse(request -> null);
        granted(done(renew()));
    }

    // -- answers that come too late -----------------------------------------------------------------------------------

    /** Sooner than a request is given up. */
    private void loseTheLease() {
        long lease = Objects.requireNonNull(
                        etcd.keys.get(etcd.keysBelow("/baton/.session/").get(0)))
                .lease();
        etcd.revoke(lease);
        time.advance(TIMING.retryPeriod().plus(SOON));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatBecameOfAKeyOnAFormerLeaseSaysNothingOfTheNext(boolean answered) {
        etcd.hold(MemoryEtcd.puts(LINE));
        CompletableFuture<Answer> answer = acquire(claim);
        if (!answered) {
            etcd.hold(MemoryEtcd.puts(LINE));
        }
        loseTheLease();
        assertThat(answer.isDone()).isEqualTo(answered);
        etcd.letGo();
        time.advance(SOON);
        granted(done(answer));
        granted(done(renew()));
        assertThat(entries()).isEqualTo(2);
        assertThat(etcd.keysBelow(LINE)).hasSize(1);
    }

    @Test
    void theDeletionOfAFormerKeySaysNothingOfTheNext() {
        standBehind();
        etcd.hold(QueuedClaimTest::deletes);
        assertThat(after(SOON, backend.withdraw(claim, time.now().plus(SOON)))).isCompletedExceptionally();
        loseTheLease();
        refused(done(acquire(claim)));
        etcd.asked.clear();
        etcd.letGo();
        time.advance(SOON);
        assertThat(entries()).isZero();
        etcd.delete(FIRST);
        time.advance(SOON);
        assertThat(heard.heard("turn one")).isTrue();
        granted(done(renew()));
    }

    private void refuseLeases(Predicate<MemoryEtcd.LeaseRequest> which) {
        refuse(request -> request instanceof MemoryEtcd.LeaseRequest asked && which.test(asked));
    }

    private long giveUpTheLease() {
        List<Long> before = List.copyOf(etcd.leases.keySet());
        refuseLeases(asked -> !asked.what().equals("grant"));
        time.advance(TIMING.leaseDuration().plus(TIMING.retryPeriod()));
        refuseLeases(asked -> asked.what().equals("revoke"));
        return before.get(before.size() - 1);
    }

    @Test
    void theEndOfOneLeaseIsNotThatOfAnother() {
        ElectionName elsewhere = ElectionName.parse("orders/elsewhere");
        backend.observe(elsewhere, TIMING, heard);
        Claim second = new Claim(elsewhere, "two", "nonce-two", TIMING);
        lead();
        long first = giveUpTheLease();
        assertThat(heard.heard("lost one")).isTrue();
        granted(done(acquire(second)));
        giveUpTheLease();
        assertThat(heard.heard("lost two")).isTrue();

        refuseLeases(asked -> asked.what().equals("revoke") && asked.lease() != first);
        time.advance(Duration.ofMinutes(1));

        assertThat(withdraw(claim)).isCompleted();
        assertThat(withdraw(second)).isNotDone();
        etcd.refuse(request -> null);
        time.advance(Duration.ofMinutes(1));
        assertThat(withdraw(second)).isCompleted();
        assertThat(etcd.keysBelow("/baton/orders/")).isEmpty();
    }

    // -- a connection that is lost ------------------------------------------------------------------------------------

    /** Of what a lost connection never answered nothing is left. */
    @Test
    void aDeletionIsSentAgainOverTheNextConnection() {
        lead();
        etcd.loseAnswer(QueuedClaimTest::deletes);
        etcd.hold(QueuedClaimTest::deletes);
        assertThat(withdraw(claim)).isNotDone();
        etcd.down = true;
        time.advance(TIMING.renewDeadline());
        etcd.down = false;
        time.advance(TIMING.renewDeadline());
        assertThat(withdraw(claim)).isCompleted();
        assertThat(etcd.keysBelow(LINE)).isEmpty();
    }

    @Test
    void aKeyIsReadAgainOverTheNextConnection() {
        standBehind();
        etcd.hold(request -> isOfLine(request) && !MemoryEtcd.puts(LINE).test(request));
        etcd.delete(FIRST);
        time.advance(SOON);
        assertThat(heard.heard("turn one")).isFalse();
        etcd.down = true;
        time.advance(TIMING.renewDeadline());
        etcd.down = false;
        time.advance(TIMING.leaseDuration());
        assertThat(done(acquire(claim))).isInstanceOf(Answer.Granted.class);
    }
}
