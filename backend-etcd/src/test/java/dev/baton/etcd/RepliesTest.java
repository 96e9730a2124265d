package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Transaction;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session makes of what etcd answers, reply by reply. */
class RepliesTest {
    private static final ElectionTiming TIMING = ElectionTiming.DEFAULT;
    private static final ElectionName ELECTION = ElectionName.parse("orders/reconciler");
    private static final String LINE = "/baton/orders/reconciler/";
    private static final Duration SOON = Duration.ofMillis(100);

    private final VirtualRuntime time = new VirtualRuntime();
    private final MemoryEtcd etcd = new MemoryEtcd(time, "http://a:2379");
    private final Stage.Heard heard = new Stage.Heard();
    private final Claim claim = new Claim(ELECTION, "one", "nonce-one", TIMING);
    private final EtcdBackend backend = ForSimulation.backend(EtcdBackend.builder("http://a:2379"), time, etcd);

    private void observe() {
        backend.observe(ELECTION, TIMING, heard);
        time.advance(SOON);
    }

    private <T> CompletableFuture<T> after(Duration wait, CompletionStage<T> stage) {
        time.advance(wait);
        return stage.toCompletableFuture();
    }

    private CompletableFuture<Answer> acquire(Claim of) {
        return after(SOON, backend.acquire(of, time.now().plus(TIMING.renewDeadline())));
    }

    private Answer.Granted lead() {
        return Stage.granted(acquire(claim).join());
    }

    private CompletableFuture<Answer> renew(Claim of, Duration wait) {
        return after(wait, backend.renew(of, time.now().plus(TIMING.renewDeadline())));
    }

    private CompletableFuture<Void> withdraw() {
        return after(SOON, backend.withdraw(claim, time.now().plus(TIMING.renewDeadline())));
    }

    private static String failure(CompletableFuture<?> answer) {
        assertThat(answer).isCompletedExceptionally();
        Throwable thrown = answer.handle((value, failure) -> failure).join();
        return String.valueOf(Objects.requireNonNull(thrown).getMessage());
    }

    private long lease() {
        return etcd.leases.keySet().iterator().next();
    }

    private String ownKey() {
        return LINE + Long.toHexString(lease());
    }

    private String sentinel() {
        return "/baton/.session/" + Long.toHexString(lease());
    }

    private void refuse(Predicate<Object> which, Failure.Kind kind) {
        etcd.refuse(request -> which.test(request) ? new Failure(kind, "said the test") : null);
    }

