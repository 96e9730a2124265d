package dev.baton.simulation.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Three members of etcd. Transactions, reads among them, are carried out one after another by whoever leads with a
 * majority. Leases are kept by the leader alone, by its own clock: a renewal does not go through Raft, so a member that
 * does not know that it leads no more answers it as well. The leader looks every 500 ms for leases that have ended, and
 * revokes them with an entry of the log. A new leader lets each begin anew, and an election timeout longer.
 */
public final class Cluster {
    private static final long MILLI = 1_000_000;
    private static final long SCAN = 500 * MILLI;
    private static final long SECOND = 1_000 * MILLI;
    private static final int MEMBERS = 3;

    private final Surroundings world;
    private final List<Member> members = new ArrayList<>();
    private final Keys keys = new Keys();
    private final Map<Long, Grant> granted = new HashMap<>();
    private final Map<Long, List<Runnable>> ending = new HashMap<>();
    private final Set<Long> revoking = new HashSet<>();
    private final Set<Long> givenUp = new HashSet<>();
    private final long election;
    private final boolean revives;
    private Set<Long> alive = new TreeSet<>();
    private long term = 1;
    private int reign;
    private long watchesRefusedUntil;
    private long writingDeniedUntil;
    private long readingDeniedUntil;
    private @Nullable Member leader;
    private @Nullable Backup backup;
    private @Nullable String filling;
    private @Nullable Ambush ambush;
    private @Nullable Rack rack;

    /** What became of a request, and how long after now the member knows it. */
    interface Answer<T> {
        void give(Reply<T> reply, long later);
    }

    private record Grant(Host owner, long ttlSeconds) {}

    private record Backup(Keys keys, Set<Long> alive) {}

    /**
     * What lies in wait for a renewal by a former leader.
     *
     * @param believed how long the process takes such a renewal to count, in nanoseconds
     * @param worthwhile whether anything depends on that
     */
    private record Ambush(Host process, long believed, BooleanSupplier worthwhile, Runnable then) {}

    /** A process and a former leader that hear of nobody else. */
    private record Rack(Host process, Member member) {}

    /**
     * @param election how long followers wait for a leader that is silent, in nanoseconds
     * @param drift how much the members' clocks err at most
     * @param revives whether the servers renew leases that they are about to revoke, as those before 3.5.23 do
     */
    public Cluster(Surroundings world, long election, double drift, boolean revives) {
        this.world = world;
        this.election = election;
        this.revives = revives;
        for (int i = 0; i < MEMBERS; i++) {
            double rate = world.random().nextBoolean() ? drift : world.random().nextDouble(-drift, drift);
            members.add(new Member("http://e" + i + ":2379", rate));
        }
        elect();
    }

    public List<String> endpoints() {
        return members.stream().map(Member::endpoint).toList();
    }

    String version() {
        return revives ? "3.5.20" : "3.6.6";
    }

    Member member(String endpoint) {
        return members.stream()
                .filter(member -> member.endpoint().equals(endpoint))
                .findFirst()
                .orElseThrow();
    }

    /** From a member to the leader, to a majority, and back. */
    private long hop() {
        return world.random().nextLong(2 * MILLI);
    }

    // -- agreement ------------------------------------------------------------------------------------------------

    /**
     * Runs {@code then} when the leader and a majority agree. What writes is lost with the leader that had it; what reads is
     * asked again.
     */
    private <T> void agree(Member at, boolean writes, Answer<T> answer, Runnable then) {
        if (at.isCut() || leader == null) {
            if (!writes || (!at.isCut() && world.random().nextBoolean())) {
                at.await(() -> agree(at, writes, answer, then));
            }
            return;
        }
        int since = reign;
        world.at(world.now() + hop(), () -> {
            if (since == reign) {
                then.run();
            } else if (!writes) {
                agree(at, false, answer, then);
            } else if (world.random().nextBoolean()) {
                answer.give(Reply.failed(Failure.Kind.UNKNOWN, "etcdserver: leader changed"), 0);
            }
        });
    }

    /** The member tells its client as soon as it has applied what was agreed upon. */
    private <T> void answer(Member at, Answer<T> answer, Reply<T> reply) {
        if (at.isCut()) {
            at.await(() -> answer.give(reply, hop()));
        } else {
            answer.give(reply, at == leader ? 0 : hop());
        }
    }

