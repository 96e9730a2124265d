package dev.baton.etcd;

import dev.baton.etcd.internal.Change;
import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Clients;
import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A store with etcd's semantics, as far as elections go, whose answers can be lost and whose requests can be held up.
 * Leases end only when the test revokes them.
 */
final class MemoryEtcd implements Clients {
    static final Duration ROUND_TRIP = Duration.ofMillis(2);

    private final VirtualRuntime time;
    private final List<String> endpoints;
    final Map<String, Entry> keys = new TreeMap<>();
    final Map<Long, Long> leases = new TreeMap<>();
    final List<Channel> opened = new ArrayList<>();
    final List<Transaction> asked = new ArrayList<>();
    /** From which revision each watch was asked for. */
    final List<Long> watchedFrom = new ArrayList<>();

    /** What hears of each watch that was ever asked for. */
    final List<Channel.Watcher> watchers = new ArrayList<>();

    private final List<Watching> watches = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private final Map<Long, List<Change>> history = new HashMap<>();
    private @Nullable Predicate<Object> losesAnswer;
    private @Nullable Predicate<Object> holds;
    private @Nullable Predicate<Object> slow;
    private Function<Object, @Nullable Failure> refuses = request -> null;
    private Function<Object, @Nullable Failure> regrets = request -> null;
    private @Nullable Predicate<Object> repeats;
    String version = "3.6.6";
    long revision = 100;
    long term = 7;
    long keepAliveTerm = -1;
    long compacted;
    boolean down;
    boolean leaderless;
    boolean mute;
    /** Whether watches are made and do not tell yet what happened before. */
    boolean lags;

    /** Whether no watch is ever made. */
    boolean deaf;

    /** What the client library throws in place of opening a channel. */
    @Nullable Throwable lacking;

    /** What it throws in place of making a watch, or of sending a request. */
    @Nullable Throwable broken;

    /** Whether each that is asked for is refused. */
    boolean refusesWatches;

    int transactions;
    int underWay;
    int mostUnderWay;
    int keepAlives;
    int grants;

    /** What every lease is granted, instead of what was asked for. */
    @Nullable Long ttl;

    @Nullable Moment keptAliveAt;

    @Nullable Moment leaseAskedForAt;

    private long lastLease = 0xabc000;

    record Watching(String prefix, Channel.Watcher watcher) {}

    /** A request for a lease, the renewal of one, or its end. */
    record LeaseRequest(String what, long lease) {}

    MemoryEtcd(VirtualRuntime time, String... endpoints) {
        this.time = time;
        this.endpoints = List.of(endpoints);
    }

    @Override
    public List<String> endpoints() {
        return endpoints;
    }

    @Override
    public Channel open(String endpoint) {
        throwing(lacking);
        Channel channel = new MemoryChannel(endpoint);
        opened.add(channel);
        return channel;
    }

