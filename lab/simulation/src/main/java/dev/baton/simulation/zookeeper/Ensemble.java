package dev.baton.simulation.zookeeper;

import dev.baton.simulation.zookeeper.Request.Op;
import dev.baton.simulation.zookeeper.Request.Reply;
import dev.baton.simulation.zookeeper.Tree.Change;
import dev.baton.simulation.zookeeper.Tree.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/**
 * The servers, and what their leader decides: which sessions are alive, and in what order everything is written.
 *
 * <p>What the leader has prepared counts as agreed. Sessions end when their time, rounded up to a tick, has come; what
 * prolongs them is a touch that has arrived here, not a packet.
 */
public final class Ensemble {
    private static final int SYNC_LIMIT = 5;

    /** This part of a tick after the leader has prepared a write, its answer is there. */
    private static final int SOON = 8;

    private static final int SEQUENCE_DIGITS = 10;

    final Surroundings world;
    final long tick;
    private final double rate;
    private final List<Server> servers = new ArrayList<>();
    private final List<Txn> log = new ArrayList<>();
    private final Map<Long, Session> sessions = new TreeMap<>();
    private final Tree prepared = new Tree();
    private final List<Set<Op>> denied = new ArrayList<>();
    private Server leader;
    private int reign;
    private boolean operating;
    private long nextPing;
    private long zxid;
    private long lastSession;
    private @Nullable Host awaited;
    private long awaitedWithin;
    private @Nullable Runnable ambush;

    /**
     * Servers that all serve.
     *
     * @param tick as in their configuration
     * @param rate how much faster than true time their leader's clock runs
     */
    public Ensemble(Surroundings world, Duration tick, double rate) {
        this.world = world;
        this.rate = rate;
        this.tick = trueNanos(tick.toNanos());
        int size = world.random().nextInt(3) == 0 ? 5 : 3;
        for (int i = 0; i < size; i++) {
            servers.add(new Server(this, i));
        }
        zxid = world.random().nextLong(1_000);
        lastSession = world.random().nextLong(1L << 40);
        leader = servers.get(0);
    }

    /** One session, as the leader knows it. */
    private static final class Session {
        private final long id;
        private Server owner;
        private long timeout;
        private long endsAt;
        private long beatAt;
        private boolean fresh = true;

        Session(long id, Server owner) {
            this.id = id;
            this.owner = owner;
        }
    }

    /** What was agreed, and what is to be answered where it came in. */
    record Txn(Reply reply, List<Change> changes, long ended) {}

    private long trueNanos(long byItsClock) {
        return (long) (byItsClock / (1 + rate));
    }

    long hop() {
        return world.random().nextLong(tick / 10);
    }

    Server leader() {
        return leader;
    }

    /** One of the servers. */
    public Server any() {
        return servers.get(world.random().nextInt(servers.size()));
    }

    List<Txn> log() {
        return log;
    }

    // -- sessions -------------------------------------------------------------------------------------------------

    long open(Server by, Duration timeout) {
        Session session = new Session(++lastSession, by);
        sessions.put(session.id, session);
        agree(Reply.of(Code.OK, ++zxid), List.of());
        session.timeout = trueNanos(timeout.toNanos());
        touch(session);
        await(session);
        return session.id;
    }

    /** Whether the session lives; then it belongs to {@code by} from now on. */
    boolean revalidate(long id, Server by, Duration timeout) {
        Session session = sessions.get(id);
        if (session == null) {
            return false;
        }
        session.owner = by;
        session.fresh = true;
        session.timeout = trueNanos(timeout.toNanos());
        touch(session);
        return true;
    }

    void touch(long id) {
        Session session = sessions.get(id);
        if (session != null) {
            touch(session);
        }
    }

    /** Later touches only prolong it. */
    private void touch(Session session) {
        session.endsAt = Math.max(session.endsAt, ((world.now() + session.timeout) / tick + 1) * tick);
    }

    private void await(Session session) {
        world.at(session.endsAt, () -> {
            if (sessions.get(session.id) == session) {
                if (world.now() >= session.endsAt) {
                    world.expired("session 0x" + Long.toHexString(session.id) + " expires", session.id);
                    end(session.id);
                } else {
                    await(session);
                }
            }
        });
    }

    private void end(long id) {
        sessions.remove(id);
        zxid++;
        List<Change> changes = new ArrayList<>();
        for (String path : prepared.ownedBy(id)) {
            changes.add(change(Kind.DELETE, path, "", id, false));
        }
        agree(new Txn(Reply.of(Code.OK, zxid), changes, id));
    }

    // -- writes ---------------------------------------------------------------------------------------------------

