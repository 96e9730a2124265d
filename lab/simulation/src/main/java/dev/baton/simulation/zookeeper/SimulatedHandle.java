package dev.baton.simulation.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.simulation.zookeeper.Request.Op;
import dev.baton.simulation.zookeeper.Request.Reply;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.Handle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.jspecify.annotations.Nullable;

/**
 * ZooKeeper's client library: one session, connected to one server after another. It pings when it has been idle for a
 * third of the timeout, and gives a connection up that has been silent for two thirds.
 */
final class SimulatedHandle implements Handle {
    private static final int MOST_SPIN_MILLIS = 1_000;

    private final Surroundings world;
    private final Ensemble ensemble;
    private final Host process;
    private final Timekeeper time;
    private final Duration asked;
    private final Clients.Connection connection;
    private final SimulatedClient client;
    private final ArrayDeque<Request> outstanding = new ArrayDeque<>();
    private final ArrayDeque<Request> queued = new ArrayDeque<>();
    private final Map<Op, Map<String, Set<Watcher>>> watches = new EnumMap<>(Op.class);
    private Duration granted = Duration.ZERO;
    private long sessionId;
    private long seen;
    private @Nullable Link link;
    private boolean dead;
    private int attempts;
    private int connections;
    private Moment heardAt;
    private Moment sentAt;

    SimulatedHandle(
            Surroundings world,
            Ensemble ensemble,
            Host process,
            Duration asked,
            Clients.Connection connection,
            SimulatedClient client) {
        this.world = world;
        this.ensemble = ensemble;
        this.process = process;
        this.time = process.time();
        this.asked = asked;
        this.connection = connection;
        this.client = client;
        this.heardAt = time.now();
        this.sentAt = heardAt;
    }

    // -- connecting -----------------------------------------------------------------------------------------------

    void connect() {
        if (dead) {
            return;
        }
        int attempt = ++attempts;
        Moment attemptedAt = time.now();
        time.schedule(asked.dividedBy(3), () -> failed(attempt));
        if (process.isCutOff() || world.losesRequest()) {
            return;
        }
        Server server = ensemble.any();
        world.at(world.now() + world.requestDelay(), () -> {
            if (!server.isServing() || server.zxid() < seen) {
                process.at(world.now() + world.replyDelay(), () -> failed(attempt));
            } else {
                server.toLeader(() -> shake(server, attempt, attemptedAt));
            }
        });
    }

    /** At the leader. */
    private void shake(Server server, int attempt, Moment attemptedAt) {
        Duration timeout = server.granted(asked);
        long id = sessionId;
        if (id == 0) {
            id = ensemble.open(server, timeout);
        } else if (!ensemble.revalidate(id, server, timeout)) {
            server.fromLeader(() -> deliver(() -> expired(attempt)));
            return;
        }
        Link made = new Link(world, process, this, server, id);
        server.fromLeader(() -> {
            if (!timeout.equals(server.granted(asked))) {
                // It was configured anew meanwhile.
                return;
            }
            server.attach(made);
            long late = world.delaysConnection() ? world.random().nextLong(asked.toNanos() / 3) : 0;
            world.at(
                    world.now() + late,
                    () -> deliver(() -> {
                        connected(made, attempt, attemptedAt, timeout);
                        if (late > 0 && link == made) {
                            world.connectedLate(process);
                        }
                    }));
        });
    }

    private void deliver(Runnable reply) {
        if (!process.isCutOff() && !world.losesReply()) {
            process.at(world.now() + world.replyDelay(), reply);
        }
    }

    private void connected(Link made, int attempt, Moment attemptedAt, Duration timeout) {
        if (dead || link != null || attempt != attempts) {
            made.leave();
            return;
        }
        link = made;
        connections++;
        sessionId = made.session();
        granted = timeout;
        heardAt = time.now();
        sentAt = heardAt;
        Map<Op, Set<String>> watched = new EnumMap<>(Op.class);
        watches.forEach((op, paths) -> watched.put(op, new TreeSet<>(paths.keySet())));
        made.bring(watched, seen);
        look(made);
        connection.changed(KeeperState.SyncConnected, world.random().nextInt(8) == 0 ? null : attemptedAt);
        while (link == made && !queued.isEmpty()) {
            send(made, queued.removeFirst());
        }
    }

    private void failed(int attempt) {
        if (!dead && link == null && attempt == attempts) {
            attempts++;
            lose(queued, Code.CONNECTIONLOSS);
            connectSoon(false);
        }
    }

    private void connectSoon(boolean urgent) {
        int before = attempts;
        int spin = world.random().nextInt(MOST_SPIN_MILLIS);
        time.schedule(Duration.ofMillis(urgent ? 0 : spin), () -> {
            if (before == attempts && link == null) {
                connect();
            }
        });
    }

    private void expired(int attempt) {
        if (!dead && link == null && attempt == attempts) {
            dead = true;
            granted = Duration.ZERO;
            lose(queued, Code.SESSIONEXPIRED);
            connection.changed(KeeperState.Expired, null);
            client.expired(this);
        }
    }

