package dev.baton.simulation.zookeeper;

import dev.baton.simulation.zookeeper.Request.Op;
import dev.baton.simulation.zookeeper.Request.Reply;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashSet;
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
    private final Map<Op, Set<String>> watches = new EnumMap<>(Op.class);
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
        Op kind = op == Op.EXISTS && exists ? Op.DATA : op;
        watches.computeIfAbsent(kind, none -> new HashSet<>()).add(path);
    }

    /** Tells of {@code event} if that is watched, and watches no longer. */
    void fire(String path, EventType event) {
        boolean heard = switch (event) {
            case NodeCreated -> unwatch(Op.EXISTS, path);
            case NodeDataChanged -> unwatch(Op.DATA, path);
            case NodeDeleted -> {
                boolean listed = unwatch(Op.CHILDREN, path);
                yield unwatch(Op.DATA, path) || listed;
            }
            default -> unwatch(Op.CHILDREN, path);
        };
        if (heard) {
            tell(path, event);
        }
    }

    private boolean unwatch(Op op, String path) {
        Set<String> paths = watches.get(op);
        return paths != null && paths.remove(path);
    }

    void tell(String path, EventType event) {
        down(() -> client.happened(path, event));
    }
}
