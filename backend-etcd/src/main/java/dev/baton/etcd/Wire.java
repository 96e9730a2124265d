package dev.baton.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.internal.Linkage;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel, with a timeout for each request (rule 7.1). The first request that is not answered, or whose outcome is
 * unknown, breaks the wire: all other requests under way fail as well, and no request is sent on it again (rule 7.2). In
 * the lane, where all answers arrive too.
 */
final class Wire {
    /**
     * The limit of transactions under way, besides those on which all claims depend. On a new lease, thousands of elections
     * write at once, and the last in a queue of the client library's would time out.
     */
    private static final int MAX_UNDER_WAY = 128;

    private static final Reply<Transaction.Result> GIVEN_UP =
            Reply.failed(Failure.Kind.UNKNOWN, "the connection was given up");

    private final Timekeeper time;
    private final Channel channel;
    private final Duration timeout;
    private final Duration connecting;
    private final BiConsumer<Wire, Failure> broken;
    private final Set<Sent<?>> underWay = new LinkedHashSet<>();
    private final Queue<Waiting> sooner = new ArrayDeque<>();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private int transactions;
    private boolean answered;
    private boolean served;
    private boolean over;

    private record Waiting(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {}

    /**
     * @param timeout of a request
     * @param connecting the timeout before the first answer, while the client connects
     * @param broken receives the wire once, when it breaks; the receiver abandons it
     */
    Wire(Timekeeper time, Channel channel, Duration timeout, Duration connecting, BiConsumer<Wire, Failure> broken) {
        this.time = time;
        this.channel = channel;
        this.timeout = timeout;
        this.connecting = connecting;
        this.broken = broken;
    }

    String endpoint() {
        return channel.endpoint();
    }

    /** Whether a request was ever answered, other than for the version, which uses a connection of its own. */
    boolean hasAnswered() {
        return answered;
    }

    /**
     * Whether a transaction was carried out: a member without a leader answers with its version, and may even renew leases.
     */
    boolean hasServed() {
        return served;
    }

    void version(String endpoint, Consumer<Reply<String>> then) {
        // A missing answer of another member is no fault of this channel.
        boolean own = endpoint.equals(channel.endpoint());
        send("read its version", own, false, answer -> channel.version(endpoint, answer), then, null);
    }

    /** @param late receives a lease that was granted after the request timed out */
    void grant(long ttlSeconds, Consumer<Reply<Channel.Lease>> then, Consumer<Channel.Lease> late) {
        send("grant a lease", true, true, answer -> channel.grant(ttlSeconds, answer), then, late);
    }

    void keepAlive(long lease, Consumer<Reply<Channel.KeptAlive>> then) {
        send("renew a lease", true, true, answer -> channel.keepAlive(lease, answer), then, null);
    }

    void revoke(long lease, Consumer<Reply<Long>> then) {
        send("revoke a lease", true, true, answer -> channel.revoke(lease, answer), then, null);
    }

    /** Sends the transaction after earlier ones, and within the limit of {@link #MAX_UNDER_WAY}. */
    void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
        queue(waiting, new Waiting(transaction, then));
    }

    /**
     * Sends the transaction before those: it ends a term for which a standby waits, or begins that standby's (rule 8.4).
     */
    void transactSooner(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
        queue(sooner, new Waiting(transaction, then));
    }

    private void queue(Queue<Waiting> queue, Waiting last) {
        if (over) {
            last.then().accept(GIVEN_UP);
            return;
        }
        queue.add(last);
        sendWaiting();
    }

    private void sendWaiting() {
        while (!over && transactions < MAX_UNDER_WAY && !(sooner.isEmpty() && waiting.isEmpty())) {
            Waiting next = sooner.isEmpty() ? waiting.remove() : sooner.remove();
            transactions++;
            transactNow(next.transaction(), reply -> {
                transactions--;
                next.then().accept(reply);
                sendWaiting();
            });
        }
    }