    void disconnected(Link from) {
        if (dead || link != from) {
            return;
        }
        from.leave();
        link = null;
        attempts++;
        lose(outstanding, Code.CONNECTIONLOSS);
        connection.changed(KeeperState.Disconnected, null);
        client.disconnected(this, granted);
        connectSoon(connection.isUrgent());
    }

    private static void lose(ArrayDeque<Request> requests, Code why) {
        List<Request> lost = List.copyOf(requests);
        requests.clear();
        lost.forEach(request -> request.lost(why));
    }

    /** Lets go of the session, and tells the servers if that is possible. */
    void abandon() {
        dead = true;
        Link last = link;
        link = null;
        if (last != null) {
            last.send(Request.bare(Op.CLOSE));
        }
        lose(outstanding, Code.SESSIONEXPIRED);
        lose(queued, Code.SESSIONEXPIRED);
    }

    boolean isConnected() {
        return link != null;
    }

    /** How often it has been connected. */
    int connections() {
        return connections;
    }

    /** Pings when it must, and gives up what is silent. */
    private void look(Link on) {
        if (link != on) {
            return;
        }
        Moment now = time.now();
        long third = granted.toNanos() / 3;
        if (now.nanosSince(heardAt) >= 2 * third) {
            disconnected(on);
            return;
        }
        if (now.nanosSince(sentAt) >= third) {
            sentAt = now;
            on.send(Request.bare(Op.PING));
        }
        long next = Math.min(2 * third - now.nanosSince(heardAt), third - now.nanosSince(sentAt));
        time.schedule(Duration.ofNanos(Math.max(1, next)), () -> look(on));
    }

    // -- requests -------------------------------------------------------------------------------------------------

    private void submit(Request request) {
        process.called();
        Link on = link;
        if (dead) {
            time.execute(() -> request.lost(Code.SESSIONEXPIRED));
        } else if (on == null) {
            queued.add(request);
        } else {
            send(on, request);
        }
    }

    private void send(Link on, Request request) {
        outstanding.add(request);
        sentAt = time.now();
        on.send(request);
    }

    void heard(Request request, Reply reply) {
        heardAt = time.now();
        seen = Math.max(seen, reply.zxid());
        if (dead || request.op() == Op.PING) {
            return;
        }
        outstanding.removeFirst();
        Watcher watcher = request.watcher();
        if (watcher != null && (reply.code() == Code.OK || request.op() == Op.EXISTS)) {
            Op kind = request.op() == Op.EXISTS && reply.code() == Code.OK ? Op.DATA : request.op();
            watches.computeIfAbsent(kind, none -> new HashMap<>())
                    .computeIfAbsent(request.path(), none -> new LinkedHashSet<>())
                    .add(watcher);
        }
        request.answer(reply);
    }

    void happened(String path, EventType event) {
        heardAt = time.now();
        Set<Watcher> told = new LinkedHashSet<>();
        switch (event) {
            case NodeCreated -> take(Op.EXISTS, path, told);
            case NodeDataChanged -> take(Op.DATA, path, told);
            case NodeDeleted -> {
                take(Op.DATA, path, told);
                take(Op.CHILDREN, path, told);
            }
            default -> take(Op.CHILDREN, path, told);
        }
        if (!dead) {
            told.forEach(watcher -> watcher.process(new WatchedEvent(event, KeeperState.SyncConnected, path)));
        }
    }

    private void take(Op op, String path, Set<Watcher> told) {
        Map<String, Set<Watcher>> paths = watches.get(op);
        Set<Watcher> here = paths == null ? null : paths.remove(path);
        if (here != null) {
            told.addAll(here);
        }
    }

    // -- as the backend sees it -----------------------------------------------------------------------------------

    @Override
    public long sessionId() {
        return sessionId;
    }

    @Override
    public byte[] password() {
        return ByteBuffer.allocate(Long.BYTES).putLong(sessionId).array();
    }

    @Override
    public Duration timeout() {
        return granted;
    }

    @Override
    public boolean isRejected() {
        return false;
    }

    @Override
    public void create(String path, byte[] data, CreateMode mode, Answered then) {
        submit(Request.write(Op.CREATE, path, new String(data, UTF_8), mode, then));
    }

    @Override
    public void setData(String path, byte[] data, Answered then) {
        submit(Request.write(Op.SET, path, new String(data, UTF_8), CreateMode.PERSISTENT, then));
    }

    @Override
    public void delete(String path, Answered then) {
        submit(Request.write(Op.DELETE, path, "", CreateMode.PERSISTENT, then));
    }

    @Override
    public void getData(String path, @Nullable Watcher watcher, Answered then) {
        submit(Request.read(Op.DATA, path, watcher, then));
    }

    @Override
    public void getChildren(String path, @Nullable Watcher watcher, Answered then) {
        submit(Request.read(Op.CHILDREN, path, watcher, then));
    }

    @Override
    public void exists(String path, @Nullable Watcher watcher, Answered then) {
        submit(Request.read(Op.EXISTS, path, watcher, then));
    }
}
