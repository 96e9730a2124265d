package dev.baton.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.Handle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One server with ZooKeeper's semantics, as far as elections go, whose answers can be refused and held up, and whose watches
 * can be silent. Sessions end only when the test says so.
 */
final class MemoryZooKeeper implements Clients {
    static final Duration ROUND_TRIP = Duration.ofMillis(2);

    private final VirtualRuntime time;
    final TreeMap<String, Node> nodes = new TreeMap<>();
    final List<Session> sessions = new ArrayList<>();
    final List<Asked> asked = new ArrayList<>();
    private final Map<String, Set<Watcher>> watches = new HashMap<>();
    private final Map<String, Set<Watcher>> childWatches = new HashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    private Function<Asked, @Nullable Code> refuses = request -> null;
    private @Nullable Predicate<Asked> holds;
    private @Nullable Predicate<Asked> loses;
    private Function<List<String>, List<String>> shows = children -> children;
    private @Nullable Runnable reopen;
    private long zxid = 100;
    boolean silent;
    /** Whether sessions that were given up cannot be ended: nobody is reached. */
    boolean lingering;

    /** Whether the next session that is to be ended is found alive, and its end gets lost. */
    boolean losesEnd;

    /** What sessions are granted, instead of what was asked for. */
    @Nullable Duration timeout;

    /** What the next sequential node's name ends with; null for a number that grows. */
    @Nullable String sequence;

    /** What the client library throws in place of opening a session. */
    @Nullable Error lacking;

    /** A node, and the session that it goes with. */
    record Node(String data, long owner, long czxid) {}

    /**
     * What was asked for: {@code create}, {@code set}, {@code delete}, {@code read}, {@code list}, {@code exists}.
     *
     * @param with what was to be written
     * @param mode of what was to be created
     * @param watched whether the answer was to be followed by a change
     * @param at when it left
     */
    record Asked(
            String what,
            String path,
            long session,
            String with,
            @Nullable CreateMode mode,
            boolean watched,
            Moment at) {
        boolean is(String kind) {
            return what.equals(kind);
        }
    }

    MemoryZooKeeper(VirtualRuntime time) {
        this.time = time;
    }

    void refuse(Function<Asked, @Nullable Code> reason) {
        refuses = reason;
    }

    /** The next such request is carried out, and nobody hears of it. */
    void lose(Predicate<Asked> request) {
        loses = request;
    }

    /** The answers to such requests wait until they are let go. */
    void hold(Predicate<Asked> request) {
        holds = request;
    }

    void letGo() {
        holds = null;
        List<Runnable> now = List.copyOf(held);
        held.clear();
        now.forEach(Runnable::run);
    }

    /** Listings are answered like this. */
    void show(Function<List<String>, List<String>> changed) {
        shows = changed;
    }

    /** Somebody else's node. */
    void put(String path, String data) {
        put(path, data, 1);
    }

    /** The node of a session. */
    void put(String path, String data, long session) {
        boolean known = nodes.put(path, new Node(data, session, ++zxid)) != null;
        fire(path, known ? EventType.NodeDataChanged : EventType.NodeCreated);
    }

    void delete(String path) {
        nodes.remove(path);
        fire(path, EventType.NodeDeleted);
    }

    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    private boolean stands(String path) {
        return path.isEmpty() || nodes.containsKey(path) || !below(path).isEmpty();
    }

    List<String> below(String path) {
        return nodes.keySet().stream()
                .filter(each -> each.startsWith(path + "/"))
                .map(each -> each.substring(path.length() + 1))
                .toList();
    }

    Session newest() {
        return sessions.get(sessions.size() - 1);
    }

    private void fire(String path, EventType type) {
        tell(watches.remove(path), path, type);
        if (type != EventType.NodeDataChanged) {
            tell(childWatches.remove(parent(path)), parent(path), EventType.NodeChildrenChanged);
        }
    }

    private void tell(@Nullable Set<Watcher> told, String path, EventType type) {
        if (told != null && !silent) {
            time.schedule(
                    ROUND_TRIP,
                    () -> told.forEach(
                            watcher -> watcher.process(new WatchedEvent(type, KeeperState.SyncConnected, path))));
        }
    }

    @Override
    public Runnable open(Duration sessionTimeout, Timekeeper lane, Supplier<@Nullable Connection> opening) {
        if (lacking != null) {
            throw lacking;
        }
        reopen = () -> open(sessionTimeout, lane, opening);
        Connection connection = opening.get();
        if (connection == null) {
            return () -> {};
        }
        Session session = new Session(sessions.size() + 2, timeout == null ? sessionTimeout : timeout, connection);
        sessions.add(session);
        connection.opened(session);
        time.schedule(ROUND_TRIP, () -> connection.changed(KeeperState.SyncConnected, time.now()));
        return () -> {};
    }

    @Override
    public void end(long sessionId, byte[] password, Duration timeout, Timekeeper time, Consumer<KeeperState> found) {
        if (losesEnd) {
            losesEnd = false;
            time.schedule(ROUND_TRIP, () -> found.accept(KeeperState.SyncConnected));
            return;
        }
        if (lingering) {
            time.schedule(ROUND_TRIP, () -> found.accept(KeeperState.Disconnected));
            return;
        }
        List.copyOf(nodes.entrySet()).stream()
                .filter(entry -> entry.getValue().owner() == sessionId)
                .forEach(entry -> delete(entry.getKey()));
        time.schedule(ROUND_TRIP, () -> found.accept(KeeperState.Expired));
    }

