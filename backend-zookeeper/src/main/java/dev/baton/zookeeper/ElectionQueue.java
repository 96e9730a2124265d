package dev.baton.zookeeper;

import dev.baton.internal.session.News;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.Holder;
import dev.baton.zookeeper.internal.Line;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.jspecify.annotations.Nullable;

/**
 * One election as one session sees it: the candidates of this session, the leader, and the watches on the few nodes that
 * concern them. When the leader leaves, only its successor acts at once, so that a crowd does not list together. In the
 * lane.
 */
final class ElectionQueue implements WatchedNode.Listener {
    /** When the leader leaves and none of this session's candidates succeeds it, the session lists within this time. */
    private static final int SPREAD_MILLIS = 200;

    private final Session session;
    final ElectionName election;
    final String path;
    private final News news;
    private final Map<String, QueuedClaim> claims = new LinkedHashMap<>();
    private final Map<String, WatchedNode> nodes = new HashMap<>();
    private final Consumer<WatchedEvent> emptiness = this::populated;
    private @Nullable Line line;
    private @Nullable Holder holder;
    private boolean listingSoon;
    private boolean askingAgain;
    private @Nullable Duration patience;

    ElectionQueue(Session session, ElectionName election, String path) {
        this.session = session;
        this.election = election;
        this.path = path;
        this.news = new News(session.observers, election);
    }

    QueuedClaim queued(Claim claim) {
        QueuedClaim known = claims.get(claim.nonce());
        if (known != null) {
            return known;
        }
        QueuedClaim queued = new QueuedClaim(session, this, claim);
        claims.put(claim.nonce(), queued);
        session.joined(claim);
        return queued;
    }

    @Nullable QueuedClaim find(Claim claim) {
        return claims.get(claim.nonce());
    }

    List<QueuedClaim> claims() {
        return List.copyOf(claims.values());
    }

    void remove(QueuedClaim queued) {
        if (claims.remove(queued.claim.nonce()) != null) {
            session.left(this, queued.claim);
        }
    }

    /** Whether a claim or an observer still needs the election. */
    boolean isNeeded() {
        return !claims.isEmpty() || news.hasObservers();
    }

    /** The leader, or null if there is none, or it is unknown. */
    @Nullable Holder holder() {
        return holder;
    }

    /** An observer was added: it receives what is known again; the line is listed unless the observers are up to date. */
    void observed() {
        news.observed(holder);
        if (!news.isWatching()) {
            list();
        }
    }

    void connected() {
        claims().forEach(QueuedClaim::connected);
        if (isNeeded()) {
            list();
        }
    }

    void disconnected() {
        nodes.values().forEach(WatchedNode::disconnected);
        news.forgetVacancy();
        news.watching(false);
        claims().forEach(QueuedClaim::disconnected);
    }

    void sessionEnded(Wire ended, boolean confirmed) {
        nodes.values().forEach(WatchedNode::forget);
        nodes.clear();
        line = null;
        holder = null;
        news.forget();
        news.watching(false);
        claims().forEach(queued -> queued.sessionEnded(ended, confirmed));
    }

    /** The ensemble has confirmed that a session is gone that was given up. */
    void sessionGone(Wire ended) {
        claims().forEach(queued -> queued.sessionEnded(ended, true));
    }

    /** Lists the line; {@link #listed} acts on it. */
    void list() {
        Wire wire = session.wire();
        if (wire != null) {
            wire.getChildren(path, null, this::answered);
        }
    }

    private void answered(Wire.Reply reply) {
        if (reply.isOk() && reply.children() != null) {
            listed(Line.of(reply.children()));
        } else if (reply.code() == Code.NONODE) {
            listed(Line.of(List.of()));
        } else {
            refused(reply);
        }
    }

    /**
     * The servers refused a read, so the observers learn of no changes either: standbys poll from now on, and this queue
     * lists again, after longer and longer pauses.
     */
    private void refused(Wire.Reply reply) {
        news.watching(false);
        if (!reply.isUnknown()) {
            complain(reply);
        }
        if (!askingAgain) {
            askingAgain = true;
            Duration pause = patience == null ? session.pause() : patience;
            Duration doubled = pause.multipliedBy(2);
            patience = doubled.compareTo(session.leaseDuration()) < 0 ? doubled : session.leaseDuration();
            session.time.schedule(pause, () -> {
                askingAgain = false;
                if (isNeeded() && !news.isWatching()) {
                    list();
                }
            });
        }
    }