    void transact(
            Member at, Host process, Transaction transaction, int withdrawals, Answer<Transaction.Result> answer) {
        if (transaction.local()) {
            Keys known = at.known(keys);
            long applied = at.appliedTerm(world.now());
            answer.give(new Reply.Done<>(known.look(transaction, applied)), 0);
            return;
        }
        agree(at, transaction.mayWrite(), answer, () -> {
            boolean holds = keys.holds(transaction);
            List<Transaction.Op> steps = holds ? transaction.then() : transaction.otherwise();
            for (Transaction.Op step : steps) {
                if (step instanceof Transaction.Put put && put.lease() != 0 && !alive.contains(put.lease())) {
                    answer(
                            at,
                            answer,
                            Reply.failed(Failure.Kind.LEASE_NOT_FOUND, "etcdserver: requested lease not found"));
                    return;
                }
            }
            List<List<Entry>> found = carryOut(process, steps, withdrawals, false);
            answer(at, answer, new Reply.Done<>(new Transaction.Result(holds, keys.revision(), term, found)));
        });
    }

    private List<List<Entry>> carryOut(
            @Nullable Host process, List<Transaction.Op> steps, int withdrawals, boolean byOperator) {
        long before = keys.revision();
        List<List<Entry>> found = keys.carryOut(
                steps,
                entry -> {
                    world.happened(entry, entry.modified());
                    if (process != null) {
                        world.writes(process, entry, withdrawals);
                    }
                },
                entry -> {
                    world.happened(new Deletion(entry.key()), entry.created());
                    world.gone(entry, byOperator);
                });
        if (keys.revision() != before) {
            for (Member member : members) {
                if (!member.isCut()) {
                    member.eachStream(stream -> stream.tell(keys, keys.revision()));
                }
            }
        }
        return found;
    }

    private record Deletion(String key) {}

    // -- leases ---------------------------------------------------------------------------------------------------

    void grant(Member at, Host process, long ttlSeconds, Answer<Channel.Lease> answer) {
        agree(at, true, answer, () -> {
            long id = world.random().nextLong(1, Long.MAX_VALUE);
            long least = (3 * election / 2 + SECOND - 1) / SECOND;
            Grant grant = new Grant(process, Math.max(least, ttlSeconds));
            granted.put(id, grant);
            alive.add(id);
            begin(leader, id, 0);
            answer(at, answer, new Reply.Done<>(new Channel.Lease(id, grant.ttlSeconds())));
        });
    }

    private void begin(@Nullable Member at, long lease, long extension) {
        Grant grant = granted.get(lease);
        if (at != null && grant != null) {
            at.ends().put(lease, world.now() + at.byItsClock(grant.ttlSeconds() * SECOND + extension));
        }
    }

    void revoke(Member at, long lease, Answer<Long> answer) {
        agree(at, true, answer, () -> {
            boolean known = alive.contains(lease);
            end(lease, false);
            answer(
                    at,
                    answer,
                    known
                            ? new Reply.Done<>(lease)
                            : Reply.failed(Failure.Kind.LEASE_NOT_FOUND, "etcdserver: requested lease not found"));
        });
    }

    private void end(long lease, boolean byOperator) {
        if (!alive.remove(lease)) {
            return;
        }
        if (leader != null) {
            leader.ends().remove(lease);
        }
        List<Transaction.Op> steps = new ArrayList<>();
        keys.on(lease).forEach(entry -> steps.add(new Transaction.Delete(entry.key())));
        carryOut(null, steps, 0, byOperator);
        List<Runnable> waiting = ending.remove(lease);
        if (waiting != null) {
            waiting.forEach(Runnable::run);
        }
    }

    /** The header says what the answering member had applied before the lease was renewed. */
    void keepAlive(Member at, long lease, Answer<Channel.KeptAlive> answer) {
        renew(at, lease, at.appliedTerm(world.now()), answer);
    }

    private void renew(Member at, long lease, long header, Answer<Channel.KeptAlive> answer) {
        Member to = leader;
        if (at.leads()) {
            renew(at, at, lease, header, answer);
        } else if (at.isCut() || to == null) {
            at.await(() -> renew(at, lease, header, answer));
        } else {
            world.at(world.now() + hop(), () -> {
                if (to.leads() && !to.isCut()) {
                    renew(to, at, lease, header, answer);
                } else {
                    renew(at, lease, header, answer);
                }
            });
        }
    }

