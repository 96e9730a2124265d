package dev.baton.simulation.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import java.util.function.Consumer;

/** A channel to one member. Requests and answers overtake one another, are lost, and arrive late; none arrives twice. */
final class SimulatedChannel implements Channel {
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

    private void up(Runnable arrival) {
        process.called();
        carry(arrival);
    }

    private void carry(Runnable arrival) {
        if (cluster.reach(process, member) && !world.losesRequest()) {
            world.at(world.now() + world.requestDelay(), arrival);
        }
    }

    /** A write, that the servers may turn away. */
    private <T> void upToWrite(Consumer<Reply<T>> then, Runnable arrival) {
        up(() -> {
            if (world.isBusy()) {
                down(then, Reply.failed(Failure.Kind.REFUSED, "etcdserver: too many requests"));
            } else {
                arrival.run();
            }
        });
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
        upToWrite(then, () -> cluster.grant(member, process, ttlSeconds, (reply, later) -> down(then, reply, later)));
    }

    @Override
    public void keepAlive(long lease, Consumer<Reply<KeptAlive>> then) {
        up(() -> cluster.keepAlive(member, lease, (reply, later) -> down(then, reply, later)));
    }

    @Override
    public void revoke(long lease, Consumer<Reply<Long>> then) {
        cluster.givesUp(lease);
        up(() -> cluster.revoke(member, lease, (reply, later) -> down(then, reply, later)));
    }

    @Override
    public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
        int withdrawals = process.withdrawals();
        Runnable arrival = () -> {
            if (cluster.denies(transaction)) {
                down(then, Reply.failed(Failure.Kind.PERMISSION, "etcdserver: permission denied"));
                return;
            }
            cluster.transact(member, process, transaction, withdrawals, (reply, later) -> down(then, reply, later));
        };
        if (transaction.mayWrite()) {
            upToWrite(then, arrival);
        } else {
            up(arrival);
        }
    }

    @Override
    public Runnable watch(String prefix, long from, Watcher watcher) {
        Watching watching = new Watching();
        up(() -> {
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