    /** Decides upon a write of a session that came by way of {@code by}, and tells all servers. */
    void write(long id, Server by, Request request, LongConsumer at) {
        Session session = sessions.get(id);
        at.accept(log.size());
        if (session == null || session.owner != by) {
            agree(Reply.of(session == null ? Code.SESSIONEXPIRED : Code.SESSIONMOVED, ++zxid), List.of());
        } else if (request.op() == Op.CLOSE) {
            end(id);
        } else if (denies(request.op())) {
            agree(Reply.of(Code.NOAUTH, ++zxid), List.of());
        } else if (exceedsQuota(request)) {
            agree(Reply.of(Code.QUOTAEXCEEDED, ++zxid), List.of());
        } else {
            zxid++;
            decide(id, request);
            if (request.op() == Op.SET) {
                beats(by, session);
            }
        }
    }

    private boolean exceedsQuota(Request request) {
        Tree.Node node = prepared.find(request.path());
        int growth = request.data().length() - (node == null ? 0 : node.data.length());
        return switch (request.op()) {
            case CREATE -> node == null && world.exceedsQuota(request.path(), true, growth);
            case SET -> node != null && world.exceedsQuota(request.path(), false, growth);
            default -> false;
        };
    }

    private void decide(long id, Request request) {
        String path = request.path();
        switch (request.op()) {
            case CREATE -> create(id, request);
            case SET -> {
                if (prepared.find(path) == null) {
                    agree(Reply.of(Code.NONODE, zxid), List.of());
                } else {
                    agree(Reply.of(Code.OK, zxid), List.of(change(Kind.SET, path, request.data(), id, false)));
                }
            }
            default -> {
                Tree.Node node = prepared.find(path);
                if (node == null || node.children > 0) {
                    agree(Reply.of(node == null ? Code.NONODE : Code.NOTEMPTY, zxid), List.of());
                } else {
                    agree(Reply.of(Code.OK, zxid), List.of(change(Kind.DELETE, path, "", id, false)));
                }
            }
        }
    }

    private void create(long id, Request request) {
        CreateMode mode = request.mode();
        Tree.Node parent = prepared.find(Tree.parent(request.path()));
        if (parent == null) {
            agree(Reply.of(Code.NONODE, zxid), List.of());
            return;
        }
        String path = mode.isSequential() ? request.path() + sequence(parent.created) : request.path();
        if (prepared.find(path) != null) {
            agree(Reply.of(Code.NODEEXISTS, zxid), List.of());
            return;
        }
        Change made = change(Kind.CREATE, path, request.data(), mode.isEphemeral() ? id : 0, mode.isContainer());
        Tree.Node node = java.util.Objects.requireNonNull(prepared.find(path));
        agree(new Reply(Code.OK, path, null, null, node.stat(), zxid), List.of(made));
    }

    private static String sequence(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(SEQUENCE_DIGITS - digits.length()) + digits;
    }

    private Change change(Kind kind, String path, String data, long owner, boolean container) {
        String parent = Tree.parent(path);
        Change change = new Change(kind, path, parent, data, owner, container, zxid, world.now() / 1_000_000);
        Tree.Node node = kind == Kind.DELETE ? prepared.find(path) : null;
        if (node != null) {
            world.gone(path, node.czxid, operating);
        }
        prepared.apply(change);
        if (kind == Kind.DELETE && prepared.isAbandoned(parent)) {
            reap(parent);
        }
        if (kind != Kind.SET) {
            world.happened(change, zxid * 31 + path.hashCode());
        }
        return change;
    }

    private void agree(Reply reply, List<Change> changes) {
        agree(new Txn(reply, changes, 0));
    }

    private void agree(Txn txn) {
        log.add(txn);
        servers.forEach(server -> server.agreed(txn));
    }

    /** A container that is empty goes, after a while. */
    private void reap(String path) {
        world.at(world.now() + tick / 2 + world.random().nextLong(8 * tick), () -> {
            if (prepared.isAbandoned(path)) {
                zxid++;
                agree(Reply.of(Code.OK, zxid), List.of(change(Kind.DELETE, path, "", 0, false)));
            }
        });
    }

    // -- what operators do ----------------------------------------------------------------------------------------

    /** The kinds of permissions, each with the requests that need it. */
    private static final List<Set<Op>> PERMISSIONS =
            List.of(Set.of(Op.DATA, Op.CHILDREN), Set.of(Op.CREATE), Set.of(Op.DELETE), Set.of(Op.SET));

    /**
     * Somebody takes permissions of the clients on all nodes for {@code nanos}.
     *
     * @param justReading and no others than that
     */
    public void takePermissions(boolean justReading, long nanos) {
        Set<Op> taken = EnumSet.noneOf(Op.class);
        taken.addAll(PERMISSIONS.get(justReading ? 0 : world.random().nextInt(PERMISSIONS.size())));
        if (!justReading && world.random().nextBoolean()) {
            taken.addAll(PERMISSIONS.get(world.random().nextInt(PERMISSIONS.size())));
        }
        world.happened("permissions are taken: " + taken, nanos);
        denied.add(taken);
        world.at(world.now() + nanos, () -> denied.remove(taken));
    }

    boolean denies(Op op) {
        boolean refused = switch (op) {
            case DATA, CHILDREN -> world.deniesReading(op == Op.CHILDREN);
            case CREATE -> world.deniesCreating();
            case DELETE -> world.deniesDeleting();
            case SET -> world.deniesWriting();
            default -> false;
        };
        return refused || isTaken(op);
    }