    private void listed(Line found) {
        line = found;
        claims().forEach(queued -> queued.listed(found));
        String leader = found.first();
        if (leader == null) {
            holder = null;
            whenEmpty();
        } else {
            news.forgetVacancy();
            need(leader, this::live);
        }
    }

    /**
     * Tells the observers that they will learn of changes, once the leader or the vacancy is watched, and so are the nodes
     * of this session's candidates and their predecessors.
     */
    @Override
    public void live() {
        String leader = line == null ? null : line.first();
        boolean known = leader == null ? news.isVacant() : isWatched(leader);
        boolean all = claims.values().stream()
                .allMatch(queued -> isWatched(queued.node()) && isWatched(queued.predecessor()));
        if (known && all) {
            patience = null;
            if (news.hasObservers()) {
                news.watching(true);
            }
        }
    }

    private boolean isWatched(@Nullable String name) {
        WatchedNode node = name == null ? null : nodes.get(name);
        return name == null || (node != null && node.isWatched());
    }

    /**
     * Runs {@code then} once {@code name} is watched and was read not long ago: the servers may not serve a watch that has
     * been silent for a leaseDuration. Never runs it if the node does not exist or cannot be read.
     */
    void whenSeen(String name, Runnable then) {
        WatchedNode node = nodes.get(name);
        if (node != null) {
            node.expire();
        }
        need(name, then);
    }

    /**
     * Runs {@code then} once {@code name} is watched. Never runs it if the node is deleted before; then the line moves on.
     */
    void need(String name, Runnable then) {
        WatchedNode node = nodes.computeIfAbsent(name, unknown -> new WatchedNode(session, path, unknown, this));
        node.whenWatched(then);
        read(node);
    }

    /** Passes the leader to {@code then}, once its node has been read. */
    void withHolder(Consumer<@Nullable Holder> then) {
        String leader = line == null ? null : line.first();
        if (leader == null) {
            then.accept(holder);
        } else {
            need(leader, () -> then.accept(holder));
        }
    }

    /** A candidate of this session is first: the leader is known without a read. */
    void leads(QueuedClaim queued) {
        String name = queued.node();
        if (name != null) {
            line = Line.of(List.of(name));
            Holder own = queued.holder();
            holder = own;
            news.held(own);
        }
    }

    @Override
    public void read(WatchedNode node) {
        Holder found = node.holder();
        if (found != null && line != null && node.name.equals(line.first())) {
            holder = found;
            news.held(found);
        }
    }

    @Override
    public void unread(String name, Wire.Reply reply) {
        refused(reply);
        if (!reply.isUnknown()) {
            BackendException why = session.messages.failed(reply.code(), reply.path());
            claims().forEach(queued -> queued.unseen(name, why));
        }
    }

    @Override
    public void deleted(String name) {
        WatchedNode gone = nodes.remove(name);
        if (gone != null) {
            gone.forget();
        }
        boolean led = line != null && name.equals(line.first());
        claims().forEach(queued -> queued.deleted(name));
        boolean leads = claims.values().stream().anyMatch(QueuedClaim::isFirst);
        if (led && !leads && isNeeded()) {
            listSoon();
        }
    }

    private void listSoon() {
        if (!listingSoon) {
            listingSoon = true;
            Duration delay = Duration.ofMillis(session.time.random().nextInt(SPREAD_MILLIS + 1));
            session.time.schedule(delay, () -> {
                listingSoon = false;
                list();
            });
        }
    }

    private void complain(Wire.Reply reply) {
        BackendException why = session.messages.failed(reply.code(), reply.path());
        session.complain(why);
        claims().forEach(queued -> queued.fail(why));
    }

    private void whenEmpty() {
        Wire wire = session.wire();
        if (news.isVacant() || wire == null || !news.hasObservers()) {
            return;
        }
        wire.getChildren(path, emptiness, reply -> {
            if (reply.code() == Code.NONODE) {
                wire.exists(path, emptiness, existing -> confirmEmpty(existing.code() == Code.NONODE, existing));
            } else {
                confirmEmpty(reply.children() != null && reply.children().isEmpty(), reply);
            }
        });
    }

    private void confirmEmpty(boolean empty, Wire.Reply reply) {
        if (reply.code() != Code.OK && reply.code() != Code.NONODE) {
            refused(reply);
        } else if (!empty) {
            list();
        } else if (!news.isVacant()) {
            news.vacant();
            live();
        }
    }

    private void populated(WatchedEvent event) {
        news.forgetVacancy();
        listSoon();
    }
}