    /** Sends the transaction before all others: all claims depend on it. */
    void transactNow(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
        Consumer<Reply<Transaction.Result>> noted = reply -> {
            served |= reply instanceof Reply.Done<Transaction.Result>;
            then.accept(reply);
        };
        send("carry out a transaction", true, true, answer -> channel.transact(transaction, answer), noted, null);
    }

    Runnable watch(String prefix, long from, Channel.Watcher watcher) {
        return channel.watch(prefix, from, watcher);
    }

    private <T> void send(
            String what,
            boolean proves,
            boolean counts,
            Consumer<Consumer<Reply<T>>> call,
            Consumer<Reply<T>> then,
            @Nullable Consumer<T> late) {
        if (over) {
            then.accept(Reply.failed(Failure.Kind.UNKNOWN, "the connection was given up"));
            return;
        }
        Sent<T> sent = new Sent<>(what, proves, counts, then, late);
        underWay.add(sent);
        try {
            call.accept(reply -> time.execute(() -> sent.answered(reply)));
        } catch (Throwable e) {
            sent.answered(Reply.failed(Failure.Kind.UNKNOWN, Printable.text(Linkage.describe(e))));
        }
    }

    /** Fails the requests under way. The caller closes the channel, outside the lane. */
    Channel abandon(Failure why) {
        over = true;
        List<Sent<?>> left = new ArrayList<>(underWay);
        underWay.clear();
        left.forEach(sent -> sent.fail(why));
        List<Waiting> unsent = new ArrayList<>(sooner);
        unsent.addAll(waiting);
        sooner.clear();
        waiting.clear();
        unsent.forEach(each -> each.then().accept(GIVEN_UP));
        return channel;
    }

    private final class Sent<T> {
        private final String what;
        private final boolean proves;
        private final boolean counts;
        private final Consumer<Reply<T>> then;
        private final @Nullable Consumer<T> late;
        private final Timekeeper.Timer timer;
        private boolean done;

        /**
         * @param proves whether its failure breaks the wire
         * @param counts whether its success shows that the wire is connected
         */
        Sent(String what, boolean proves, boolean counts, Consumer<Reply<T>> then, @Nullable Consumer<T> late) {
            this.what = what;
            this.proves = proves;
            this.counts = counts;
            this.then = then;
            this.late = late;
            this.timer = time.schedule(answered ? timeout : connecting, this::timedOut);
        }

        private void timedOut() {
            if (!done) {
                settle(Reply.failed(Failure.Kind.UNKNOWN, endpoint() + " timed out while trying to " + what));
            }
        }

        void fail(Failure why) {
            if (!done) {
                done = true;
                timer.cancel();
                then.accept(new Reply.Failed<>(new Failure(Failure.Kind.UNKNOWN, why.detail())));
            }
        }

        void answered(Reply<T> reply) {
            if (!done) {
                settle(reply);
            } else if (late != null && reply instanceof Reply.Done<T> tooLate) {
                late.accept(tooLate.value());
            }
        }

        private void settle(Reply<T> reply) {
            done = true;
            timer.cancel();
            underWay.remove(this);
            boolean breaks = !over && proves && reply instanceof Reply.Failed<T> failed && endsTheWire(failed.why());
            answered |= counts && reply instanceof Reply.Done<T>;
            // Settled before the receiver of the answer sends the next request.
            over |= breaks;
            then.accept(reply);
            if (breaks && reply instanceof Reply.Failed<T> failed) {
                broken.accept(Wire.this, failed.why());
            }
        }
    }

    private static boolean endsTheWire(Failure why) {
        return switch (why.kind()) {
            case UNKNOWN, NO_LEADER, UNTRUSTED, CREDENTIALS, STALE_TOKEN -> true;
            case PERMISSION, LEASE_NOT_FOUND, NO_SPACE, COMPACTED, REFUSED -> false;
        };
    }
}