    private static void throwing(@Nullable Throwable failure) {
        if (failure != null) {
            MemoryEtcd.<RuntimeException>sneak(failure);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    /** The next such request is carried out, and its answer lost. */
    void loseAnswer(Predicate<Object> request) {
        losesAnswer = request;
    }

    /** The next such request is carried out at once, and its answer takes longer than what watches tell. */
    void slowAnswer(Predicate<Object> request) {
        slow = request;
    }

    /** The next such request reaches the servers when it is let go. */
    void hold(Predicate<Object> request) {
        holds = request;
    }

    void letGo() {
        List<Runnable> now = List.copyOf(held);
        held.clear();
        now.forEach(Runnable::run);
    }

    void refuse(Function<Object, @Nullable Failure> reason) {
        refuses = reason;
    }

    /** Such a request is carried out, and answered as if it had not been. */
    void regret(Function<Object, @Nullable Failure> reason) {
        regrets = reason;
    }

    /** The next such request is carried out, then once more, and answered of the second time. */
    void repeat(Predicate<Object> request) {
        repeats = request;
    }

    void revoke(long lease) {
        if (leases.remove(lease) != null) {
            List<Change> changes = new ArrayList<>();
            revision++;
            for (Entry entry : List.copyOf(keys.values())) {
                if (entry.lease() == lease) {
                    keys.remove(entry.key());
                    changes.add(new Change(entry.key(), revision, null));
                }
            }
            tell(changes);
        }
    }

    void delete(String key) {
        revision++;
        keys.remove(key);
        tell(List.of(new Change(key, revision, null)));
    }

    void put(String key, String value, long lease) {
        revision++;
        tell(List.of(new Change(key, revision, write(key, value, lease))));
    }

    void endWatches(Failure why) {
        List<Watching> all = List.copyOf(watches);
        watches.clear();
        all.forEach(watching -> watching.watcher().ended(why));
    }

    List<String> keysBelow(String prefix) {
        return keys.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    }

    static Predicate<Object> puts(String prefix) {
        return request -> request instanceof Transaction transaction
                && transaction.then().get(0) instanceof Transaction.Put put
                && put.key().startsWith(prefix);
    }

    static Predicate<Object> lease(String what) {
        return request -> request instanceof LeaseRequest asked && asked.what().equals(what);
    }

    private Entry write(String key, String value, long lease) {
        Entry before = keys.get(key);
        Entry entry = new Entry(key, value, before == null ? revision : before.created(), revision, lease);
        keys.put(key, entry);
        return entry;
    }

    private void tell(List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        history.put(revision, changes);
        if (mute) {
            return;
        }
        long now = revision;
        for (Watching watching : List.copyOf(watches)) {
            time.schedule(ROUND_TRIP, () -> watching.watcher().changed(changes, now));
        }
    }

    private Transaction.@Nullable Result carryOut(Transaction transaction) {
        transactions++;
        boolean holds = transaction.guards().stream().allMatch(this::holds);
        List<List<Entry>> found = new ArrayList<>();
        List<Change> changes = new ArrayList<>();
        for (Transaction.Op op : holds ? transaction.then() : transaction.otherwise()) {
            if (op instanceof Transaction.Put put) {
                if (!leases.containsKey(put.lease())) {
                    return null;
                }
                begin(changes);
                changes.add(new Change(put.key(), revision, write(put.key(), put.value(), put.lease())));
            } else if (op instanceof Transaction.Delete delete) {
                begin(changes);
                keys.remove(delete.key());
                changes.add(new Change(delete.key(), revision, null));
            } else {
                found.add(read(op));
            }
        }
        tell(changes);
        return new Transaction.Result(holds, revision, term, found);
    }

    private void begin(List<Change> changes) {
        if (changes.isEmpty()) {
            revision++;
        }
    }

    private boolean holds(Transaction.Guard guard) {
        Entry entry = keys.get(guard.key());
        long actual =
                entry == null ? 0 : guard.of() == Transaction.Guard.Of.CREATED ? entry.created() : entry.modified();
        return actual == guard.revision();
    }

    private List<Entry> read(Transaction.Op op) {
        if (op instanceof Transaction.Get get) {
            Entry entry = keys.get(get.key());
            return entry == null ? List.of() : List.of(entry);
        } else if (op instanceof Transaction.First first) {
            return keys.values().stream()
                    .filter(entry -> entry.key().startsWith(first.prefix()))
                    .min(Comparator.comparingLong(Entry::created))
                    .map(List::of)
                    .orElse(List.of());
        } else if (op instanceof Transaction.All all) {
            return keys.values().stream()
                    .filter(entry -> entry.key().startsWith(all.prefix()))
                    .toList();
        }
        throw new AssertionError(op);
    }

    private final class MemoryChannel implements Channel {
        private final String endpoint;
        private boolean closed;

        MemoryChannel(String endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public String endpoint() {
            return endpoint;
        }

        private <T> void ask(Object request, Consumer<Reply<T>> then, java.util.function.Supplier<Reply<T>> carryOut) {
            if (down || (leaderless && request instanceof Transaction)) {
                return;
            }
            Failure why = refuses.apply(request);
            if (why != null) {
                time.schedule(ROUND_TRIP, () -> then.accept(new Reply.Failed<>(why)));
                return;
            }
            Predicate<Object> holding = holds;
            if (holding != null && holding.test(request)) {
                holds = null;
                held.add(() -> answer(request, then, carryOut));
            } else {
                answer(request, then, carryOut);
            }
        }

        private <T> void answer(
                Object request, Consumer<Reply<T>> then, java.util.function.Supplier<Reply<T>> carryOut) {
            Predicate<Object> repeating = repeats;
            if (repeating != null && repeating.test(request)) {
                repeats = null;
                var unused = carryOut.get();
            }
            Reply<T> done = carryOut.get();
            Failure regretted = regrets.apply(request);
            Reply<T> reply = regretted == null ? done : new Reply.Failed<>(regretted);
            Predicate<Object> losing = losesAnswer;
            if (losing != null && losing.test(request)) {
                losesAnswer = null;
            } else {
                Predicate<Object> slowing = slow;
                boolean late = slowing != null && slowing.test(request);
                slow = late ? null : slowing;
                time.schedule(late ? ROUND_TRIP.multipliedBy(10) : ROUND_TRIP, () -> {
                    if (!closed) {
                        then.accept(reply);
                    }
                });
            }
        }

        @Override
        public void version(String of, Consumer<Reply<String>> then) {
            ask("version", then, () -> new Reply.Done<>(version));
        }

        @Override
        public void grant(long ttlSeconds, Consumer<Reply<Lease>> then) {
            grants++;
            leaseAskedForAt = time.now();
            ask(new LeaseRequest("grant", 0), then, () -> {
                long granted = ttl == null ? ttlSeconds : ttl;
                leases.put(++lastLease, granted);
                return new Reply.Done<>(new Lease(lastLease, granted));
            });
        }

        @Override
        public void keepAlive(long lease, Consumer<Reply<KeptAlive>> then) {
            keepAlives++;
            keptAliveAt = time.now();
            ask(
                    new LeaseRequest("keepAlive", lease),
                    then,
                    () -> new Reply.Done<>(
                            new KeptAlive(leases.getOrDefault(lease, 0L), keepAliveTerm < 0 ? term : keepAliveTerm)));
        }

        @Override
        public void revoke(long lease, Consumer<Reply<Long>> then) {
            ask(new LeaseRequest("revoke", lease), then, () -> {
                boolean known = leases.containsKey(lease);
                MemoryEtcd.this.revoke(lease);
                return known
                        ? new Reply.Done<>(lease)
                        : Reply.failed(Failure.Kind.LEASE_NOT_FOUND, "requested lease not found");
            });
        }

        @Override
        public void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> answer) {
            throwing(broken);
            asked.add(transaction);
            underWay++;
            mostUnderWay = Math.max(mostUnderWay, underWay);
            Consumer<Reply<Transaction.Result>> then = reply -> {
                underWay--;
                answer.accept(reply);
            };
            ask(transaction, then, () -> {
                Transaction.Result result = carryOut(transaction);
                return result == null
                        ? Reply.failed(Failure.Kind.LEASE_NOT_FOUND, "requested lease not found")
                        : new Reply.Done<>(result);
            });
        }

        @Override
        public Runnable watch(String prefix, long from, Watcher watcher) {
            throwing(broken);
            Watching watching = new Watching(prefix, watcher);
            watchedFrom.add(from);
            watchers.add(watcher);
            if (down || deaf) {
                return () -> {};
            }
            if (leaderless) {
                time.schedule(ROUND_TRIP, () -> watcher.ended(new Failure(Failure.Kind.NO_LEADER, "no leader")));
                return () -> {};
            }
            if (refusesWatches) {
                time.schedule(
                        ROUND_TRIP, () -> watcher.ended(new Failure(Failure.Kind.PERMISSION, "permission denied")));
                return () -> {};
            }
            if (from > 0 && from <= compacted) {
                time.schedule(
                        ROUND_TRIP, () -> watcher.ended(new Failure(Failure.Kind.COMPACTED, "has been compacted")));
                return () -> {};
            }
            long now = revision;
            watches.add(watching);
            time.schedule(ROUND_TRIP, () -> {
                watcher.created(now);
                for (long each = from; !lags && from > 0 && each <= now; each++) {
                    List<Change> changes = history.get(each);
                    if (changes != null) {
                        watcher.changed(changes, each);
                    }
                }
            });
            return () -> watches.remove(watching);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
