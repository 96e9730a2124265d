package dev.baton.etcd;

import static dev.baton.etcd.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.conformance.TcpProxy;
import dev.baton.event.ElectionEvent;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.EtcdCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two candidates on a cluster of three members, while these are killed, stopped, moved and cut off. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterFaultsIT {
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2800), Duration.ofMillis(300));

    @AutoClose
    private Stage stage;

    private EtcdCluster cluster;
    private ElectionName name = Stage.election();
    private History history = new History();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    void startCluster() throws Exception {
        stage = new Stage(3);
        cluster = stage.cluster;
        stage.warmUp();
    }

    @BeforeEach
    void begin() {
        name = Stage.election();
        history = new History();
    }

    @AfterEach
    void heal() throws Exception {
        closeCandidates();
        cluster.awaitServing();
    }

    private void closeCandidates() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        open.clear();
    }

    private LeaderElection candidate(String identity, String endpoints) {
        EtcdBackend backend = EtcdBackend.builder(endpoints).shutdownHook(false).build();
        LeaderElection election = LeaderElection.on(backend, name.toString())
                .identity(identity)
                .timing(TIMING)
                .events(history)
                .onStartedLeading(term -> {})
                .start();
        open.add(0, backend);
        open.add(0, election);
        return election;
    }

    private LeaderElection candidate(String identity) {
        return candidate(identity, cluster.endpoints());
    }

    private static void awaitLeading(LeaderElection election) {
        await().until(() -> election.leadership().isPresent());
    }

    private static LeaderElection awaitOneLeads(LeaderElection... elections) {
        return await().until(
                        () -> {
                            List<LeaderElection> leading = Arrays.stream(elections)
                                    .filter(election -> election.leadership().isPresent())
                                    .toList();
                            return leading.size() == 1 ? Optional.of(leading.get(0)) : Optional.<LeaderElection>empty();
                        },
                        Optional::isPresent)
                .orElseThrow();
    }

    private int awaitLeader() {
        return await().until(() -> cluster.leader(), leader -> leader.isPresent())
                .orElseThrow();
    }

    private void restart(int member) {
        cluster.start(member);
        cluster.awaitServing();
    }

    @Test
    void oneLeadsThroughTheDeathOfAFollower() {
        LeaderElection a = candidate("a");
        LeaderElection b = candidate("b");
        awaitOneLeads(a, b);
        int follower = (awaitLeader() + 1) % 3;

        cluster.kill(follower);
        cluster.awaitServing();
        awaitOneLeads(a, b);
        restart(follower);

        awaitOneLeads(a, b);
        history.assertSafe(1);
    }

    @Test
    void oneLeadsAgainAfterTheDeathOfTheClustersLeader() {
        LeaderElection a = candidate("a");
        LeaderElection b = candidate("b");
        awaitOneLeads(a, b);
        int leader = awaitLeader();

        cluster.kill(leader);
        cluster.awaitServing();
        awaitOneLeads(a, b);
        restart(leader);

        awaitOneLeads(a, b);
        history.assertSafe(1);
    }

    @Test
    void aStoppedClusterLeaderThatGoesOnMakesNoSecondLeader() {
        int stopped = awaitLeader();
        LeaderElection there = candidate("there", cluster.endpoint(stopped));
        awaitLeading(there);
        LeaderElection elsewhere = candidate("elsewhere", cluster.endpoint((stopped + 1) % 3));

        cluster.pause(stopped);
        awaitLeading(elsewhere);
        assertThat(there.leadership()).isEmpty();
        cluster.resume(stopped);

        cluster.awaitServing();
        await().until(() -> there.health().healthy());
        awaitOneLeads(there, elsewhere);
        history.assertSafe(2);
    }

    @Test
    void nobodyLeadsWithoutAQuorumAndSomebodyDoesByItselfOnceItIsRegained() {
        LeaderElection a = candidate("a");
        LeaderElection b = candidate("b");
        LeaderElection leader = awaitOneLeads(a, b);
        LeaderElection standby = leader == a ? b : a;
        int first = awaitLeader();
        int second = (first + 1) % 3;

        cluster.kill(first);
        cluster.kill(second);
        await().until(() -> leader.leadership().isEmpty());
        ElectionEvent ended = await().until(
                        () -> history.last(ElectionEvent.Type.TERM_ENDED, leader.identity()), Optional::isPresent)
                .orElseThrow();
        assertThat(ended.reason()).isEqualTo(EndReason.EXPIRED);
        await().until(() -> !standby.health().healthy());
        assertThat(standby.leadership()).isEmpty();

        cluster.start(first);
        restart(second);
        awaitOneLeads(a, b);
        history.assertSafe(2);
    }

    @Test
    void aTermOutlivesThatTheLeadershipOfTheClusterIsMoved() {
        LeaderElection a = candidate("a");
        LeaderElection b = candidate("b");
        awaitOneLeads(a, b);
        int leader = awaitLeader();
        String next = cluster.etcdctl("member", "list")
                .lines()
                .filter(line -> line.contains("member" + (leader + 1) % 3))
                .map(line -> line.substring(0, line.indexOf(',')))
                .findFirst()
                .orElseThrow();

        cluster.etcdctl("move-leader", next);

        await().until(() -> cluster.leader().orElse(leader) != leader);
        long renewals = history.of(ElectionEvent.Type.RENEWED).size();
        await().until(() -> history.of(ElectionEvent.Type.RENEWED).size() > renewals + 5
                || !history.of(ElectionEvent.Type.TERM_ENDED).isEmpty());
        awaitOneLeads(a, b);
        history.assertSafe(1);
    }

    @Test
    void oneLeadsThroughCompactionAndDefragmentation() {
        LeaderElection a = candidate("a");
        LeaderElection b = candidate("b");
        LeaderElection leader = awaitOneLeads(a, b);
        for (int round = 0; round < 3; round++) {
            compact();
            IntStream.range(0, 3).forEach(each -> cluster.etcdctl("defrag"));
        }

        awaitOneLeads(a, b);
        leader.close();

        awaitLeading(leader == a ? b : a);
        history.assertSafe(2);
    }

    private void compact() {
        cluster.etcdctl("put", "/elsewhere", "x");
        String json = cluster.etcdctl("get", "/elsewhere", "-w", "json");
        String revision = json.replaceAll("(?s).*\"revision\":(\\d+).*", "$1");
        cluster.etcdctl("compact", revision);
    }

    /** Its watch resumes from a revision that was compacted away while it heard nothing. */
    @Test
    void aStandbyWhoseWatchWasCompactedAwayLeadsAllTheSame() throws Exception {
        LeaderElection leader = candidate("leader");
        awaitLeading(leader);
        try (TcpProxy proxy = TcpProxy.to(cluster.address(0))) {
            LeaderElection standby = candidate("standby", "http://" + proxy.connectString());
            await().until(() -> standby.currentLeader().isPresent());

            proxy.cut();
            await().until(() -> !standby.health().healthy());
            for (int i = 0; i < 3; i++) {
                cluster.etcdctl("put", "/baton/elsewhere/x", "x");
            }
            leader.close();
            compact();
            proxy.pass();

            awaitLeading(standby);
            history.assertSafe(2);
            closeCandidates();
        }
    }

    @Test
    void aLeaderInABlackHoleStopsBeforeItsSuccessorBeginsAndComesBackAfterwards() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(cluster.address(0))) {
            LeaderElection cutOff = candidate("cut-off", "http://" + proxy.connectString());
            awaitLeading(cutOff);
            LeaderElection successor = candidate("successor");
            await().until(() -> successor.currentLeader().isPresent());

            proxy.blackHole();

            awaitLeading(successor);
            assertThat(cutOff.leadership()).isEmpty();
            assertThat(history.last(ElectionEvent.Type.TERM_ENDED, "cut-off")
                            .orElseThrow()
                            .reason())
                    .isEqualTo(EndReason.EXPIRED);
            proxy.pass();
            await().until(() -> cutOff.health().healthy());
            assertThat(successor.leadership()).isPresent();
            history.assertSafe(2);
            closeCandidates();
        }
    }

    /** One of its members swallows everything; the next one is asked before the term ends. */
    @Test
    void aTermOutlivesABlackHoleBeforeOneMember() throws Exception {
        int members = cluster.members();
        List<TcpProxy> proxies = new ArrayList<>();
        try {
            for (int member = 0; member < members; member++) {
                proxies.add(TcpProxy.to(cluster.address(member)));
            }
            String endpoints = String.join(
                    ",",
                    proxies.stream()
                            .map(proxy -> "http://" + proxy.connectString())
                            .toList());
            ElectionTiming patient =
                    ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(13), Duration.ofMillis(500));
            EtcdBackend backend =
                    EtcdBackend.builder(endpoints).shutdownHook(false).build();
            open.add(0, backend);
            LeaderElection election = LeaderElection.on(backend, name.toString())
                    .identity("a")
                    .timing(patient)
                    .events(history)
                    .onStartedLeading(term -> {})
                    .start();
            open.add(0, election);
            awaitLeading(election);

            for (TcpProxy proxy : proxies) {
                int renewals = history.of(ElectionEvent.Type.RENEWED).size();
                proxy.blackHole();
                await().until(() -> history.of(ElectionEvent.Type.RENEWED).size() > renewals + 2);
                proxy.pass();
            }

            assertThat(history.of(ElectionEvent.Type.TERM_ENDED)).isEmpty();
        } finally {
            closeCandidates();
            proxies.forEach(TcpProxy::close);
        }
    }
}