    /** By a member that takes itself for the leader. */
    private void renew(Member by, Member at, long lease, long header, Answer<Channel.KeptAlive> answer) {
        Long ends = by.ends().get(lease);
        Grant grant = granted.get(lease);
        if (ends == null || grant == null) {
            answer.give(Reply.failed(Failure.Kind.LEASE_NOT_FOUND, "etcdserver: requested lease not found"), 0);
        } else if (ends <= world.now() && !revives) {
            // It waits until the lease is revoked; a former leader waits for ever.
            if (by == leader) {
                ending.computeIfAbsent(lease, none -> new ArrayList<>()).add(() -> renew(at, lease, header, answer));
            }
        } else {
            if (ends <= world.now()) {
                world.happened("a lease that is about to be revoked is renewed", lease);
            }
            begin(by, lease, 0);
            answer.give(new Reply.Done<>(new Channel.KeptAlive(grant.ttlSeconds(), header)), by == at ? 0 : hop());
            if (by != leader) {
                world.happened("a former leader renews a lease", lease);
                renewedByFormerLeader(grant, lease);
            }
        }
    }

    /** The leader looks for leases that have ended. */
    private void scan(int since) {
        Member by = leader;
        if (since != reign || by == null) {
            return;
        }
        by.ends().forEach((lease, ends) -> {
            if (ends <= world.now() && revoking.add(lease)) {
                world.at(world.now() + hop(), () -> {
                    if (since == reign && alive.contains(lease)) {
                        world.expired(Long.toHexString(lease), lease);
                        end(lease, false);
                    }
                });
            }
        });
        world.at(world.now() + by.byItsClock(SCAN), () -> scan(since));
    }

    /** Whether {@code process} keeps two leases with a sentinel, of which it has asked to end neither. */
    public boolean keepsTwoSessions(Host process, String sentinels) {
        long kept = keys.below(sentinels).stream()
                .map(Entry::lease)
                .filter(lease -> isOf(process, lease) && !givenUp.contains(lease))
                .count();
        return kept > 1;
    }

    void givesUp(long lease) {
        givenUp.add(lease);
    }

    private boolean isOf(Host process, long lease) {
        Grant grant = granted.get(lease);
        return grant != null && grant.owner() == process;
    }

    /** The keys below {@code prefix} that are on leases of {@code process}. */
    public List<Entry> entriesOf(Host process, String prefix) {
        return keys.below(prefix).stream()
                .filter(entry -> isOf(process, entry.lease()))
                .toList();
    }

    // -- watches --------------------------------------------------------------------------------------------------

    Stream watch(Member at, Host process, String prefix, long from, Channel.Watcher watcher) {
        long knows = at.known(keys).revision();
        Stream stream =
                new Stream(world, process, () -> reach(process, at), prefix, from > 0 ? from - 1 : knows, watcher);
        if (world.now() < watchesRefusedUntil || world.deniesReading(prefix, true)) {
            stream.end(new Failure(Failure.Kind.PERMISSION, "etcdserver: permission denied"));
            return stream;
        }
        if (at.isLeaderless()) {
            stream.end(new Failure(Failure.Kind.NO_LEADER, "etcdserver: no leader"));
            return stream;
        }
        stream.created(knows);
        if (from > 0 && from <= keys.compacted()) {
            stream.end(compacted());
            return stream;
        }
        at.add(stream);
        stream.tell(keys, knows);
        return stream;
    }

    private static Failure compacted() {
        return new Failure(Failure.Kind.COMPACTED, "etcdserver: mvcc: required revision has been compacted");
    }

    // -- what goes wrong ------------------------------------------------------------------------------------------

    private void elect() {
        List<Member> able = members.stream().filter(member -> !member.isCut()).toList();
        Member chosen = able.get(world.random().nextInt(able.size()));
        reign++;
        term++;
        leader = chosen;
        world.happened(chosen + " leads the cluster", term);
        chosen.leads(true);
        alive.forEach(lease -> begin(chosen, lease, election));
        for (Member member : able) {
            member.applies(term, world.now() + hop(), world.now());
        }
        followed();
    }

    private void followed() {
        int since = reign;
        revoking.clear();
        for (Member member : members) {
            if (!member.isCut()) {
                member.noticeLeader();
                member.goOn();
            }
        }
        world.at(world.now() + world.random().nextLong(SCAN), () -> scan(since));
    }

    private long electionTime() {
        return election + world.random().nextLong(election);
    }

    /** Another member leads, perhaps at once: the one that led hands over, or dies. */
    public void changeLeader() {
        loseLeader(world.random().nextBoolean() ? hop() : electionTime());
    }

