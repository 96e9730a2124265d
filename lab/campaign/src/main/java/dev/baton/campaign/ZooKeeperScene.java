package dev.baton.campaign;

import dev.baton.campaign.Fault.Healing;
import dev.baton.campaign.Fault.Kind;
import dev.baton.campaign.candidate.Settings;
import dev.baton.conformance.TcpProxy;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** A ZooKeeper ensemble of three, whose followers keep their clients for five seconds when they are cut off. */
final class ZooKeeperScene implements Scene {
    private static final int MEMBERS = 3;
    private static final int SYNC_LIMIT = 10;
    private static final String LINE = "/baton/" + CampaignPlan.ELECTION;
    private static final int SEQUENCE_DIGITS = 10;
    private static final int ATTEMPTS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ZooKeeperEnsemble ensemble;
    private final List<TcpProxy> proxies = new ArrayList<>();

    private ZooKeeperScene(ZooKeeperEnsemble ensemble) {
        this.ensemble = ensemble;
    }

    static ZooKeeperScene start() throws IOException {
        return new ZooKeeperScene(ZooKeeperEnsemble.builder()
                .members(MEMBERS)
                .tickTime(Settings.ZOOKEEPER_TICK)
                .initLimit(2 * SYNC_LIMIT)
                .syncLimit(SYNC_LIMIT)
                .proxiedPeers()
                .start());
    }

    @Override
    public Way way() throws IOException {
        List<TcpProxy> ways = new ArrayList<>();
        for (int member = 0; member < MEMBERS; member++) {
            ways.add(TcpProxy.to(ensemble.address(member)));
        }
        proxies.addAll(ways);
        return new Way(
                String.join(",", ways.stream().map(TcpProxy::connectString).toList()), ways);
    }

    @Override
    public List<Fault> faults() {
        return List.of(
                new Fault("ZooKeeper leader killed", Kind.STORE, true, victim -> kill(List.of(leader()))),
                new Fault("ZooKeeper leader paused", Kind.STORE, true, victim -> pause(leader())),
                new Fault("ZooKeeper leader isolated", Kind.STORE, true, victim -> isolate(leader())),
                new Fault(
                        "ZooKeeper follower killed",
                        Kind.STORE,
                        true,
                        victim -> kill(followers().subList(0, 1))),
                new Fault(
                        "ZooKeeper follower paused",
                        Kind.STORE,
                        true,
                        victim -> pause(followers().get(0))),
                new Fault(
                        "ZooKeeper follower isolated",
                        Kind.STORE,
                        true,
                        victim -> isolate(followers().get(0))),
                new Fault("ZooKeeper quorum lost", Kind.STORE, true, victim -> kill(followers())),
                new Fault(
                        "all ZooKeeper killed",
                        Kind.STORE,
                        true,
                        victim -> kill(IntStream.range(0, MEMBERS).boxed().toList())),
                new Fault("node deleted", Kind.HAND, false, victim -> deleteFirst()),
                new Fault("session ended", Kind.SESSION, false, victim -> endFirstSession()));
    }

    /** A new leader of the ensemble lets every session last anew, and clients take their time to find it. */
    @Override
    public Duration slack() {
        return Duration.ofSeconds(3);
    }

    private int leader() {
        return ensemble.awaitServing();
    }

    private List<Integer> followers() {
        int leader = leader();
        return IntStream.range(0, MEMBERS)
                .filter(member -> member != leader)
                .boxed()
                .toList();
    }

    private Healing kill(List<Integer> members) {
        members.forEach(ensemble::kill);
        return () -> {
            members.forEach(ensemble::start);
            ensemble.awaitServing();
        };
    }

    private Healing pause(int member) {
        ensemble.pause(member);
        return () -> {
            ensemble.resume(member);
            ensemble.awaitServing();
        };
    }

    private Healing isolate(int member) {
        ensemble.isolatePeer(member);
        return () -> {
            ensemble.healPeer(member);
            ensemble.awaitServing();
        };
    }

    private Healing deleteFirst() throws Exception {
        asOperator(client -> client.delete(first(client), -1));
        return Healing.NONE;
    }

    /** A leader that happens to connect anew just then has no connection by which a server would find it. */
    private Healing endFirstSession() throws Exception {
        asOperator(client -> {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Stat node = client.exists(first(client), false);
                if (node != null && ensemble.endSession(node.getEphemeralOwner())) {
                    return;
                }
            }
            throw new IllegalStateException("the leader has no connection to any server");
        });
        return Healing.NONE;
    }

    /** The leader's node. */
    private static String first(ZooKeeper client) throws KeeperException, InterruptedException {
        return LINE
                + "/"
                + client.getChildren(LINE, false).stream()
                        .min(Comparator.comparing(name -> name.substring(name.length() - SEQUENCE_DIGITS)))
                        .orElseThrow(() -> new IllegalStateException("nobody has a node in ZooKeeper"));
    }

    private interface Errand {
        void run(ZooKeeper client) throws Exception;
    }

    private void asOperator(Errand errand) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(ensemble.connectString(), (int) PATIENCE.toMillis(), event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        try {
            if (!connected.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("ZooKeeper does not answer");
            }
            errand.run(client);
        } finally {
            client.close();
        }
    }

    @Override
    public void close() {
        proxies.forEach(TcpProxy::close);
        ensemble.close();
    }
}
