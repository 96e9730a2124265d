package dev.baton.simulation.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.etcd.internal.Transaction.Guard;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A channel as it is, for mutants to change one thing about it. They know requests by their shape. */
public abstract class Misbehaving implements Channel {
    private static final String SENTINELS = "/.session/";

    private final Channel right;

    Misbehaving(Channel right) {
        this.right = right;
    }

    @Override
    public String endpoint() {
        return right.endpoint();
    }

    @Override
    public void version(String endpoint, Consumer<Reply<String>> then) {
        right.version(endpoint, then);
    }

    @Override
    public void grant(long ttlSeconds, Consumer<Reply<Lease>> then) {
        right.grant(ttlSeconds, then);
    }

    @Override
    public void keepAlive(long lease, Consumer<Reply<KeptAlive>> then) {
        right.keepAlive(lease, then);
    }

    @Override
    public void revoke(long lease, Consumer<Reply<Long>> then) {
        right.revoke(lease, then);
    }

    @Override
    public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
        right.transact(transaction, then);
    }

    @Override
    public Runnable watch(String prefix, long from, Watcher watcher) {
        return right.watch(prefix, from, watcher);
    }

    @Override
    public void close() {
        right.close();
    }

    private static boolean isSentinel(String key) {
        return key.contains(SENTINELS);
    }

    /** What confirms a keepAlive, or changes the ticket: it compares the sentinel and nothing else. */
    private static boolean isOfTheSentinel(Transaction transaction) {
        List<Guard> guards = transaction.guards();
        return !guards.isEmpty()
                && guards.stream().allMatch(guard -> isSentinel(guard.key()))
                && guards.get(0).revision() != 0;
    }

    private static boolean writes(Transaction transaction) {
        return transaction.then().get(0) instanceof Transaction.Put;
    }

    /** What writes a candidate's key. */
    private static boolean enters(Transaction transaction) {
        return transaction.then().get(0) instanceof Transaction.Put put && !isSentinel(put.key());
    }

    private static boolean releases(Transaction transaction) {
        return transaction.then().get(0) instanceof Transaction.Delete;
    }

    /** What asks for the first in line, and for one's own key. */
    private static boolean asksForTheFirst(Transaction transaction) {
        return transaction.then().get(0) instanceof Transaction.First
                && !transaction.guards().isEmpty();
    }

    private static Reply<Transaction.Result> changed(
            Reply<Transaction.Result> reply, UnaryOperator<Transaction.Result> change) {
        return reply instanceof Reply.Done<Transaction.Result> done
                ? new Reply.Done<>(change.apply(done.value()))
                : reply;
    }

    /** Does not ask for the sentinel, other than for the first keepAlive, and takes it to stand. */
    public static final class Trusting extends Misbehaving {
        private final Timekeeper time;
        private boolean confirming;
        private long written;
        private long term;

        public Trusting(Channel right, Timekeeper time) {
            super(right);
            this.time = time;
        }

        @Override
        public void keepAlive(long lease, Consumer<Reply<KeptAlive>> then) {
            super.keepAlive(lease, reply -> {
                if (reply instanceof Reply.Done<KeptAlive> done) {
                    term = done.value().raftTerm();
                }
                confirming = true;
                then.accept(reply);
                confirming = false;
            });
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
            if (!isOfTheSentinel(transaction)) {
                super.transact(transaction, then);
            } else if (confirming && written > 0) {
                Guard stands = transaction.guards().get(0);
                Entry entry = new Entry(stands.key(), "", stands.revision(), written, 1);
                Transaction.Result result = new Transaction.Result(true, written, term, List.of(List.of(entry)));
                time.execute(() -> then.accept(new Reply.Done<>(result)));
            } else {
                super.transact(transaction, reply -> {
                    if (reply instanceof Reply.Done<Transaction.Result> done
                            && done.value().succeeded()) {
                        written = writes(transaction)
                                ? done.value().revision()
                                : done.value().found().get(0).get(0).modified();
                    }
                    then.accept(reply);
                });
            }
        }
    }

    /** Asks for the sentinel, and takes whoever confirms it to lead in the term in which the lease was renewed. */
    public static final class Termless extends Misbehaving {
        private long term;

        public Termless(Channel right) {
            super(right);
        }

        @Override
        public void keepAlive(long lease, Consumer<Reply<KeptAlive>> then) {
            super.keepAlive(lease, reply -> {
                if (reply instanceof Reply.Done<KeptAlive> done) {
                    term = done.value().raftTerm();
                }
                then.accept(reply);
            });
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
            super.transact(
                    transaction,
                    reply -> then.accept(isOfTheSentinel(transaction) ? changed(reply, this::renewed) : reply));
        }

        private Transaction.Result renewed(Transaction.Result result) {
            return new Transaction.Result(result.succeeded(), result.revision(), term, result.found());
        }
    }

    /** Takes itself for the first. */
    public static final class Presuming extends Misbehaving {
        private final Timekeeper time;

        public Presuming(Channel right, Timekeeper time) {
            super(right);
            this.time = time;
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
            if (asksForTheFirst(transaction)) {
                Guard own = transaction.guards().get(0);
                long lease =
                        Long.parseUnsignedLong(own.key().substring(own.key().lastIndexOf('/') + 1), 16);
                Entry entry = new Entry(own.key(), "", own.revision(), own.revision(), lease);
                Transaction.Result first = new Transaction.Result(true, 0, 0, List.of(List.of(entry)));
                time.execute(() -> then.accept(new Reply.Done<>(first)));
            } else {
                super.transact(transaction, then);
            }
        }
    }

    /** Writes keys without comparing the ticket. */
    public static final class Ticketless extends Misbehaving {
        public Ticketless(Channel right) {
            super(right);
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
            List<Guard> guards = transaction.guards().stream()
                    .filter(guard -> guard.of() != Guard.Of.MODIFIED)
                    .toList();
            super.transact(
                    enters(transaction)
                            ? new Transaction(guards, transaction.then(), transaction.otherwise())
                            : transaction,
                    then);
        }
    }

    /** Takes a key for not written when nothing is heard for a while. */
    public static final class Sure extends Misbehaving {
        private static final Duration PATIENCE = Duration.ofMillis(450);

        private final Timekeeper time;

        public Sure(Channel right, Timekeeper time) {
            super(right);
            this.time = time;
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
            if (!enters(transaction)) {
                super.transact(transaction, then);
                return;
            }
            Reply<Transaction.Result> failed = Reply.failed(Failure.Kind.REFUSED, "nothing was heard");
            AtomicBoolean told = new AtomicBoolean();
            Consumer<Reply<Transaction.Result>> once = reply -> {
                if (told.compareAndSet(false, true)) {
                    boolean unknown = reply instanceof Reply.Failed<Transaction.Result> why
                            && why.why().isUnknown();
                    then.accept(unknown ? failed : reply);
                }
            };
            time.schedule(PATIENCE, () -> once.accept(failed));
            super.transact(transaction, once);
        }
    }

    /** Leaves its key where it is, and takes it for the next claim's. */
    public static final class Adopting extends Misbehaving {
        public Adopting(Channel right) {
            super(right);
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
            if (releases(transaction)) {
                List<Transaction.Op> look = transaction.otherwise();
                super.transact(new Transaction(transaction.guards(), look, look), then);
            } else {
                super.transact(
                        transaction,
                        reply -> then.accept(enters(transaction) ? changed(reply, Adopting::adopted) : reply));
            }
        }

        private static Transaction.Result adopted(Transaction.Result result) {
            boolean stands = !result.succeeded() && !result.found().get(0).isEmpty();
            return stands
                    ? new Transaction.Result(
                            true,
                            result.found().get(0).get(0).created(),
                            result.raftTerm(),
                            List.of(result.found().get(0)))
                    : result;
        }
    }

    /** Does not revoke leases. */
    public static final class Forgetful extends Misbehaving {
        private final Timekeeper time;

        public Forgetful(Channel right, Timekeeper time) {
            super(right);
            this.time = time;
        }

        @Override
        public void revoke(long lease, Consumer<Reply<Long>> then) {
            time.execute(() -> then.accept(new Reply.Done<>(lease)));
        }
    }

    /** A channel whose failures are changed. */
    private abstract static class Construing extends Misbehaving {
        Construing(Channel right) {
            super(right);
        }

        private static <T> Consumer<Reply<T>> construed(Consumer<Reply<T>> then, UnaryOperator<Reply<T>> meaning) {
            return reply -> then.accept(reply instanceof Reply.Failed<T> ? meaning.apply(reply) : reply);
        }

        static boolean saysOneOf(Reply<?> reply, Set<Failure.Kind> kinds) {
            return reply instanceof Reply.Failed<?> failed
                    && kinds.contains(failed.why().kind());
        }

        /** What a failed transaction is taken for. */
        Reply<Transaction.Result> meaning(Transaction transaction, Reply<Transaction.Result> failed) {
            return failed;
        }

        /** What a failed revocation is taken for. */
        Reply<Long> meaning(long lease, Reply<Long> failed) {
            return failed;
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
            super.transact(transaction, construed(then, reply -> meaning(transaction, reply)));
        }

        @Override
        public void revoke(long lease, Consumer<Reply<Long>> then) {
            super.revoke(lease, construed(then, reply -> meaning(lease, reply)));
        }
    }

    /** Takes a lease to be gone that may not be revoked. */
    public static final class Dismissed extends Construing {
        public Dismissed(Channel right) {
            super(right);
        }

        @Override
        Reply<Long> meaning(long lease, Reply<Long> failed) {
            return saysOneOf(failed, Set.of(Failure.Kind.PERMISSION, Failure.Kind.REFUSED))
                    ? new Reply.Done<>(lease)
                    : failed;
        }
    }

    /** Believes whoever says that there is nothing: it is the servers' lease that is not found. */
    public static final class Gullible extends Construing {
        public Gullible(Channel right) {
            super(right);
        }

        private static <T> Reply<T> believed(Reply<T> failed) {
            boolean stray =
                    failed instanceof Reply.Failed<T> why && why.why().detail().equals(SimulatedChannel.NOT_OURS);
            return stray ? Reply.failed(Failure.Kind.LEASE_NOT_FOUND, SimulatedChannel.NOT_OURS) : failed;
        }

        @Override
        Reply<Transaction.Result> meaning(Transaction transaction, Reply<Transaction.Result> failed) {
            return believed(failed);
        }

        @Override
        Reply<Long> meaning(long lease, Reply<Long> failed) {
            return believed(failed);
        }
    }

    /** Takes a key for not written, for certain, that a full database refused. */
    public static final class Filled extends Construing {
        public Filled(Channel right) {
            super(right);
        }

        @Override
        Reply<Transaction.Result> meaning(Transaction transaction, Reply<Transaction.Result> failed) {
            return enters(transaction) && saysOneOf(failed, Set.of(Failure.Kind.NO_SPACE))
                    ? Reply.failed(Failure.Kind.LEASE_NOT_FOUND, "the database is full")
                    : failed;
        }
    }

    /** Takes a sentinel for gone that could not be written or read. */
    public static final class Despairing extends Construing {
        public Despairing(Channel right) {
            super(right);
        }

        @Override
        Reply<Transaction.Result> meaning(Transaction transaction, Reply<Transaction.Result> failed) {
            Set<Failure.Kind> refusals = Set.of(Failure.Kind.PERMISSION, Failure.Kind.NO_SPACE, Failure.Kind.REFUSED);
            return isOfTheSentinel(transaction) && saysOneOf(failed, refusals)
                    ? new Reply.Done<>(new Transaction.Result(false, Long.MAX_VALUE, 0, List.of(List.of())))
                    : failed;
        }
    }

    /** Does not ask again who is in line once it was refused. */
    public static final class Resigned extends Construing {
        private final Timekeeper time;
        private @Nullable Reply<Transaction.Result> refused;

        public Resigned(Channel right, Timekeeper time) {
            super(right);
            this.time = time;
        }

        @Override
        Reply<Transaction.Result> meaning(Transaction transaction, Reply<Transaction.Result> failed) {
            if (lists(transaction) && saysOneOf(failed, Set.of(Failure.Kind.PERMISSION))) {
                refused = failed;
            }
            return failed;
        }

        private static boolean lists(Transaction transaction) {
            Transaction.Op step = transaction.then().get(0);
            return step instanceof Transaction.All || step instanceof Transaction.First;
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
            Reply<Transaction.Result> before = refused;
            if (before != null && lists(transaction)) {
                time.execute(() -> then.accept(before));
            } else {
                super.transact(transaction, then);
            }
        }
    }

    /** Does not see its own key, which a request that was repeated has met. */
    public static final class Estranged extends Misbehaving {
        public Estranged(Channel right) {
            super(right);
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then) {
            super.transact(
                    transaction, reply -> then.accept(enters(transaction) ? changed(reply, Estranged::unseen) : reply));
        }

        private static Transaction.Result unseen(Transaction.Result result) {
            return result.succeeded()
                    ? result
                    : new Transaction.Result(
                            false,
                            result.revision(),
                            result.raftTerm(),
                            List.of(List.of(), result.found().get(1)));
        }
    }
}
