package dev.baton.cli.status;

import dev.baton.cli.status.Status.Election;
import dev.baton.cli.status.Status.Place;
import dev.baton.cli.status.Status.State;
import dev.baton.cli.status.Status.ZooKeeperMember;
import dev.baton.cli.store.Kind;
import dev.baton.cli.store.ZooKeeperAccess;
import dev.baton.internal.session.TermTimes;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Printable;
import dev.baton.zookeeper.internal.Line;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Elections on ZooKeeper: the nodes below a name, in the order of Baton and of Curator's LeaderLatch.
 *
 * <p>ZooKeeper answers no read without a session: the reader has one while it is open, and the session owns no node.
 */
final class ZooKeeperReader implements StatusReader {
    private static final String HEARTBEATS = ".heartbeat";
    /** The most sessions that are searched for the leader's. */
    private static final int MOST_HEARTBEATS = 2_000;

    private final ZooKeeperMembers members;
    private final String basePath;
    private final List<String> names;
    private final @Nullable String user;
    private final Duration patience;
    private @Nullable ZooKeeper connected;
    private volatile Runnable changed = () -> {};

    /** The content of a node. */
    record Node(String name, String text, Stat stat) {
        String called() {
            return Line.called(text, name);
        }
    }

    /**
     * @param basePath the path above the elections, without a slash at its end
     * @param names names below {@code basePath}, or whole paths that begin with a slash
     * @param user the digest's name and password, separated by a colon; null for none
     */
    ZooKeeperReader(
            ZooKeeperMembers members, String basePath, List<String> names, @Nullable String user, Duration patience) {
        this.members = members;
        this.basePath = basePath;
        this.names = names;
        this.user = user;
        this.patience = patience;
    }

    @Override
    public Status read() throws IOException, InterruptedException {
        List<ZooKeeperMember> seen = members.ask();
        List<String> warnings = new ArrayList<>();
        List<Election> elections = new ArrayList<>();
        ZooKeeper client = client(seen);
        if (client == null) {
            names.forEach(name -> elections.add(
                    Election.without(name, State.UNKNOWN, "the leader is unknown: no server of ZooKeeper serves")));
            if (names.isEmpty()) {
                elections.add(Election.without(
                        basePath, State.UNKNOWN, "the leader is unknown: no server of ZooKeeper serves"));
            }
            warnings.addAll(ZooKeeperMembers.withoutSession(seen));
        } else {
            try {
                elections(client, elections);
                warnings.addAll(members.judge(seen, config(client)));
            } catch (KeeperException e) {
                throw new IOException(sentence(e), e);
            }
        }
        return new Status(
                Kind.ZOOKEEPER.shortText(), members.address(), Instant.now(), elections, seen, List.copyOf(warnings));
    }

    /** A client with a session, or null when a server answers and none serves. */
    private @Nullable ZooKeeper client(List<ZooKeeperMember> seen) throws IOException, InterruptedException {
        ZooKeeper before = connected;
        if (before != null && before.getState() == ZooKeeper.States.CONNECTED) {
            return before;
        }
        if (before != null) {
            before.close();
            connected = null;
        }
        Optional<ZooKeeper> opened = ZooKeeperAccess.connect(members.address(), user, patience);
        if (opened.isEmpty() && seen.stream().noneMatch(ZooKeeperMember::reachable)) {
            throw new IOException("ZooKeeper at " + members.address() + " is not reachable (no answer within "
                    + ElectionTiming.text(patience)
                    + "); check the addresses with: echo srvr | nc HOST PORT");
        }
        connected = opened.orElse(null);
        return connected;
    }

    private void elections(ZooKeeper client, List<Election> elections)
            throws KeeperException, IOException, InterruptedException {
        String withoutChroot = ZooKeeperAccess.withoutChroot(client, members.address());
        if (withoutChroot != null) {
            throw new IOException(withoutChroot);
        }
        Map<Long, Beat> heartbeats = heartbeats(client);
        for (String name : names) {
            elections.add(election(client, name, heartbeats));
        }
        if (names.isEmpty()) {
            for (String namespace : children(client, basePath)) {
                if (namespace.startsWith(".")) {
                    continue;
                }
                String folder = (basePath.equals("/") ? "" : basePath) + "/" + namespace;
                for (String name : children(client, folder)) {
                    Election found = election(client, namespace + "/" + name, heartbeats);
                    if (found.state() == State.LED) {
                        elections.add(found);
                    }
                }
            }
        }
    }