    /** Nobody leads for {@code nanos}. */
    public void loseLeader(long nanos) {
        Member was = leader;
        if (was == null) {
            return;
        }
        world.happened("nobody leads the cluster", reign);
        was.leads(false);
        leader = null;
        int since = ++reign;
        world.at(world.now() + election, () -> {
            if (since == reign) {
                members.stream().filter(member -> !member.isLeaderless()).forEach(Member::noticeNoLeader);
            }
        });
        world.at(world.now() + nanos, () -> {
            if (since == reign) {
                elect();
            }
        });
    }

    /** Whether a majority would be left without one more. */
    public boolean canLoseOne() {
        return leader != null && members.stream().noneMatch(Member::isCut);
    }

    /** A follower loses the others for {@code nanos}, and does not know it at first. */
    public void cutFollowerOff(long nanos) {
        List<Member> followers =
                members.stream().filter(member -> member != leader).toList();
        Member member = followers.get(world.random().nextInt(followers.size()));
        world.happened(member + " loses the others", nanos);
        member.cut(keys);
        world.at(world.now() + electionTime(), () -> {
            if (member.isCut()) {
                member.noticeNoLeader();
            }
        });
        world.at(world.now() + nanos, () -> rejoin(member));
    }

    private void rejoin(Member member) {
        if (!member.isCut()) {
            return;
        }
        member.rejoin();
        if (member != leader) {
            member.leads(false);
        }
        if (leader != null) {
            if (member.appliedTerm(Long.MAX_VALUE) != term) {
                member.applies(term, world.now() + hop(), world.now());
            }
            member.eachStream(stream -> stream.tell(keys, keys.revision()));
            member.goOn();
        }
    }

    /**
     * The leader loses the others for {@code nanos}, and goes on to answer what it answers by itself; the others elect
     * another, unless it comes back before.
     */
    public void stallLeader(long nanos) {
        Member stalled = leader;
        if (stalled == null) {
            return;
        }
        world.happened(stalled + " leads the cluster no more, and does not know it", nanos);
        stalled.cut(keys);
        leader = null;
        int since = ++reign;
        // Whichever of the other two is tired of waiting first.
        world.at(world.now() + Math.min(electionTime(), electionTime()), () -> {
            if (since == reign) {
                elect();
            }
        });
        world.at(world.now() + nanos, () -> comeBack(stalled, since));
    }

    private void comeBack(Member stalled, int since) {
        if (since == reign && stalled.isCut()) {
            stalled.rejoin();
            leader = stalled;
            reign++;
            followed();
        } else {
            rejoin(stalled);
        }
    }

    /**
     * Runs {@code then} when a former leader renews a lease of {@code process} that will have ended within {@code believed}
     * nanoseconds, if that is worthwhile then.
     */
    public void afterNextFalseRenewal(Host process, long believed, BooleanSupplier worthwhile, Runnable then) {
        ambush = new Ambush(process, believed, worthwhile, then);
    }

    /** No packet passes between {@code process} and the others than the former leader, until that comes back. */
    public void isolateWithFormerLeader(Host process) {
        members.stream()
                .filter(member -> member.isCut() && member.leads())
                .findFirst()
                .ifPresent(member -> rack = new Rack(process, member));
    }

    /** Whether packets pass between the two. */
    boolean reach(Host process, Member member) {
        Rack apart = rack;
        if (apart != null && apart.process() == process && apart.member().isCut() && apart.member() != member) {
            return false;
        }
        return !process.isCutOff();
    }

    private void renewedByFormerLeader(Grant grant, long lease) {
        Ambush waiting = ambush;
        Member right = leader;
        if (waiting == null || right == null || waiting.process() != grant.owner()) {
            return;
        }
        Long ends = right.ends().get(lease);
        if (ends != null
                && ends < world.now() + waiting.believed()
                && waiting.worthwhile().getAsBoolean()) {
            ambush = null;
            waiting.then().run();
        }
    }

    /** The former leader that did not know hears of the others again. */
    public void healFormerLeader() {
        members.stream().filter(member -> member.isCut() && member.leads()).forEach(this::rejoin);
    }

    /** What changed until now is forgotten, and watches that have not told of it end. */
    public void compact() {
        keys.compact();
        for (Member member : members) {
            member.eachStream(stream -> {
                if (stream.isBehind(keys.compacted())) {
                    member.remove(stream);
                    stream.end(compacted());
                }
            });
        }
    }

    /** Every watch of one member ends. */
    public void endWatches() {
        Member member = members.get(world.random().nextInt(MEMBERS));
        member.eachStream(stream -> {
            member.remove(stream);
            stream.end(new Failure(Failure.Kind.UNKNOWN, "the stream was reset"));
        });
    }

