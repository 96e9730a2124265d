package dev.baton.simulation.zookeeper;

import dev.baton.simulation.zookeeper.Request.Op;
import dev.baton.simulation.zookeeper.Request.Reply;
import dev.baton.simulation.zookeeper.Tree.Change;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
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
public final class Server {
    private final Ensemble ensemble;
    private final Surroundings world;
    private final int index;
    private final Set<Long> touched = new TreeSet<>();
    private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
    private List<Link> links = List.of();
    private final Map<Long, Link> waiting = new HashMap<>();
    private final Tree tree = new Tree();
    private int applied;
    private long zxid;
    private boolean serving = true;
    private boolean cut;
    private boolean mute;
    private boolean reporting;
    private boolean catchingUp;
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
        return mute;
    }

    long zxid() {
        catchUp();
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
        if (leads() && !mute && lastUp <= world.now()) {
            message.run();
            return;
        }
        int on = channel;
        lastUp = Math.max(lastUp, world.now() + (leads() ? 0 : ensemble.hop()));
        world.at(lastUp, () -> {
            if (on == channel && !mute) {
                message.run();
            }
        });
    }

    void fromLeader(Runnable message) {
        int on = channel;
        lastDown = Math.max(lastDown, world.now() + (leads() ? 0 : ensemble.hop()));
        world.at(lastDown, () -> onChannel(on, message));
    }

    private void onChannel(int on, Runnable message) {
        if (on == channel && !cut && serving) {
            message.run();
        }
    }

    private void touch(long session) {
        if (leads()) {
            ensemble.touch(session);
        } else if (touched.add(session) && !reporting && !mute) {
            reporting = true;
            int on = channel;
            long late = world.delaysTouch() ? world.random().nextLong(ensemble.tick / 4) : 0;
            world.at(ensemble.nextPing() + ensemble.hop() + late, () -> onChannel(on, this::pinged));
        }
    }

    /** The leader asks who spoke. */
    private void pinged() {
        reporting = false;
        List<Long> spoke = List.copyOf(touched);
        touched.clear();
        toLeader(() -> spoke.forEach(ensemble::touch));
    }

    // -- what was agreed ------------------------------------------------------------------------------------------

    /** One more entry of the log on its way from the leader. */
    private static final class Arrival {
        private final long at;
        private boolean awaited;

        Arrival(long at) {
            this.at = at;
        }
    }

    /**
     * The leader tells of the newest entry of its log. It arrives in order, after a hop, and becomes an event where a
     * client may notice when that was; otherwise it is made up for by {@link #catchUp} before anybody looks.
     */
    void agreed(Ensemble.Txn txn) {
        if (!serving || cut) {
            return;
        }
        lastDown = Math.max(lastDown, world.now() + (leads() ? 0 : ensemble.hop()));
        Arrival arrival = new Arrival(lastDown);
        arrivals.add(arrival);
        if (lastDown <= world.now()) {
            catchUp();
        } else if (waiting.containsKey((long) (applied + arrivals.size() - 1)) || concerns(txn)) {
            await(arrival);
        }
    }

    private boolean concerns(Ensemble.Txn txn) {
        for (Link link : links) {
            if (link.session() == txn.ended() || link.watchesAnyOf(txn.changes())) {
                return true;
            }
        }
        return false;
    }

    private void await(Arrival arrival) {
        if (!arrival.awaited) {
            arrival.awaited = true;
            int on = channel;
            world.at(arrival.at, () -> onChannel(on, this::catchUp));
        }
    }

    /** Somebody has begun to look: whatever is under way matters. */
    private void awaitArrivals() {
        arrivals.forEach(this::await);
    }

    /** Applies what has arrived by now. */
    private void catchUp() {
        if (catchingUp) {
            return;
        }
        catchingUp = true;
        for (Arrival next = arrivals.peek(); next != null && next.at <= world.now(); next = arrivals.peek()) {
            arrivals.remove();
            applyNext();
        }
        catchingUp = false;
    }

    private void applyNext() {
        long at = applied++;
        Ensemble.Txn txn = ensemble.log().get((int) at);
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
            for (Link link : links) {
                link.noteChange(change);
            }
        }
    }

    // -- trouble --------------------------------------------------------------------------------------------------

    /** Nothing that it says reaches its leader from now on. */
    void mute() {
        mute = true;
    }

    /** It hears nothing of its leader either, and notices after {@code patience}. */
    void cut(long patience) {
        if (!mute) {
            return;
        }
        catchUp();
        arrivals.clear();
        cut = true;
        int on = channel;
        world.at(world.now() + patience, () -> {
            if (on == channel) {
                drop();
            }
        });
    }

    void heal() {
        if (mute) {
            drop();
            cut = false;
            mute = false;
            world.at(world.now() + ensemble.hop(), this::join);
        }
    }

    /** Serves nobody any more: it has no leader. */
    void drop() {
        catchUp();
        arrivals.clear();
        serving = false;
        channel++;
        touched.clear();
        reporting = false;
        waiting.clear();
        closeLinks();
    }

    private void closeLinks() {
        closeLinks(open -> true);
    }

    /** Ends the connections of {@code process}, which opens others. */
    public void drop(Host process) {
        closeLinks(link -> link.process().equals(process));
    }

    private void closeLinks(Predicate<Link> which) {
        List<Link> closing = links.stream().filter(which).toList();
        links = links.stream().filter(which.negate()).toList();
        closing.forEach(Link::closedByServer);
    }

    /** Follows the leader, up to date. */
    void join() {
        if (mute || serving) {
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
        for (Link link : links) {
            if (link.process() == process) {
                return true;
            }
        }
        return false;
    }

    void attach(Link link) {
        catchUp();
        List<Link> more = new ArrayList<>(links);
        more.add(link);
        links = List.copyOf(more);
        awaitArrivals();
    }

    void detach(Link link) {
        if (links.contains(link)) {
            links = links.stream().filter(other -> other != link).toList();
        }
    }

    /** A packet arrives. */
    void receive(Link link, Request request) {
        touch(link.session());
        catchUp();
        if (request.op().isPermitted() && world.throttles()) {
            link.refuse(request, Reply.of(Code.THROTTLEDOP, zxid));
        } else if (request.op().isWrite()) {
            long session = link.session();
            toLeader(() -> ensemble.write(session, this, request, at -> waiting.put(at, link)));
        } else {
            link.ready();
        }
    }

    /** Whether a client is not told that {@code event} has happened: it may not read that, or nobody is. */
    boolean conceals(EventType event) {
        Op reads = event == EventType.NodeChildrenChanged ? Op.CHILDREN : Op.DATA;
        return world.stallsWatches() || ensemble.denies(reads);
    }

    Reply read(Link link, Request request) {
        String path = request.path();
        if (request.op() == Op.PING) {
            return Reply.of(Code.OK, zxid);
        }
        if (ensemble.denies(request.op())) {
            return Reply.of(Code.NOAUTH, zxid);
        }
        Tree.Node node = tree.find(path);
        if (request.watcher() != null) {
            awaitArrivals();
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
        catchUp();
        awaitArrivals();
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
