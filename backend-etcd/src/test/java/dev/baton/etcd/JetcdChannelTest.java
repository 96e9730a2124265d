package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.baton.etcd.internal.Change;
import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.etcd.internal.Transaction.Guard;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves for etcd, request by request, and what is made of each answer. */
class JetcdChannelTest {
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
    private static final String PREFIX = "/baton/orders/reconciler/";
    private static final String KEY = PREFIX + "abc";
    private static final ByteString END = text("/baton/orders/reconciler0");

    private final FakeEtcd etcd = new FakeEtcd();
    private final Channel channel = new JetcdClients(settings()).open(etcd.endpoint());

    JetcdChannelTest() throws IOException {}

    private Settings settings() {
        return new Settings(List.of(etcd.endpoint()), "/baton/", 0, Duration.ofSeconds(60), false, client -> {});
    }

    @AfterEach
    void close() {
        channel.close();
        etcd.close();
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static void until(String what, Callable<Boolean> condition) {
        await(what).atMost(Duration.ofSeconds(60)).until(condition);
    }

    private static <T> Reply<T> reply(Consumer<Consumer<Reply<T>>> call) {
        BlockingQueue<Reply<T>> replies = new LinkedBlockingQueue<>();
        call.accept(replies::add);
        try {
            return Objects.requireNonNull(replies.poll(60, TimeUnit.SECONDS), "a reply");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static <T> T done(Consumer<Consumer<Reply<T>>> call) {
        Reply<T> reply = reply(call);
        assertThat(reply).isInstanceOf(Reply.Done.class);
        return ((Reply.Done<T>) reply).value();
    }

    private TxnRequest sent(Transaction transaction) {
        Transaction.Result unused = done(then -> channel.transact(transaction, then));
        assertThat(etcd.transactions).hasSize(1);
        return etcd.transactions.get(0);
    }

    private static RequestOp range(RangeRequest.Builder range) {
        return RequestOp.newBuilder().setRequestRange(range).build();
    }

    private static RangeRequest.Builder get(boolean serializable) {
        return RangeRequest.newBuilder().setKey(text(KEY)).setSerializable(serializable);
    }

    private static RangeRequest.Builder first(boolean serializable) {
        return RangeRequest.newBuilder()
                .setKey(text(PREFIX))
                .setRangeEnd(END)
                .setLimit(1)
                .setSortOrder(RangeRequest.SortOrder.ASCEND)
                .setSortTarget(RangeRequest.SortTarget.CREATE)
                .setSerializable(serializable);
    }

    private static RangeRequest.Builder all(boolean serializable) {
        return RangeRequest.newBuilder().setKey(text(PREFIX)).setRangeEnd(END).setSerializable(serializable);
    }

    // -- what leaves --------------------------------------------------------------------------------------------------

    @Test
    void aTransactionComparesEachRevisionAndWritesOnTheLease() {
        TxnRequest sent = sent(new Transaction(
                List.of(Guard.absent(KEY), Guard.created("/s", 11), Guard.modified("/s", 12)),
                List.of(new Transaction.Put(KEY, "app-1", 0xabc), new Transaction.First(PREFIX)),
                List.of(new Transaction.Get(KEY), new Transaction.All(PREFIX))));
        assertThat(sent)
                .isEqualTo(TxnRequest.newBuilder()
                        .addCompare(compare(KEY)
                                .setTarget(Compare.CompareTarget.CREATE)
                                .setCreateRevision(0))
                        .addCompare(compare("/s")
                                .setTarget(Compare.CompareTarget.CREATE)
                                .setCreateRevision(11))
                        .addCompare(compare("/s")
                                .setTarget(Compare.CompareTarget.MOD)
                                .setModRevision(12))
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestPut(PutRequest.newBuilder()
                                        .setKey(text(KEY))
                                        .setValue(text("app-1"))
                                        .setLease(0xabc)))
                        .addSuccess(range(first(false)))
                        .addFailure(range(get(false)))
                        .addFailure(range(all(false)))
                        .build());
    }

    private static Compare.Builder compare(String key) {
        return Compare.newBuilder().setKey(text(key)).setResult(Compare.CompareResult.EQUAL);
    }

    @Test
    void aDeletionNamesOneKey() {
        TxnRequest sent = sent(new Transaction(
                List.of(Guard.created(KEY, 11)),
                List.of(new Transaction.Delete(KEY)),
                List.of(new Transaction.Get(KEY))));
        assertThat(sent.getSuccess(0).getRequestDeleteRange())
                .isEqualTo(DeleteRangeRequest.newBuilder().setKey(text(KEY)).build());
    }

    @Test
    void readsOfALocalTransactionAndNoOthersAreSerializable() {
        TxnRequest sent = sent(new Transaction(
                List.of(Guard.created(KEY, 11)),
                List.of(new Transaction.First(PREFIX), new Transaction.All(PREFIX)),
                List.of(new Transaction.Get(KEY)),
                true));
        assertThat(sent.getSuccessList()).containsExactly(range(first(true)), range(all(true)));
        assertThat(sent.getFailureList()).containsExactly(range(get(true)));
    }

    @Test
    void aLeaseIsAskedForWithItsTtlAndANumberOfTheServers() {
        Channel.Lease lease = done(then -> channel.grant(15, then));
        assertThat(etcd.grants)
                .containsExactly(LeaseGrantRequest.newBuilder().setTTL(15).build());
        assertThat(lease).isEqualTo(new Channel.Lease(0xabc, 17));
    }

    @Test
    void aRenewalNamesItsLeaseOnce() {
        Channel.KeptAlive kept = done(then -> channel.keepAlive(0xabc, then));
        assertThat(etcd.keepAlives)
                .containsExactly(LeaseKeepAliveRequest.newBuilder().setID(0xabc).build());
        assertThat(kept).isEqualTo(new Channel.KeptAlive(16, 7));
    }

    @Test
    void aRevocationNamesItsLease() {
        assertThat(JetcdChannelTest.<Long>done(then -> channel.revoke(0xabc, then)))
                .isEqualTo(0xabc);
        assertThat(etcd.revokes)
                .containsExactly(LeaseRevokeRequest.newBuilder().setID(0xabc).build());
    }

    @Test
    void theVersionIsAskedOfTheMemberThatIsMeant() throws IOException {
        try (FakeEtcd other = new FakeEtcd()) {
            assertThat(JetcdChannelTest.<String>done(then -> channel.version(other.endpoint(), then)))
                    .isEqualTo("3.6.6");
            assertThat(other.heads("Status")).hasSize(1);
            assertThat(etcd.heads("Status")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 43})
    void aWatchDemandsALeaderAndSaysWhereItBegins(long from) {
        Heard heard = watch(from);
        until("a watch", () -> etcd.watches.size() == 1);
        assertThat(etcd.watches.get(0).getCreateRequest())
                .isEqualTo(WatchCreateRequest.newBuilder()
                        .setKey(text(PREFIX))
                        .setRangeEnd(END)
                        .setStartRevision(from)
                        .setProgressNotify(true)
                        .build());
        FakeEtcd.Head head = etcd.heads("Watch").get(0);
        assertThat(head.metadata().get(HAS_LEADER)).isEqualTo("true");
        assertThat(heard.told).isEmpty();
    }

    @Test
    void whatCannotLeaveFailsInsteadOfWaitingForAConnection() {
        etcd.close();
        Reply<Transaction.Result> reply = reply(then -> channel.transact(anything(), then));
        assertThat(((Reply.Failed<?>) reply).why().kind()).isEqualTo(Failure.Kind.UNKNOWN);
    }

    @Test
    void aWriteIsAskedForOnceThoughItFails() {
        etcd.fails = Status.UNAVAILABLE.withDescription("etcdserver: leader changed");
        Reply<Transaction.Result> reply = reply(then -> channel.transact(anything(), then));
        assertThat(((Reply.Failed<?>) reply).why().kind()).isEqualTo(Failure.Kind.UNKNOWN);
        assertThat(etcd.transactions).hasSize(1);
        Reply<Channel.Lease> lease = reply(then -> channel.grant(15, then));
        assertThat(lease).isInstanceOf(Reply.Failed.class);
        assertThat(etcd.grants).hasSize(1);
    }

    // -- what is made of what comes -----------------------------------------------------------------------------------

    private static Transaction anything() {
        return new Transaction(
                List.of(Guard.absent(KEY)),
                List.of(new Transaction.Get(KEY), new Transaction.Get("/s")),
                List.of(new Transaction.Get(KEY)));
    }

    private static KeyValue stored(String key, String value, long created, long modified, long lease) {
        return KeyValue.newBuilder()
                .setKey(text(key))
                .setValue(text(value))
                .setCreateRevision(created)
                .setModRevision(modified)
                .setLease(lease)
                .setVersion(99)
                .build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTransactionsAnswerSaysWhetherItsGuardsHeldAndWhatWasFound(boolean succeeded) {
        etcd.answer = TxnResponse.newBuilder()
                .setHeader(FakeEtcd.header())
                .setSucceeded(succeeded)
                .addResponses(ResponseOp.newBuilder()
                        .setResponseRange(RangeResponse.newBuilder().addKvs(stored(KEY, "app-1", 31, 32, 0xabc))))
                .addResponses(ResponseOp.newBuilder().setResponseRange(RangeResponse.getDefaultInstance()))
                .build();
        Transaction.Result result = done(then -> channel.transact(anything(), then));
        assertThat(result)
                .isEqualTo(new Transaction.Result(
                        succeeded, 42, 7, List.of(List.of(new Entry(KEY, "app-1", 31, 32, 0xabc)), List.of())));
    }

    @Test
    void aLeaseThatIsGoneIsKeptForNoTime() {
        Reply<Channel.KeptAlive> reply = reply(then -> channel.keepAlive(0xdead, then));
        boolean gone = reply instanceof Reply.Done<Channel.KeptAlive> kept
                ? kept.value().ttlSeconds() <= 0
                : ((Reply.Failed<Channel.KeptAlive>) reply).why().kind() == Failure.Kind.LEASE_NOT_FOUND;
        assertThat(gone).as("%s", reply).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            RESOURCE_EXHAUSTED  | etcdserver: mvcc: database space exceeded                | NO_SPACE
            NOT_FOUND           | etcdserver: requested lease not found                    | LEASE_NOT_FOUND
            PERMISSION_DENIED   | etcdserver: permission denied                            | PERMISSION
            UNAVAILABLE         | etcdserver: no leader                                    | NO_LEADER
            UNAVAILABLE         | etcdserver: request timed out                            | UNKNOWN
            INVALID_ARGUMENT    | etcdserver: duplicate key given in txn request           | REFUSED
            RESOURCE_EXHAUSTED  | etcdserver: too many requests                            | REFUSED
            UNIMPLEMENTED       | HTTP status code 404                                     | UNKNOWN
            PERMISSION_DENIED   | RBAC: access denied                                      | UNKNOWN
            UNAUTHENTICATED     | HTTP status code 401                                     | UNKNOWN
            RESOURCE_EXHAUSTED  | gRPC message exceeds maximum size 4194304: 5000000       | UNKNOWN
            NOT_FOUND           | no such backend                                          | UNKNOWN
            """)
    void aFailureIsWhatEtcdItselfSays(Status.Code code, String words, Failure.Kind kind) {
        etcd.fails = code.toStatus().withDescription(words);
        Reply<Transaction.Result> reply = reply(then -> channel.transact(anything(), then));
        assertThat(reply).isInstanceOf(Reply.Failed.class);
        assertThat(((Reply.Failed<?>) reply).why().kind()).isEqualTo(kind);
        assertThat(((Reply.Failed<?>) reply).why().detail()).contains(words.strip());
    }

    private Heard watch(long from) {
        Heard heard = new Heard();
        Runnable unused = channel.watch(PREFIX, from, heard);
        return heard;
    }

    private Heard watched() {
        Heard heard = watch(0);
        until("a watch", () -> etcd.watches.size() == 1);
        say(WatchResponse.newBuilder().setCreated(true));
        until("created", () -> heard.told.contains("created 42"));
        return heard;
    }

    private void say(WatchResponse.Builder words) {
        etcd.watchers.get(0).onNext(words.setHeader(FakeEtcd.header()).build());
    }

    @Test
    void aWatchTellsOfEachChangeAtItsOwnRevision() {
        Heard heard = watched();
        say(WatchResponse.newBuilder()
                .addEvents(Event.newBuilder().setType(Event.EventType.PUT).setKv(stored(KEY, "app-1", 31, 33, 0xabc)))
                .addEvents(Event.newBuilder()
                        .setType(Event.EventType.DELETE)
                        .setKv(KeyValue.newBuilder().setKey(text(KEY)).setModRevision(34))));
        until("changes", () -> heard.changes.size() == 2);
        assertThat(heard.changes)
                .containsExactly(
                        new Change(KEY, 33, new Entry(KEY, "app-1", 31, 33, 0xabc)), new Change(KEY, 34, null));
        assertThat(heard.told).containsExactly("created 42", "changed 34");
    }

    @Test
    void aWatchTellsOfAnEndAndWhy() {
        Heard heard = watched();
        say(WatchResponse.newBuilder()
                .setCanceled(true)
                .setCompactRevision(40)
                .setCancelReason("etcdserver: mvcc: required revision has been compacted"));
        until("an end", () -> !heard.ends.isEmpty());
        assertThat(heard.ends.get(0).kind()).isEqualTo(Failure.Kind.COMPACTED);
    }

    @Test
    void aWatchWithoutALeaderSaysSo() {
        Heard heard = watched();
        etcd.watchers
                .get(0)
                .onError(Status.UNAVAILABLE
                        .withDescription("etcdserver: no leader")
                        .asRuntimeException());
        until("an end", () -> !heard.ends.isEmpty());
        assertThat(heard.ends.get(0).kind()).isEqualTo(Failure.Kind.NO_LEADER);
    }

    /** Writes down what it hears. */
    private static final class Heard implements Channel.Watcher {
        private final List<String> told = new CopyOnWriteArrayList<>();
        private final List<Change> changes = new CopyOnWriteArrayList<>();
        private final List<Failure> ends = new CopyOnWriteArrayList<>();

        @Override
        public void created(long revision) {
            told.add("created " + revision);
        }

        @Override
        public void changed(List<Change> all, long revision) {
            told.add("changed " + revision);
            changes.addAll(new ArrayList<>(all));
        }

        @Override
        public void ended(Failure why) {
            ends.add(why);
        }
    }
}
