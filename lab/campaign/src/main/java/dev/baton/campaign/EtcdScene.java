package dev.baton.campaign;

import dev.baton.campaign.Fault.Healing;
import dev.baton.campaign.Fault.Kind;
import dev.baton.conformance.TcpProxy;
import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.SlowDisk;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An etcd cluster of three, whose members can be cut off from each other while their clients stay connected. */
final class EtcdScene implements Scene {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdScene.class);
    private static final int MEMBERS = 3;
    /** Shorter than etcd's election timeout of a second, so that the leader may go on, slowly. */
    private static final Duration SYNC = Duration.ofMillis(600);
    /** A candidate's key, as Go's client, jetcd and this library name it: by the number of its lease. */
    private static final Pattern KEY = Pattern.compile(".*" + CampaignPlan.NAME + "/[0-9a-f]+");

    private final EtcdCluster cluster;
    private final List<TcpProxy> proxies = new ArrayList<>();

    private EtcdScene(EtcdCluster cluster) {
        this.cluster = cluster;
    }

    static EtcdScene start() throws IOException {
        // Without forced writes there is no disk to wait for.
        return new EtcdScene(EtcdCluster.builder()
                .members(MEMBERS)
                .flag("--unsafe-no-fsync=false")
                .proxiedPeers()
                .start());
    }

    @Override
    public Way way() throws IOException {
        List<TcpProxy> ways = new ArrayList<>();
        for (int member = 0; member < MEMBERS; member++) {
            ways.add(TcpProxy.to(cluster.address(member)));
        }
        proxies.addAll(ways);
        return new Way(
                String.join(
                        ",",
                        ways.stream()
                                .map(way -> "http://" + way.connectString())
                                .toList()),
                ways);
    }

    @Override
    public List<Fault> faults() {
        List<Fault> faults = new ArrayList<>(List.of(
                new Fault("etcd leader killed", Kind.STORE, true, victim -> kill(List.of(leader()))),
                new Fault("etcd leader paused", Kind.STORE, true, victim -> pause(leader())),
                new Fault("etcd follower killed", Kind.STORE, true, victim -> kill(List.of(others().get(0)))),
                new Fault("etcd follower paused", Kind.STORE, true, victim -> pause(others().get(0))),
                new Fault("etcd leader isolated", Kind.STORE, true, victim -> isolate(leader())),
                new Fault("etcd leader unheard", Kind.STORE, true, victim -> mute(leader())),
                new Fault("etcd follower isolated", Kind.STORE, true, victim -> isolate(others().get(0))),
                new Fault("etcd quorum lost", Kind.STORE, true, victim -> kill(others())),
                new Fault("all etcd killed", Kind.STORE, true, victim -> kill(all())),
                new Fault("etcd member replaced", Kind.STORE, true, victim -> replace(others().get(0))),
                new Fault("etcd leader moved", Kind.STORE, false, victim -> moveLeader()),
                new Fault("etcd compacted", Kind.STORE, false, victim -> compact()),
                new Fault("key deleted", Kind.HAND, false, victim -> {
                    cluster.etcdctl("del", firstKey());
                    return Healing.NONE;
                }),
                new Fault("lease revoked", Kind.HAND, false, victim -> {
                    String key = firstKey();
                    cluster.etcdctl("lease", "revoke", key.substring(key.lastIndexOf('/') + 1));
                    return Healing.NONE;
                })));
        if (SlowDisk.isPossible(cluster.pid(0))) {
            faults.add(new Fault("etcd leader on slow disk", Kind.STORE, true, victim -> slowDown(leader())));
        } else {
            LOG.info("no slow disk is made: strace is missing, or may not trace");
        }
        return faults;
    }

    /** A lease of a new leader of etcd lasts anew, and an election timeout longer; expiry is looked for twice a second. */
    @Override
    public Duration slack() {
        return Duration.ofMillis(2_500);
    }

    private int leader() {
        return cluster.leader().orElseThrow(() -> new IllegalStateException("etcd has no leader"));
    }

    private List<Integer> others() {
        int leader = leader();
        return all().stream().filter(member -> member != leader).toList();
    }

    private static List<Integer> all() {
        return IntStream.range(0, MEMBERS).boxed().toList();
    }

    private Healing kill(List<Integer> members) {
        members.forEach(cluster::kill);
        return () -> {
            members.forEach(cluster::start);
            cluster.awaitServing();
        };
    }

    private Healing pause(int member) {
        cluster.pause(member);
        return () -> {
            cluster.resume(member);
            cluster.awaitServing();
        };
    }

    private Healing isolate(int member) {
        cluster.isolatePeer(member);
        return this::healPeers;
    }

    private Healing mute(int member) {
        cluster.mutePeer(member);
        return this::healPeers;
    }

    private void healPeers() {
        cluster.healPeers();
        cluster.awaitServing();
    }

    private Healing slowDown(int member) {
        SlowDisk slow = SlowDisk.under(cluster.pid(member), SYNC);
        return () -> {
            slow.close();
            cluster.awaitServing();
        };
    }

    private Healing replace(int member) {
        cluster.remove(member);
        return () -> {
            cluster.add(member);
            cluster.awaitServing();
        };
    }

    private Healing moveLeader() {
        cluster.etcdctl("move-leader", cluster.id(others().get(0)));
        return cluster::awaitServing;
    }

    private Healing compact() {
        String json = cluster.etcdctl("get", "/elsewhere", "-w", "json");
        cluster.etcdctl("compact", json.replaceAll("(?s).*\"revision\":(\\d+).*", "$1"));
        cluster.etcdctl("defrag");
        return cluster::awaitServing;
    }

    private String firstKey() {
        return cluster.etcdctl("get", "--prefix", "--keys-only", "--sort-by=CREATE", "")
                .lines()
                .filter(line -> KEY.matcher(line).matches())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody has a key in etcd"));
    }

    @Override
    public void close() {
        proxies.forEach(TcpProxy::close);
        cluster.close();
    }
}
