package dev.baton.simulation.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A channel to one member. Requests and answers overtake one another, are lost, and arrive late; none arrives twice. */
final class SimulatedChannel implements Channel {
    /** What gRPC makes of the answer of a balancer that has no server behind it. */
    static final String NOT_OURS = "HTTP status code 404";

    private final Surroundings world;
    private final Cluster cluster;
    private final Host process;
    private final Member member;
    private boolean closed;

    SimulatedChannel(Surroundings world, Cluster cluster, Host process, Member member) {
        this.world = world;
        this.cluster = cluster;
        this.process = process;
        this.member = member;
    }

    @Override
    public String endpoint() {
        return member.endpoint();
    }

    /** What happens to a request once it has arrived. */
    private interface Arrival<T> {
        void handle(Cluster.Answer<T> answer);
    }

    private <T> void up(Consumer<Reply<T>> then, Arrival<T> arrival) {
        process.called();
        carry(() -> arrive(then, arrival));
    }

    private <T> void arrive(Consumer<Reply<T>> then, Arrival<T> arrival) {
        Cluster.Answer<T> right = (reply, later) -> down(then, reply, later);
        Reply<T> stray = Reply.failed(Failure.Kind.UNKNOWN, NOT_OURS);
        switch (world.between()) {
            case PASSES -> arrival.handle(right);
            case ANSWERS -> right.give(stray, 0);
            case ANSWERS_AFTER -> arrival.handle((lost, later) -> right.give(stray, later));
            case REPEATS -> arrival.handle((lost, later) -> world.at(world.now() + later, () -> arrival.handle(right)));
        }
    }

    private void carry(Runnable arrival) {
        if (cluster.reach(process, member) && !world.losesRequest()) {
            world.at(world.now() + world.requestDelay(), arrival);
        }
    }

    /** A write, that the servers may turn away. */
    private <T> void upToWrite(Consumer<Reply<T>> then, Arrival<T> arrival) {
        up(then, answer -> {
            if (world.isBusy()) {
                answer.give(throttled(), 0);
            } else {
                arrival.handle(answer);
            }
        });
    }

    private static <T> Reply<T> throttled() {
        return Reply.failed(Failure.Kind.REFUSED, "etcdserver: too many requests");
    }

    private static <T> Reply<T> denied() {
        return Reply.failed(Failure.Kind.PERMISSION, "etcdserver: permission denied");
    }

    private <T> void down(Consumer<Reply<T>> then, Reply<T> reply) {
        down(then, reply, 0);
    }

    private <T> void down(Consumer<Reply<T>> then, Reply<T> reply, long later) {
        if (!cluster.reach(process, member) || world.losesReply()) {
            return;
        }
        Reply<T> told =
                world.failsAfterCommit() ? Reply.failed(Failure.Kind.UNKNOWN, "the connection was reset") : reply;
        process.at(world.now() + later + world.replyDelay(), () -> {
            if (!closed) {
                then.accept(told);
            }
        });
    }

    @Override
    public void version(String endpoint, Consumer<Reply<String>> then) {
        if (!process.isCutOff() && !cluster.reach(process, member)) {
            process.at(
                    world.now() + world.replyDelay(),
                    () -> then.accept(Reply.failed(Failure.Kind.UNKNOWN, "no route to host")));
            return;
        }
        // No call to the store: a member answers this by itself, and is asked once for each connection.
        carry(() -> down(then, new Reply.Done<>(cluster.version())));
    }

    @Override
    public void grant(long ttlSeconds, Consumer<Reply<Lease>> then) {
        upToWrite(then, answer -> {
            if (cluster.isFull()) {
                answer.give(full(), 0);
            } else {
                cluster.grant(member, process, ttlSeconds, answer);
            }
        });
    }

    private static <T> Reply<T> full() {
        return Reply.failed(Failure.Kind.NO_SPACE, "etcdserver: mvcc: database space exceeded");
    }

    @Override
    public void keepAlive(long lease, Consumer<Reply<KeptAlive>> then) {
        up(then, answer -> cluster.keepAlive(member, lease, answer));
    }

    @Override
    public void revoke(long lease, Consumer<Reply<Long>> then) {
        cluster.givesUp(lease);
        up(then, answer -> {
            if (world.isThrottled()) {
                answer.give(throttled(), 0);
            } else if (cluster.deniesRevoking(lease)) {
                answer.give(denied(), 0);
            } else {
                cluster.revoke(member, lease, answer);
            }
        });
    }

    @Override
    public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
        int withdrawals = process.withdrawals();
        Arrival<Transaction.Result> arrival = answer -> {
            if (cluster.denies(transaction)) {
                answer.give(denied(), 0);
            } else if (cluster.isFull() && !puts(transaction).isEmpty()) {
                answer.give(full(), 0);
            } else if (cluster.fills(puts(transaction))) {
                cluster.transact(
                        member, process, transaction, withdrawals, (done, later) -> answer.give(full(), later));
            } else {
                cluster.transact(member, process, transaction, withdrawals, answer);
            }
        };
        if (transaction.mayWrite()) {
            upToWrite(then, arrival);
        } else {
            up(then, arrival);
        }
    }

    /** The keys for which it needs space, whichever branch is taken: to delete needs none. */
    private static List<String> puts(Transaction transaction) {
        List<String> keys = new ArrayList<>();
        for (List<Transaction.Op> steps : List.of(transaction.then(), transaction.otherwise())) {
            for (Transaction.Op step : steps) {
                if (step instanceof Transaction.Put put) {
                    keys.add(put.key());
                }
            }
        }
        return keys;
    }

    @Override
    public Runnable watch(String prefix, long from, Watcher watcher) {
        Watching watching = new Watching();
        process.called();
        carry(() -> {
            if (!watching.ended) {
                watching.stream = cluster.watch(member, process, prefix, from, watcher);
            }
        });
        return () -> {
            watching.ended = true;
            Stream stream = watching.stream;
            if (stream != null) {
                member.remove(stream);
                stream.fallSilent();
            }
        };
    }

    /** A watch as its client knows it. */
    private static final class Watching {
        private @org.jspecify.annotations.Nullable Stream stream;
        private boolean ended;
    }

    @Override
    public void close() {
        closed = true;
    }
}