    private void standBehind() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "elsewhere", 5);
        Stage.refused(acquire(claim).join());
    }

    // -- a lease ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(longs = {11, 15, 40})
    void aLeaseIsCountedFromTheSendingOfItsRequestAndForAsLongAsWasGranted(long ttl) {
        etcd.ttl = ttl;
        etcd.slowAnswer(MemoryEtcd.lease("grant"));
        Answer.Granted granted = lead();
        assertThat(granted.sentAt()).isEqualTo(etcd.leaseAskedForAt);
        assertThat(granted.guaranteedFor()).isEqualTo(Duration.ofSeconds(ttl));
    }

    private CompletableFuture<Void> givenUpAndWithdrawn() {
        time.sleep(Duration.ofSeconds(16));
        time.advance(SOON);
        assertThat(heard.heard("lost one")).isTrue();
        return withdraw();
    }

    /** Until then it may be alive, and its key may lead. */
    @ParameterizedTest
    @EnumSource(
            names = {"LEASE_NOT_FOUND", "UNKNOWN"},
            mode = EnumSource.Mode.EXCLUDE)
    void aRevocationThatWasRefusedIsAskedForAgain(Failure.Kind kind) {
        observe();
        lead();
        refuse(MemoryEtcd.lease("revoke"), kind);
        assertThat(givenUpAndWithdrawn()).isNotCompleted();
        etcd.refuse(request -> null);
        time.advance(Duration.ofSeconds(30));

        assertThat(withdraw()).isCompleted();
        assertThat(etcd.keysBelow(LINE)).isEmpty();
    }

    @Test
    void aLeaseThatIsNotFoundWhenItIsRevokedIsGone() {
        observe();
        lead();
        etcd.mute = true;
        etcd.revoke(lease());
        assertThat(givenUpAndWithdrawn()).isCompleted();
    }

    @Test
    void aSentinelThatWasMadeAgainBySomebodyElseIsNotOurs() {
        observe();
        lead();
        renew(claim, TIMING.retryPeriod()).join();
        etcd.mute = true;
        String sentinel = sentinel();
        long lease = lease();
        etcd.delete(sentinel);
        etcd.put(sentinel, "", lease);

        // A proof may be left to be told of.
        renew(claim, TIMING.retryPeriod()).join();
        Stage.refused(renew(claim, TIMING.retryPeriod()).join());
        assertThat(heard.heard("lost one")).isTrue();
    }

    // -- the connection -----------------------------------------------------------------------------------------------

    private int connectionsAfter(Failure.Kind kind) {
        lead();
        int before = etcd.opened.size();
        refuse(Transaction.class::isInstance, kind);
        time.advance(TIMING.retryPeriod().plus(SOON));
        return etcd.opened.size() - before;
    }

    @ParameterizedTest
    @EnumSource(names = {"PERMISSION", "LEASE_NOT_FOUND", "NO_SPACE", "COMPACTED", "REFUSED"})
    void whatAServerThatServesSaysCostsNoConnection(Failure.Kind kind) {
        assertThat(connectionsAfter(kind)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNKNOWN", "NO_LEADER", "UNTRUSTED", "CREDENTIALS", "STALE_TOKEN"})
    void whatNoConnectionRecoversFromCostsIt(Failure.Kind kind) {
        assertThat(connectionsAfter(kind)).isPositive();
    }

    // -- the watch ----------------------------------------------------------------------------------------------------

    @Test
    void aWatchThatIsNeverMadeIsAskedForAgain() {
        etcd.deaf = true;
        observe();
        assertThat(heard.heard("watching true")).isFalse();
        etcd.deaf = false;
        time.advance(TIMING.leaseDuration());
        assertThat(heard.heard("watching true")).isTrue();
    }

    /** A renewal's time after the last write but one is sooner than a watch is given up. */
    @Test
    void aLeaderReadsItsKeyBeforeItsSilentWatchIsGivenUp() {
        ElectionTiming quick =
                ElectionTiming.of(TIMING.leaseDuration(), TIMING.renewDeadline(), Duration.ofMillis(200));
        Claim hasty = new Claim(ELECTION, "one", "nonce-two", quick);
        backend.observe(ELECTION, quick, heard);
        time.advance(SOON);
        Stage.granted(acquire(hasty).join());
        for (int i = 0; i < 5; i++) {
            Stage.granted(renew(hasty, quick.retryPeriod().plus(SOON)).join());
        }
        etcd.mute = true;
        etcd.delete(ownKey());
        for (int i = 0; i < 5; i++) {
            renew(hasty, quick.retryPeriod()).join();
        }
        assertThat(heard.heard("lost one")).isTrue();
    }

    // -- the key ------------------------------------------------------------------------------------------------------

    @Test
    void whatSomebodyElsePutAtOurKeyIsNotTakenForOurWrite() {
        refuse(MemoryEtcd.puts(LINE), Failure.Kind.UNKNOWN);
        assertThat(acquire(claim)).isCompletedExceptionally();
        etcd.put(ownKey(), "somebody", 0);
        time.advance(Duration.ofSeconds(4));
        etcd.refuse(request -> null);
        time.advance(Duration.ofSeconds(4));

        assertThat(failure(acquire(claim))).contains(ownKey());
        assertThat(etcd.keys).containsKey(ownKey());
    }

    @Test
    void aKeyThatSomebodyElseWroteToLeadsNoTerm() {
        etcd.deaf = true;
        standBehind();
        String own = LINE
                + Long.toHexString(
                        lease() == 5
                                ? etcd.leases.keySet().stream()
                                        .filter(id -> id != 5)
                                        .findFirst()
                                        .orElseThrow()
                                : lease());
        etcd.put(own, "somebody", 0);
        etcd.delete(LINE + "5");

        assertThat(acquire(claim).join()).isInstanceOf(Answer.Refused.class);
    }
}
