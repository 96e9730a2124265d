package dev.baton.simulation.zookeeper;

import dev.baton.simulation.zookeeper.Request.Op;
import dev.baton.simulation.zookeeper.Request.Reply;
import dev.baton.simulation.zookeeper.Tree.Change;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;

/** One connection of a client to a server: in order both ways, until it breaks; what was under way then is lost. */
final class Link {
    private final Surroundings world;
    private final Host process;
    private final SimulatedHandle client;
    private final Server server;
    private final long session;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final Set<String> awaited = new HashSet<>();
    private final Set<String> read = new HashSet<>();
    private final Set<String> listed = new HashSet<>();
    private boolean broken;
    private boolean open = true;
    private long up;
    private long down;

    Link(Surroundings world, Host process, SimulatedHandle client, Server server, long session) {
        this.world = world;
        this.process = process;
        this.client = client;
        this.server = server;
        this.session = session;
    }

    /** A request at the server, answered in turn. */
    private static final class Pending {
        private final Request request;
        private @Nullable Reply reply;

        Pending(Request request) {
            this.request = request;
        }
    }

    Host process() {
        return process;
    }

    long session() {
        return session;
    }

    // -- towards the server ---------------------------------------------------------------------------------------

    void send(Request request) {
        up(() -> {
            pending.add(new Pending(request));
            server.receive(this, request);
        });
    }

    void bring(Map<Op, ? extends Set<String>> watched, long seen) {
        up(() -> server.rewatch(this, watched, seen));
    }

    private void up(Runnable arrival) {
        if (process.isCutOff()) {
            broken = true;
        } else if (world.losesRequest()) {
            reset();
        }
        up = Math.max(up, world.now() + world.requestDelay());
        world.at(up, () -> {
            if (!broken && open) {
                arrival.run();
            }
        });
    }

    /** The client lets go of it. */
    void leave() {
        broken = true;
        world.at(world.now() + world.requestDelay(), this::close);
    }

    private void close() {
        open = false;
        server.detach(this);
    }

    private void reset() {
        broken = true;
        close();
        process.at(world.now() + world.replyDelay(), () -> client.disconnected(this));
    }

    void closedByServer() {
        open = false;
        if (!process.isCutOff()) {
            long at = Math.max(down, world.now() + world.replyDelay());
            process.at(at, () -> client.disconnected(this));
        }
    }

    // -- towards the client ---------------------------------------------------------------------------------------

    /** A read has arrived, and waits for the writes before it. */
    void ready() {
        while (!pending.isEmpty()) {
            Pending first = pending.getFirst();
            Reply reply = first.reply;
            if (reply == null && first.request.op().isWrite()) {
                return;
            }
            pending.removeFirst();
            Reply told = reply == null ? server.read(this, first.request) : reply;
            down(() -> client.heard(first.request, told));
        }
    }

    /** A request that is not carried out is answered in its turn as well. */
    @SuppressWarnings("ReferenceEquality") // another that asks the same is another
    void refuse(Request request, Reply reply) {
        for (Pending each : pending) {
            if (each.request == request) {
                each.reply = reply;
            }
        }
        ready();
    }

    /** The oldest write that waits was settled. */
    void answered(Reply reply) {
        if (reply.code() == Code.SESSIONMOVED) {
            server.detach(this);
            closedByServer();
            return;
        }
        for (Pending each : pending) {
            if (each.reply == null && each.request.op().isWrite()) {
                each.reply = reply;
                break;
            }
        }
        ready();
    }

    private void down(Runnable delivery) {
        if (process.isCutOff()) {
            broken = true;
        } else if (world.losesReply()) {
            reset();
        }
        down = Math.max(down, world.now() + world.replyDelay());
        process.at(down, () -> {
            if (!broken) {
                delivery.run();
            }
        });
    }

    // -- watches --------------------------------------------------------------------------------------------------

    void watch(Op op, String path, boolean exists) {
        Set<String> kind = switch (op) {
            case EXISTS -> exists ? read : awaited;
            case DATA -> read;
            default -> listed;
        };
        kind.add(path);
    }

    /** Whether the client is to hear of any of {@code changes}. */
    boolean watchesAnyOf(List<Change> changes) {
        for (Change change : changes) {
            String path = change.path();
            boolean watched = switch (change.kind()) {
                case CREATE -> awaited.contains(path) || listed.contains(change.parent());
                case SET -> read.contains(path);
                case DELETE -> read.contains(path) || listed.contains(path) || listed.contains(change.parent());
            };
            if (watched) {
                return true;
            }
        }
        return false;
    }

    /** Tells of {@code change} if that is watched, and watches no longer. */
    void noteChange(Change change) {
        String path = change.path();
        switch (change.kind()) {
            case CREATE -> tell(awaited.remove(path), path, EventType.NodeCreated);
            case SET -> tell(read.remove(path), path, EventType.NodeDataChanged);
            case DELETE -> {
                boolean wasListed = listed.remove(path);
                tell(read.remove(path) || wasListed, path, EventType.NodeDeleted);
            }
        }
        if (change.kind() != Tree.Kind.SET) {
            tell(listed.remove(change.parent()), change.parent(), EventType.NodeChildrenChanged);
        }
    }

    private void tell(boolean watched, String path, EventType event) {
        if (watched) {
            tell(path, event);
        }
    }

    /** Not to one who may not read it: what was watched is watched no more all the same. */
    void tell(String path, EventType event) {
        if (server.conceals(event)) {
            return;
        }
        down(() -> client.happened(path, event));
    }
}
