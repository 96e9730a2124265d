package dev.baton.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.etcd.internal.Change;
import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** A channel by means of one jetcd client. */
record JetcdChannel(String endpoint, Client client) implements Channel {
    @Override
    public void version(String endpoint, Consumer<Reply<String>> then) {
        tell(
                client.getMaintenanceClient().statusMember(JetcdClients.target(endpoint)),
                status -> status.getVersion(),
                then);
    }

    @Override
    public void grant(long ttlSeconds, Consumer<Reply<Lease>> then) {
        tell(client.getLeaseClient().grant(ttlSeconds), lease -> new Lease(lease.getID(), lease.getTTL()), then);
    }

    @Override
    public void keepAlive(long lease, Consumer<Reply<KeptAlive>> then) {
        tell(
                client.getLeaseClient().keepAliveOnce(lease),
                kept -> new KeptAlive(kept.getTTL(), kept.getHeader().getRaftTerm()),
                then);
    }

    @Override
    public void revoke(long lease, Consumer<Reply<Long>> then) {
        tell(client.getLeaseClient().revoke(lease), revoked -> lease, then);
    }

    @Override
    public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
        tell(
                client.getKVClient()
                        .txn()
                        .If(transaction.guards().stream()
                                .map(JetcdChannel::guard)
                                .toArray(Cmp[]::new))
                        .Then(ops(transaction.then(), transaction.local()))
                        .Else(ops(transaction.otherwise(), transaction.local()))
                        .commit(),
                JetcdChannel::result,
                then);
    }

    @Override
    public Runnable watch(String prefix, long from, Watcher watcher) {
        WatchOption option = WatchOption.builder()
                .isPrefix(true)
                .withRevision(from)
                .withCreateNotify(true)
                .withProgressNotify(true)
                .withRequireLeader(true)
                .build();
        Watch.Watcher watching = client.getWatchClient().watch(bytes(prefix), option, new Listener(watcher));
        return watching::close;
    }

    @Override
    public void close() {
        client.close();
    }

    private static <T, R> void tell(CompletableFuture<T> answer, Function<T, R> read, Consumer<Reply<R>> then) {
        CompletableFuture<T> unused = answer.whenComplete((value, thrown) -> {
            if (thrown == null) {
                then.accept(new Reply.Done<>(read.apply(value)));
            } else {
                then.accept(new Reply.Failed<>(Failures.of(thrown)));
            }
        });
    }

    private static Cmp guard(Transaction.Guard guard) {
        CmpTarget<?> target = switch (guard.of()) {
            case CREATED -> CmpTarget.createRevision(guard.revision());
            case MODIFIED -> CmpTarget.modRevision(guard.revision());
        };
        return new Cmp(bytes(guard.key()), Cmp.Op.EQUAL, target);
    }

    private static Op[] ops(List<Transaction.Op> steps, boolean local) {
        return steps.stream().map(step -> op(step, local)).toArray(Op[]::new);
    }

    /** @param local etcd answers a transaction from the member's own state if all reads in it are serializable */
    private static Op op(Transaction.Op op, boolean local) {
        if (op instanceof Transaction.Put put) {
            PutOption onLease = PutOption.builder().withLeaseId(put.lease()).build();
            return Op.put(bytes(put.key()), bytes(put.value()), onLease);
        } else if (op instanceof Transaction.Delete delete) {
            return Op.delete(bytes(delete.key()), DeleteOption.DEFAULT);
        } else if (op instanceof Transaction.Get get) {
            return Op.get(
                    bytes(get.key()),
                    GetOption.builder().withSerializable(local).build());
        } else if (op instanceof Transaction.First first) {
            GetOption oldest = GetOption.builder()
                    .isPrefix(true)
                    .withSortField(GetOption.SortTarget.CREATE)
                    .withSortOrder(GetOption.SortOrder.ASCEND)
                    .withLimit(1)
                    .withSerializable(local)
                    .build();
            return Op.get(bytes(first.prefix()), oldest);
        } else if (op instanceof Transaction.All all) {
            return Op.get(
                    bytes(all.prefix()),
                    GetOption.builder().isPrefix(true).withSerializable(local).build());
        }
        throw new IllegalArgumentException("not an operation: " + op);
    }

    private static Transaction.Result result(TxnResponse answer) {
        return new Transaction.Result(
                answer.isSucceeded(),
                answer.getHeader().getRevision(),
                answer.getHeader().getRaftTerm(),
                answer.getGetResponses().stream().map(JetcdChannel::entries).toList());
    }

    private static List<Entry> entries(GetResponse found) {
        return found.getKvs().stream().map(JetcdChannel::entry).toList();
    }

    private static Entry entry(KeyValue kv) {
        return new Entry(
                kv.getKey().toString(UTF_8),
                kv.getValue().toString(UTF_8),
                kv.getCreateRevision(),
                kv.getModRevision(),
                kv.getLease());
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }

    /** Adapts jetcd's listener. jetcd calls it for one event at a time. */
    private record Listener(Watcher watcher) implements Watch.Listener {
        @Override
        public void onNext(WatchResponse response) {
            long revision = response.getHeader().getRevision();
            if (response.isCreatedNotify()) {
                watcher.created(revision);
                return;
            }
            List<Change> changes =
                    response.getEvents().stream().map(Listener::change).toList();
            // A member that catches up sends old changes under a new header.
            long last = changes.stream().mapToLong(Change::revision).max().orElse(revision);
            watcher.changed(changes, last);
        }

        private static Change change(WatchEvent event) {
            KeyValue kv = event.getKeyValue();
            boolean deleted = event.getEventType() == WatchEvent.EventType.DELETE;
            return new Change(kv.getKey().toString(UTF_8), kv.getModRevision(), deleted ? null : entry(kv));
        }

        @Override
        public void onError(Throwable thrown) {
            watcher.ended(Failures.ofWatch(thrown));
        }

        @Override
        public void onCompleted() {
            watcher.ended(new Failure(Failure.Kind.UNKNOWN, "the server ended the watch"));
        }
    }
}
