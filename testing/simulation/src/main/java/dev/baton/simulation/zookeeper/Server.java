package dev.baton.simulation.zookeeper;

import dev.baton.simulation.zookeeper.Request.Op;
import dev.baton.simulation.zookeeper.Request.Reply;
import dev.baton.simulation.zookeeper.Tree.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * One server: it answers reads and pings by what it knows, forwards writes, and notes who spoke, to report that when its
 * leader next asks. What it says to its leader, and what it hears from it, arrives in order, until the two are parted.
 */
final class Server {
    private final Ensemble ensemble;
    private final Surroundings world;
    private final int index;
    private final Set<Long> touched = new TreeSet<>();
    private final Set<Link> links = new LinkedHashSet<>();
    private final Map<Long, Link> waiting = new HashMap<>();
    private final Tree tree = new Tree();
    private int applied;
    private long zxid;
    private boolean serving = true;
    private boolean cut;
    private int channel;
    private long lastUp;
    private long lastDown;
    private @Nullable Duration mostGranted;

    Server(Ensemble ensemble, int index) {
        this.ensemble = ensemble;
        this.world = ensemble.world;
        this.index = index;
    }

    boolean isServing() {
        return serving;
    }

    boolean isCut() {
        return cut;
    }

    long zxid() {
        return zxid;
    }

    Duration granted(Duration asked) {
        return mostGranted == null || asked.compareTo(mostGranted) < 0 ? asked : mostGranted;
    }

    void grantAtMost(Duration most) {
        mostGranted = most;
        closeLinks();
    }

    void grantAll() {
        if (mostGranted != null) {
            mostGranted = null;
            closeLinks();
        }
    }

    // -- the leader -----------------------------------------------------------------------------------------------

    private boolean leads() {
        return ensemble.leader() == this;
    }

    void toLeader(Runnable message) {
        int on = channel;
        lastUp = Math.max(lastUp, world.now() + (leads() ? 0 : ensemble.hop()));
        world.at(lastUp, () -> {
            if (on == channel && !cut) {
                message.run();
            }
        });
    }

    void fromLeader(Runnable message) {
        int on = channel;
        lastDown = Math.max(lastDown, world.now() + (leads() ? 0 : ensemble.hop()));
        world.at(lastDown, () -> {
            if (on == channel && !cut && serving) {
                message.run();
            }
        });
    }

    /** The leader asks who spoke. */
    void pinged() {
        List<Long> spoke = List.copyOf(touched);
        touched.clear();
        toLeader(() -> spoke.forEach(ensemble::touch));
    }

    private void touch(long session) {
        if (leads()) {
            ensemble.touch(session);
        } else {
            touched.add(session);
        }
    }

    /** Applies the next of what was agreed. */
    void catchUp() {
        List<Ensemble.Txn> log = ensemble.log();
        if (applied >= log.size()) {
            return;
        }
        Ensemble.Txn txn = log.get(applied);
        long at = applied++;
        apply(txn);
        Link link = waiting.remove(at);
        if (link != null) {
            link.answered(txn.reply());
        }
        if (txn.ended() != 0) {
            closeLinks(open -> open.session() == txn.ended());
        }
    }

    private void apply(Ensemble.Txn txn) {
        zxid = txn.reply().zxid();
        for (Change change : txn.changes()) {
            tree.apply(change);
            String path = change.path();
            String parent = Tree.parent(path);
            for (Link link : List.copyOf(links)) {
                switch (change.kind()) {
                    case CREATE -> link.fire(path, EventType.NodeCreated);
                    case SET -> link.fire(path, EventType.NodeDataChanged);
                    case DELETE -> link.fire(path, EventType.NodeDeleted);
                }
                if (change.kind() != Tree.Kind.SET) {
                    link.fire(parent, EventType.NodeChildrenChanged);
                }
            }
        }
    }

    // -- trouble --------------------------------------------------------------------------------------------------

    /** It hears nothing of its leader, and notices after {@code patience}. */
    void cut(long patience) {
        cut = true;
        int on = channel;
        world.at(world.now() + patience, () -> {
            if (on == channel) {
                drop();
            }
        });
    }

    void heal() {
        if (cut) {
            drop();
            cut = false;
            world.at(world.now() + ensemble.hop(), this::join);
        }
    }

    /** Serves nobody any more: it has no leader. */
    void drop() {
        serving = false;
        channel++;
        touched.clear();
        waiting.clear();
        closeLinks();
    }

    private void closeLinks() {
        closeLinks(open -> true);
    }

    private void closeLinks(Predicate<Link> which) {
        List<Link> closing = links.stream().filter(which).toList();
        closing.forEach(links::remove);
        closing.forEach(Link::closedByServer);
    }

    /** Follows the leader, up to date. */
    void join() {
        if (cut || serving) {
            return;
        }
        serving = true;
        channel++;
        for (List<Ensemble.Txn> log = ensemble.log(); applied < log.size(); ) {
            apply(log.get(applied++));
        }
    }

    // -- clients --------------------------------------------------------------------------------------------------

    boolean serves(Host process) {
        return links.stream().anyMatch(link -> link.process() == process);
    }

    void attach(Link link) {
        links.add(link);
    }

    void detach(Link link) {
        links.remove(link);
    }

    /** A packet arrives. */
    void receive(Link link, Request request) {
        touch(link.session());
        if (request.op().isWrite()) {
            long session = link.session();
            toLeader(() -> ensemble.write(session, this, request, at -> waiting.put(at, link)));
        } else {
            link.ready();
        }
    }

    Reply read(Link link, Request request) {
        String path = request.path();
        if (request.op() == Op.PING) {
            return Reply.of(Code.OK, zxid);
        }
        Tree.Node node = tree.find(path);
        if (request.watcher() != null) {
            link.watch(request.op(), path, node != null);
        }
        if (node == null) {
            return Reply.of(Code.NONODE, zxid);
        }
        boolean listing = request.op() == Op.CHILDREN;
        return new Reply(
                Code.OK,
                null,
                request.op() == Op.DATA ? node.data : null,
                listing ? tree.children(path) : null,
                node.stat(),
                zxid);
    }

    /** Watches that a client brings along: those that have missed something fire at once. */
    void rewatch(Link link, Map<Op, ? extends Set<String>> watches, long seen) {
        List<Runnable> missed = new ArrayList<>();
        watches.forEach((op, paths) -> paths.forEach(path -> {
            Tree.Node node = tree.find(path);
            EventType event = null;
            if (op == Op.EXISTS) {
                event = node != null ? EventType.NodeCreated : null;
            } else if (node == null) {
                event = EventType.NodeDeleted;
            } else if (op == Op.DATA && node.mzxid > seen) {
                event = EventType.NodeDataChanged;
            } else if (op == Op.CHILDREN && node.pzxid > seen) {
                event = EventType.NodeChildrenChanged;
            }
            if (event == null) {
                link.watch(op, path, node != null);
            } else {
                EventType told = event;
                missed.add(() -> link.tell(path, told));
            }
        }));
        missed.forEach(Runnable::run);
    }

    @Override
    public String toString() {
        return "server " + index;
    }
}
