package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Transaction;
import dev.baton.etcd.internal.Transaction.Guard;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a session asks of etcd, transaction by transaction: every guard, every operation, and who is to answer. */
class TransactionsTest {
    private static final ElectionTiming TIMING = ElectionTiming.DEFAULT;
    private static final ElectionName ELECTION = ElectionName.parse("orders/reconciler");
    private static final String LINE = "/baton/orders/reconciler/";
    private static final Duration SOON = Duration.ofMillis(100);

    private final VirtualRuntime time = new VirtualRuntime();
    private final MemoryEtcd etcd = new MemoryEtcd(time, "http://a:2379");
    private final Claim claim = new Claim(ELECTION, "one", "nonce-one", TIMING);
    private final EtcdBackend backend = ForSimulation.backend(EtcdBackend.builder("http://a:2379"), time, etcd);

    private <T> T soon(CompletionStage<T> stage) {
        time.advance(SOON);
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    private Answer acquire() {
        return soon(acquire(claim));
    }

    private CompletableFuture<Answer> acquire(Claim of) {
        return backend.acquire(of, time.now().plus(TIMING.renewDeadline())).toCompletableFuture();
    }

    private void observe() {
        backend.observe(ELECTION, TIMING, new Stage.Heard());
        time.advance(SOON);
    }

    private Entry sentinel() {
        return Objects.requireNonNull(
                etcd.keys.get(etcd.keysBelow("/baton/.session/").get(0)));
    }

    private Entry own() {
        return Objects.requireNonNull(
                etcd.keys.get(LINE + Long.toHexString(sentinel().lease())));
    }

    private Transaction only(Predicate<Transaction> which) {
        List<Transaction> found = etcd.asked.stream().filter(which).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static boolean puts(Transaction transaction, String prefix) {
        return MemoryEtcd.puts(prefix).test(transaction);
    }

    @Test
    void theSentinelIsMadeWhereThereIsNone() {
        acquire();
        Entry made = sentinel();
        Transaction.Op look = new Transaction.Get(made.key());
        assertThat(only(asked -> puts(asked, "/baton/.session/")))
                .isEqualTo(new Transaction(
                        List.of(Guard.absent(made.key())),
                        List.of(new Transaction.Put(made.key(), "", made.lease()), look),
                        List.of(look)));
    }

    @Test
    void aKeyIsWrittenWhereThereIsNoneWhileTheSentinelStandsAndTheTicketIsTheSame() {
        acquire();
        Entry sentinel = sentinel();
        assertThat(only(asked -> puts(asked, LINE)))
                .isEqualTo(new Transaction(
                        List.of(
                                Guard.absent(own().key()),
                                Guard.created(sentinel.key(), sentinel.created()),
                                Guard.modified(sentinel.key(), sentinel.modified())),
                        List.of(new Transaction.Put(own().key(), "one", sentinel.lease()), new Transaction.First(LINE)),
                        List.of(new Transaction.Get(own().key()), new Transaction.Get(sentinel.key()))));
    }

    private void standBehind() {
        etcd.leases.put(5L, 15L);
        etcd.put(LINE + "5", "elsewhere", 5);
        assertThat(acquire()).isInstanceOf(Answer.Refused.class);
        etcd.asked.clear();
    }

    private Transaction reading(boolean local) {
        Entry sentinel = sentinel();
        return new Transaction(
                List.of(Guard.created(own().key(), own().created()), Guard.created(sentinel.key(), sentinel.created())),
                List.of(new Transaction.First(LINE)),
                List.of(new Transaction.Get(own().key())),
                local);
    }

    private static boolean readsTheFirst(Transaction transaction) {
        return transaction.then().contains(new Transaction.First(LINE)) && !transaction.mayWrite();
    }

    /** A member that told nothing of the line may be any that lags: all have to agree. */
    @Test
    void withoutAWatchAllMembersAgreeOnWhoIsFirstBeforeATermBegins() {
        etcd.deaf = true;
        observe();
        standBehind();
        etcd.delete(LINE + "5");

        assertThat(acquire()).isInstanceOf(Answer.Granted.class);
        assertThat(only(TransactionsTest::readsTheFirst)).isEqualTo(reading(false));
    }

    @Test
    void theMemberThatToldOfTheLineMayAnswerByItself() {
        observe();
        standBehind();
        etcd.delete(LINE + "5");
        time.advance(SOON);

        assertThat(acquire()).isInstanceOf(Answer.Granted.class);
        assertThat(only(TransactionsTest::readsTheFirst)).isEqualTo(reading(true));
    }

    @Test
    void aKeyIsDeletedAsItWasCreated() {
        acquire();
        Entry own = own();
        soon(backend.withdraw(claim, time.now().plus(TIMING.renewDeadline())));
        assertThat(only(asked -> asked.then().get(0) instanceof Transaction.Delete))
                .isEqualTo(new Transaction(
                        List.of(Guard.created(own.key(), own.created())),
                        List.of(new Transaction.Delete(own.key())),
                        List.of(new Transaction.Get(own.key()))));
    }

    @Test
    void aRenewalOfAStandbyReadsTheSentinelWithAllMembersAndWritesItOnceALease() {
        standBehind();
        Entry sentinel = sentinel();
        time.advance(TIMING.leaseDuration().plus(TIMING.retryPeriod()));
        Transaction.Op look = new Transaction.Get(sentinel.key());
        assertThat(etcd.asked.stream().filter(asked -> !asked.mayWrite()))
                .hasSizeGreaterThanOrEqualTo(6)
                .containsOnly(new Transaction(
                        List.of(Guard.created(sentinel.key(), sentinel.created())), List.of(look), List.of(look)));
        assertThat(etcd.asked.stream().filter(Transaction::mayWrite).toList())
                .singleElement()
                .satisfies(written -> isOf(sentinel, written));
    }

    /** A store that went back in time is not written over. */
    @Test
    void aRenewalOfALeaderWritesTheSentinelWhereItWasWrittenLast() {
        acquire();
        etcd.asked.clear();
        Entry sentinel = sentinel();
        time.advance(TIMING.retryPeriod());
        assertThat(etcd.asked).singleElement().satisfies(written -> isOf(sentinel, written));
    }

    private static void isOf(Entry sentinel, Transaction written) {
        assertThat(written.guards())
                .containsExactly(
                        Guard.created(sentinel.key(), sentinel.created()),
                        Guard.modified(sentinel.key(), sentinel.modified()));
        assertThat(written.then().get(0)).isInstanceOfSatisfying(Transaction.Put.class, put -> {
            assertThat(put.key()).isEqualTo(sentinel.key());
            assertThat(put.lease()).isEqualTo(sentinel.lease());
        });
        assertThat(written.otherwise()).containsExactly(new Transaction.Get(sentinel.key()));
    }

    /** A write whose answer was lost is voided with another ticket, on the same lease and where it stands, and then looked for. */
    @Test
    void aWriteWithoutAnAnswerIsVoidedAndThenLookedForWithAllMembers() {
        etcd.loseAnswer(MemoryEtcd.puts(LINE));
        CompletableFuture<Answer> unanswered = acquire(claim);
        time.advance(Duration.ofSeconds(4));
        assertThat(unanswered).isCompletedExceptionally();
        Entry sentinel = sentinel();

        assertThat(soon(acquire(claim))).isInstanceOf(Answer.Granted.class);
        Transaction.Op own = new Transaction.Get(own().key());
        assertThat(etcd.asked)
                .containsSubsequence(
                        new Transaction(
                                List.of(Guard.created(sentinel.key(), sentinel.created())),
                                List.of(new Transaction.Put(sentinel.key(), "", sentinel.lease())),
                                List.of(new Transaction.Get(sentinel.key()))),
                        new Transaction(List.of(), List.of(own), List.of(own)));
    }

    @ParameterizedTest
    @CsvSource({"15000, 15", "2001, 3", "2999, 3", "3000, 3"})
    void aLeaseIsAskedForInSecondsRoundedUp(long millis, long seconds) {
        ElectionTiming timing = ElectionTiming.of(
                Duration.ofMillis(millis), Duration.ofMillis(millis / 2), Duration.ofMillis(millis / 10));
        CompletableFuture<Answer> unused = acquire(new Claim(ELECTION, "one", "nonce-one", timing));
        time.advance(SOON);
        assertThat(etcd.leases.values()).containsExactly(seconds);
    }

    @Test
    void aWatchGoesOnAfterWhatItHasTold() {
        observe();
        acquire();
        long told = etcd.revision;
        etcd.endWatches(new Failure(Failure.Kind.UNKNOWN, "the server ended it"));
        time.advance(TIMING.retryPeriod().plus(SOON));
        assertThat(etcd.watchedFrom).containsExactly(0L, told + 1);
    }

    private void watchAgain(Failure.Kind why) {
        etcd.endWatches(new Failure(why, "the server ended it"));
        time.advance(TIMING.retryPeriod().plus(SOON));
    }

    /** That a watch was made says nothing of what happened before. */
    @Test
    void aWatchThatEndsBeforeItHasToldWhatHappenedIsMadeAgainFromThere() {
        observe();
        acquire();
        long told = etcd.revision;
        etcd.mute = true;
        etcd.lags = true;
        etcd.put(LINE + "5", "elsewhere", 5);
        watchAgain(Failure.Kind.UNKNOWN);
        watchAgain(Failure.Kind.UNKNOWN);
        assertThat(etcd.watchedFrom).containsExactly(0L, told + 1, told + 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPACTED", "REFUSED"})
    void aWatchThatCannotGoOnBeginsAnew(Failure.Kind why) {
        observe();
        acquire();
        watchAgain(why);
        assertThat(etcd.watchedFrom).containsExactly(0L, 0L);
    }

    @Test
    void whatAFormerWatchTellsIsNotHeard() {
        observe();
        acquire();
        long told = etcd.revision;
        etcd.deaf = true;
        watchAgain(Failure.Kind.UNKNOWN);
        etcd.watchers.get(0).created(told + 50);
        etcd.watchers.get(0).changed(List.of(), told + 50);
        etcd.deaf = false;
        time.advance(TIMING.leaseDuration());
        etcd.watchers.get(0).changed(List.of(), told + 50);
        time.advance(SOON);
        etcd.watchedFrom.clear();
        long last = etcd.revision;
        watchAgain(Failure.Kind.UNKNOWN);
        assertThat(etcd.watchedFrom)
                .singleElement()
                .satisfies(from -> assertThat(from).isBetween(told + 1, last + 1));
    }

    @Test
    void theLastRequestOfAllRevokesWhatIsLeft() {
        etcd.leases.put(5L, 15L);
        etcd.leases.put(6L, 15L);
        new SessionCloser(etcd.open("http://a:2379"), List.of(5L, 6L), Duration.ofMillis(1)).say();
        assertThat(etcd.leases).isEmpty();
    }
}