    /** A session, as the client library hands it out. */
    final class Session implements Handle {
        private final long id;
        private final Connection connection;
        private Duration timeout;

        Session(long id, Duration timeout, Connection connection) {
            this.id = id;
            this.timeout = timeout;
            this.connection = connection;
        }

        /** The client library says so of its connection. */
        void becomes(KeeperState state) {
            connection.changed(state, null);
        }

        /** Its next connection is granted so much. */
        void grant(Duration granted) {
            timeout = granted;
        }

        /** The client library gives it up, and makes another. */
        void giveUp() {
            connection.changed(KeeperState.Expired, null);
            another();
        }

        /** The servers say that somebody has ended it. */
        void ended() {
            nodes.values().removeIf(node -> node.owner() == id);
            timeout = Duration.ZERO;
            connection.changed(KeeperState.Expired, null);
        }

        /** The client library makes the next. */
        void another() {
            if (reopen != null) {
                reopen.run();
            }
        }

        /** Whether its connection, once lost, would be made again without a pause. */
        boolean isUrgent() {
            return connection.isUrgent();
        }

        @Override
        public long sessionId() {
            return id;
        }

        @Override
        public byte[] password() {
            return new byte[] {(byte) id};
        }

        @Override
        public Duration timeout() {
            return timeout;
        }

        @Override
        public boolean isRejected() {
            return false;
        }

        private void ask(String what, String path, boolean watched, Answered then, Supplier<Runnable> carryOut) {
            ask(new Asked(what, path, id, "", null, watched, time.now()), then, carryOut);
        }

        private void ask(Asked request, Answered then, Supplier<Runnable> carryOut) {
            asked.add(request);
            Code why = refuses.apply(request);
            Runnable answer = why == null ? carryOut.get() : failure(request, then, why);
            Predicate<Asked> losing = loses;
            if (losing != null && losing.test(request)) {
                loses = null;
                answer = failure(request, then, Code.CONNECTIONLOSS);
            }
            Predicate<Asked> holding = holds;
            if (holding != null && holding.test(request)) {
                held.add(answer);
            } else {
                time.schedule(ROUND_TRIP, answer);
            }
        }

        private Runnable failure(Asked request, Answered then, Code why) {
            return () -> then.answer(why.intValue(), request.path(), null, null, null, null);
        }

        private Runnable answer(Answered then, Code code, String path, @Nullable String name, @Nullable Node node) {
            Stat stat = new Stat();
            if (node != null) {
                stat.setCzxid(node.czxid());
                stat.setMzxid(node.czxid() + 1);
                stat.setEphemeralOwner(node.owner());
            }
            byte[] data = node == null ? null : node.data().getBytes(UTF_8);
            return () -> then.answer(code.intValue(), path, name, data, null, node == null ? null : stat);
        }

        @Override
        public void create(String path, byte[] data, CreateMode mode, Answered then) {
            ask(new Asked("create", path, id, new String(data, UTF_8), mode, false, time.now()), then, () -> {
                String number = sequence == null ? String.format("%010d", zxid) : sequence;
                String made = mode.isSequential() ? path + number : path;
                if (!stands(parent(made))) {
                    return answer(then, Code.NONODE, path, null, null);
                } else if (nodes.containsKey(made)) {
                    return answer(then, Code.NODEEXISTS, path, null, null);
                }
                Node node = new Node(new String(data, UTF_8), mode.isEphemeral() ? id : 0, ++zxid);
                nodes.put(made, node);
                fire(made, EventType.NodeCreated);
                return answer(then, Code.OK, path, made, node);
            });
        }

        @Override
        public void setData(String path, byte[] data, Answered then) {
            ask(new Asked("set", path, id, new String(data, UTF_8), null, false, time.now()), then, () -> {
                Node node = nodes.get(path);
                return answer(then, node == null ? Code.NONODE : Code.OK, path, null, node);
            });
        }

        @Override
        public void delete(String path, Answered then) {
            ask("delete", path, false, then, () -> {
                Code code = nodes.containsKey(path) ? Code.OK : Code.NONODE;
                MemoryZooKeeper.this.delete(path);
                return answer(then, code, path, null, null);
            });
        }

        private void watch(String path, @Nullable Watcher watcher) {
            if (watcher != null) {
                watches.computeIfAbsent(path, none -> new LinkedHashSet<>()).add(watcher);
            }
        }

        @Override
        public void getData(String path, @Nullable Watcher watcher, Answered then) {
            ask("read", path, watcher != null, then, () -> {
                Node node = nodes.get(path);
                if (node != null) {
                    watch(path, watcher);
                }
                return answer(then, node == null ? Code.NONODE : Code.OK, path, null, node);
            });
        }

        @Override
        public void getChildren(String path, @Nullable Watcher watcher, Answered then) {
            ask("list", path, watcher != null, then, () -> {
                if (!stands(path)) {
                    return answer(then, Code.NONODE, path, null, null);
                }
                if (watcher != null) {
                    childWatches
                            .computeIfAbsent(path, none -> new LinkedHashSet<>())
                            .add(watcher);
                }
                List<String> children = shows.apply(below(path));
                return () -> then.answer(Code.OK.intValue(), path, null, null, children, null);
            });
        }

        @Override
        public void exists(String path, @Nullable Watcher watcher, Answered then) {
            ask("exists", path, watcher != null, then, () -> {
                Node node = nodes.get(path);
                watch(path, watcher);
                return answer(then, node == null ? Code.NONODE : Code.OK, path, null, node);
            });
        }
    }
}
