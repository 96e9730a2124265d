package dev.baton.simulation.zookeeper;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** The nodes as one server knows them. */
final class Tree {
    private final TreeMap<String, Node> nodes = new TreeMap<>();

    Tree() {
        nodes.put("", new Node("", 0, false, 0, 0));
    }

    /** One node. */
    static final class Node {
        String data;
        final long owner;
        final boolean container;
        final long czxid;
        final long ctime;
        long mzxid;
        long pzxid;
        int created;
        int children;

        Node(String data, long owner, boolean container, long czxid, long ctime) {
            this.data = data;
            this.owner = owner;
            this.container = container;
            this.czxid = czxid;
            this.ctime = ctime;
            mzxid = czxid;
            pzxid = czxid;
        }

        Stat stat() {
            Stat stat = new Stat();
            stat.setCzxid(czxid);
            stat.setMzxid(mzxid);
            stat.setPzxid(pzxid);
            stat.setCtime(ctime);
            stat.setEphemeralOwner(owner);
            stat.setNumChildren(children);
            return stat;
        }
    }

    @Nullable Node find(String path) {
        return nodes.get(path);
    }

    List<String> children(String path) {
        List<String> names = new ArrayList<>();
        for (String child : nodes.subMap(path + '/', path + (char) ('/' + 1)).keySet()) {
            if (child.indexOf('/', path.length() + 1) < 0) {
                names.add(child.substring(path.length() + 1));
            }
        }
        return names;
    }

    List<String> ownedBy(long session) {
        return nodes.entrySet().stream()
                .filter(entry -> entry.getValue().owner == session)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether the node at {@code path} is a container that has had children and has none. */
    boolean isAbandoned(String path) {
        Node node = nodes.get(path);
        return node != null && node.container && node.created > 0 && node.children == 0;
    }

    List<String> paths() {
        return List.copyOf(nodes.keySet());
    }

    static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** Carries out what the leader has decided. */
    void apply(Change change) {
        Node parent = change.kind() == Kind.SET ? null : nodes.get(change.parent());
        switch (change.kind()) {
            case CREATE -> {
                Node node = new Node(change.data(), change.owner(), change.container(), change.zxid(), change.time());
                nodes.put(change.path(), node);
                if (parent != null) {
                    parent.created++;
                    parent.children++;
                    parent.pzxid = change.zxid();
                }
            }
            case DELETE -> {
                nodes.remove(change.path());
                if (parent != null) {
                    parent.children--;
                    parent.pzxid = change.zxid();
                }
            }
            case SET -> {
                Node node = nodes.get(change.path());
                if (node != null) {
                    node.data = change.data();
                    node.mzxid = change.zxid();
                }
            }
        }
    }

    /** What becomes of a node. */
    enum Kind {
        CREATE,
        DELETE,
        SET
    }

    /** One change of one node, as it stands in the log. */
    record Change(
            Kind kind, String path, String parent, String data, long owner, boolean container, long zxid, long time) {
        @Override
        public String toString() {
            return kind + " " + path + " by 0x" + Long.toHexString(owner) + " at " + zxid;
        }
    }
}