    // -- what operators do ----------------------------------------------------------------------------------------

    /** Nobody may watch for {@code nanos}, though everybody may read; watches that live end, or go on. */
    public void refuseWatches(long nanos) {
        world.happened("watches are refused", nanos);
        watchesRefusedUntil = Math.max(watchesRefusedUntil, world.now() + nanos);
        if (world.random().nextBoolean()) {
            for (Member member : members) {
                member.eachStream(stream -> {
                    member.remove(stream);
                    stream.end(new Failure(Failure.Kind.PERMISSION, "etcdserver: permission denied"));
                });
            }
        }
    }

    /** Nobody may write keys for {@code nanos}, or nobody may read them. */
    public void takePermission(long nanos) {
        boolean writing = world.random().nextBoolean();
        world.happened("nobody may " + (writing ? "write" : "read"), nanos);
        if (writing) {
            writingDeniedUntil = Math.max(writingDeniedUntil, world.now() + nanos);
        } else {
            readingDeniedUntil = Math.max(readingDeniedUntil, world.now() + nanos);
        }
    }

    /** Whether {@code transaction} is refused: each branch needs its permissions, whichever is taken, and each guard. */
    boolean denies(Transaction transaction) {
        return world.now() < (transaction.mayWrite() ? writingDeniedUntil : readingDeniedUntil)
                || transaction.guards().stream().anyMatch(guard -> world.deniesReading(guard.key(), false))
                || transaction.then().stream().anyMatch(this::denies)
                || transaction.otherwise().stream().anyMatch(this::denies);
    }

    private boolean denies(Transaction.Op step) {
        if (step instanceof Transaction.Put put) {
            return world.deniesWriting(put.key());
        } else if (step instanceof Transaction.Delete delete) {
            return world.deniesWriting(delete.key());
        } else if (step instanceof Transaction.Get get) {
            return world.deniesReading(get.key(), false);
        } else if (step instanceof Transaction.First first) {
            return world.deniesReading(first.prefix(), true);
        }
        return step instanceof Transaction.All all && world.deniesReading(all.prefix(), true);
    }

    /** Whether one may not end {@code lease}: whoever does deletes its keys. */
    boolean deniesRevoking(long lease) {
        return keys.on(lease).stream().anyMatch(entry -> world.deniesWriting(entry.key()));
    }

    /** The database is nearly full: the next write below {@code prefix} fills it. */
    public void fillUp(String prefix) {
        filling = prefix;
    }

    /** Whether the database takes nothing more. */
    boolean isFull() {
        return filling == null && world.isFull();
    }

    /** Whether a write of those keys, which arrives now, fills it. That is carried out, and answered as if it were not. */
    boolean fills(List<String> written) {
        String next = filling;
        boolean fills = next != null && world.isFull() && written.stream().anyMatch(key -> key.startsWith(next));
        if (fills) {
            filling = null;
        }
        return fills;
    }

    /** Revokes the lease of one of the keys below {@code prefix}; whether there was one. */
    public boolean revokeOneBelow(String prefix) {
        List<Entry> entries = keys.below(prefix);
        if (leader == null || entries.isEmpty()) {
            return false;
        }
        end(entries.get(world.random().nextInt(entries.size())).lease(), true);
        return true;
    }

    /** Deletes one of the keys below {@code prefix}; whether there was one. */
    public boolean deleteOneBelow(String prefix) {
        List<Entry> entries = keys.below(prefix);
        if (leader == null || entries.isEmpty()) {
            return false;
        }
        String key = entries.get(world.random().nextInt(entries.size())).key();
        carryOut(null, List.of(new Transaction.Delete(key)), 0, true);
        return true;
    }

    /** Makes a backup. */
    public void backUp() {
        backup = new Backup(keys.copy(), new TreeSet<>(alive));
    }

    /** Goes back to the backup, or to nothing: another cluster, with the same addresses. */
    public void restore() {
        Backup back = backup == null ? new Backup(new Keys(), Set.of()) : backup;
        keys.restore(back.keys());
        alive = new TreeSet<>(back.alive());
        ending.clear();
        term = 1;
        for (Member member : members) {
            member.rejoin();
            member.leads(false);
            member.forgetWaiting();
            member.eachStream(stream -> {
                member.remove(stream);
                stream.fallSilent();
            });
        }
        elect();
    }

    /** For people. */
    public Map<String, Entry> all() {
        return new TreeMap<>(keys.all());
    }
}