    private Election election(ZooKeeper client, String name, Map<Long, Beat> heartbeats)
            throws KeeperException, InterruptedException {
        String path = path(name);
        List<Node> line = new ArrayList<>();
        try {
            Line listed = Line.of(client.getChildren(path, event -> changed.run()));
            for (String each : listed.names()) {
                read(client, path, each).ifPresent(line::add);
            }
        } catch (KeeperException.NoNodeException e) {
            awaitCreation(client, path);
            return Election.without(name, State.ABSENT, "no leader: there is no node " + Printable.value(path));
        }
        if (line.isEmpty()) {
            return Election.without(
                    name, State.VACANT, "no leader: no candidate is in line at " + Printable.value(path));
        }
        Node first = line.get(0);
        long session = first.stat().getEphemeralOwner();
        Beat beat = heartbeats.get(session);
        List<String> remarks = new ArrayList<>();
        if (session == 0) {
            String node = Printable.value(path + "/" + first.name());
            remarks.add("the node " + node + " is of no session, so it remains when its creator dies; if it has no"
                    + " owner, delete it in zkCli.sh with: delete " + node);
        }
        return new Election(
                name,
                State.LED,
                first.called(),
                beat == null ? null : TermTimes.of(first.stat().getCzxid(), beat.text()),
                beat == null ? null : beat.at(),
                null,
                null,
                first.stat().getCzxid(),
                line.stream()
                        .map(node -> new Place(
                                node.called(),
                                path + "/" + node.name(),
                                node.stat().getCzxid(),
                                Instant.ofEpochMilli(node.stat().getCtime())))
                        .toList(),
                remarks);
    }

    private Optional<Node> read(ZooKeeper client, String path, String name)
            throws KeeperException, InterruptedException {
        try {
            Stat stat = new Stat();
            byte[] data = client.getData(path + "/" + name, false, stat);
            return Optional.of(new Node(name, data == null ? "" : new String(data, StandardCharsets.UTF_8), stat));
        } catch (KeeperException.NoNodeException e) {
            // The candidate left the line between the two reads.
            return Optional.empty();
        }
    }

    /** The watch that a listing leaves on an existing node. */
    private void awaitCreation(ZooKeeper client, String path) throws KeeperException, InterruptedException {
        Watcher told = event -> changed.run();
        client.exists(path, told);
    }

    /**
     * A session's last write to its own node.
     *
     * @param at the time by the clock of ZooKeeper's leader
     */
    private record Beat(Instant at, String text) {}

    /** The last heartbeat of each session. LeaderLatch's sessions have none. */
    private Map<Long, Beat> heartbeats(ZooKeeper client) throws KeeperException, InterruptedException {
        Map<Long, Beat> newest = new HashMap<>();
        String folder = (basePath.equals("/") ? "" : basePath) + "/" + HEARTBEATS;
        List<String> nodes = children(client, folder);
        if (nodes.size() <= MOST_HEARTBEATS) {
            for (String each : nodes) {
                read(client, folder, each)
                        .ifPresent(node -> newest.merge(
                                node.stat().getEphemeralOwner(),
                                new Beat(Instant.ofEpochMilli(node.stat().getMtime()), node.text()),
                                (one, other) -> one.at().isAfter(other.at()) ? one : other));
            }
        }
        return newest;
    }

    /** The children, sorted; empty for a missing node. */
    private static List<String> children(ZooKeeper client, String path) throws KeeperException, InterruptedException {
        try {
            return client.getChildren(path, false).stream().sorted().toList();
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        }
    }

    /** The ensemble's configuration; empty if access is denied, or for a single server. */
    private static String config(ZooKeeper client) throws InterruptedException {
        try {
            byte[] data = client.getConfig(false, new Stat());
            return data == null ? "" : new String(data, StandardCharsets.UTF_8);
        } catch (KeeperException e) {
            return "";
        }
    }

    private String path(String name) {
        return name.startsWith("/") ? name : (basePath.equals("/") ? "" : basePath) + "/" + name;
    }

    private String sentence(KeeperException failure) {
        String at = "ZooKeeper at " + members.address();
        return switch (failure.code()) {
            case NOAUTH ->
                at + " denies access to " + failure.getPath()
                        + (user == null
                                ? "; this client is unauthenticated: give --user NAME:PASSWORD of a digest that may read"
                                        + " it, or grant world:anyone READ there"
                                : "; grant READ there to the user of --user");
            case CONNECTIONLOSS, OPERATIONTIMEOUT, SESSIONEXPIRED ->
                at + " was lost while it was read (" + failure.code() + "); try again";
            default -> at + " answered " + failure.code() + " for " + failure.getPath();
        };
    }

    @Override
    public void follow(Runnable toRun) {
        // Uses the watches that each read leaves on the elections that it lists.
        changed = toRun;
    }

    @Override
    public void close() {
        ZooKeeper client = connected;
        if (client != null) {
            try {
                client.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