    private boolean isTaken(Op op) {
        for (Set<Op> taken : denied) {
            if (taken.contains(op)) {
                return true;
            }
        }
        return false;
    }

    /** Somebody deletes one of the nodes below {@code path}, often the oldest, or ends its session; whether there was one. */
    public boolean removeOneBelow(String path, boolean withItsSession) {
        List<String> found =
                prepared.paths().stream().filter(each -> each.startsWith(path)).toList();
        if (found.isEmpty()) {
            return false;
        }
        String chosen = found.get(world.random().nextInt(found.size()));
        if (world.random().nextBoolean()) {
            chosen = found.stream()
                    .min(Comparator.comparingLong(each -> java.util.Objects.requireNonNull(prepared.find(each)).czxid))
                    .orElse(chosen);
        }
        Tree.Node node = java.util.Objects.requireNonNull(prepared.find(chosen));
        operating = true;
        if (withItsSession && sessions.containsKey(node.owner)) {
            world.happened("somebody ends session 0x" + Long.toHexString(node.owner), node.owner);
            end(node.owner);
        } else {
            zxid++;
            agree(Reply.of(Code.OK, zxid), List.of(change(Kind.DELETE, chosen, "", 0, false)));
        }
        operating = false;
        return true;
    }

    /** The nodes there are, by path. */
    public List<String> paths() {
        return prepared.paths();
    }

    // -- leading --------------------------------------------------------------------------------------------------

    /**
     * When the leader will next ping its followers, as it does every half tick and a little. A ping that finds nothing to
     * report changes nothing: only where there is something does it become an event.
     */
    long nextPing() {
        while (nextPing <= world.now()) {
            nextPing += tick / 2 + world.random().nextLong(tick / 10);
        }
        return nextPing;
    }

    /** Another server leads, with all that was agreed; every session's time starts anew. */
    public void changeLeader() {
        world.happened("the servers elect another leader", reign);
        reign++;
        servers.forEach(Server::drop);
        leader = servers.stream()
                .filter(server -> !server.isCut() && server != leader)
                .findFirst()
                .orElse(leader);
        long silence = hop() + world.random().nextLong(2 * tick);
        int since = reign;
        world.at(world.now() + silence, () -> {
            if (since == reign) {
                servers.forEach(Server::join);
                nextPing = world.now();
            }
        });
        // No session ends while nobody leads, and each has its whole time once somebody does.
        for (Session session : sessions.values()) {
            session.endsAt = Math.max(session.endsAt, ((world.now() + silence + session.timeout) / tick + 1) * tick);
        }
    }

    /** A server loses the others for {@code nanos} and does not know it at first; never one that {@link #canLose} rules out. */
    public void cutOff(Server server, long nanos) {
        world.happened(server + " loses its leader", nanos);
        // What it says is lost first, what it hears a little later.
        server.mute();
        world.at(world.now() + tick / SOON, () -> server.cut(SYNC_LIMIT * tick));
        world.at(world.now() + nanos, server::heal);
    }

    /** Whether a majority with its leader would be left without {@code server}. */
    public boolean canLose(Server server) {
        long cut = servers.stream().filter(Server::isCut).count();
        return server != leader && !server.isCut() && 2 * (cut + 1) < servers.size();
    }

    /**
     * Runs {@code then} when the leader has prepared the next heartbeat of {@code process}, and not answered it.
     *
     * @param within 0 for any heartbeat, or to wait for one that shows how little a write proves: what was answered before
     *     it is not known to the leader, which would end the session sooner than its timeout after that, and within so
     *     many nanoseconds
     */
    public void afterNextBeat(Host process, long within, Runnable then) {
        awaited = process;
        awaitedWithin = within;
        ambush = then;
    }

    private void beats(Server by, Session session) {
        long soon = tick / SOON;
        long before = session.fresh ? world.now() - soon : session.beatAt;
        boolean shows =
                session.endsAt < before + session.timeout - soon && session.endsAt < world.now() + awaitedWithin - soon;
        session.beatAt = world.now();
        session.fresh = false;
        Runnable then = ambush;
        if (awaited != null && then != null && by.serves(awaited) && (awaitedWithin == 0 || shows)) {
            awaited = null;
            ambush = null;
            then.run();
        }
    }

    /** The server that {@code process} is connected to, or null. */
    public @Nullable Server serverOf(Host process) {
        for (Server server : servers) {
            if (server.serves(process)) {
                return server;
            }
        }
        return null;
    }

    /** For so long after a server was cut off, answers of its leader still arrive. */
    public long answerNanos() {
        return tick / SOON;
    }

    /** A server grants no longer session timeout than {@code most}, or again whatever is asked for. */
    public void grantAtMost(@Nullable Duration most) {
        if (most == null) {
            servers.forEach(Server::grantAll);
        } else {
            any().grantAtMost(most);
        }
    }
}
