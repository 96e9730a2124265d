package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class EtcdClusterIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void oneMemberKeepsItsDataWhenItIsKilledAndStartedAgain() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.builder().start()) {
            cluster.etcdctl("put", "a", "data");
            long pid = cluster.pid(0);
            cluster.kill(0);
            assertThat(ProcessHandle.of(pid)).isEmpty();
            cluster.start(0);
            cluster.awaitServing();
            assertThat(cluster.pid(0)).isNotEqualTo(pid);
            assertThat(cluster.etcdctl("get", "a", "--print-value-only")).isEqualTo("data\n");
        }
    }

    @Test
    void clusterServesAfterItsLeaderIsKilled() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.builder().members(3).start()) {
            int first = awaitLeaderOtherThan(cluster, -1);
            cluster.etcdctl("put", "before", "x");
            cluster.kill(first);
            assertThat(awaitLeaderOtherThan(cluster, first)).isNotEqualTo(first);
            cluster.awaitServing();
            cluster.start(first);
            cluster.awaitServing();
            assertThat(cluster.etcdctl("get", "before", "--print-value-only")).isEqualTo("x\n");
        }
    }

    @Test
    void clusterReplacesALeaderThatIsPausedAndTakesItBack() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.builder().members(3).start()) {
            int first = awaitLeaderOtherThan(cluster, -1);
            cluster.pause(first);
            int second = awaitLeaderOtherThan(cluster, first);
            cluster.resume(first);
            cluster.awaitServing();
            assertThat(second).isNotEqualTo(first);
            assertThat(cluster.etcdctl("endpoint", "health")).isNotNull();
        }
    }

    @Test
    void leaderCutOffFromItsPeersIsReplacedWhileItsClientsReachIt() throws Exception {
        try (EtcdCluster cluster =
                EtcdCluster.builder().members(3).proxiedPeers().start()) {
            int first = awaitLeaderOtherThan(cluster, -1);
            cluster.etcdctl("put", "a", "before");
            cluster.isolatePeer(first);
            int second = awaitLeaderOtherThan(cluster, first);
            Await.until(LIMIT, "loss of the first leader's quorum", () -> "", () -> !cluster.isServing(first));
            assertThat(cluster.isServing(second)).isTrue();
            assertThat(cluster.isServing(3 - first - second)).isTrue();
            assertThat(cluster.etcdctl(second, "put", "a", "after")).isEqualTo("OK\n");
            assertThat(stale(cluster, first)).isEqualTo("before\n");
            // One that takes a quorum is not answered.
            assertThatIllegalStateException()
                    .isThrownBy(() -> cluster.etcdctl(first, "--command-timeout=3s", "get", "a"));
            assertThat(leaderIn(cluster, first)).isNotEqualTo(leaderIn(cluster, second));

            cluster.healPeers();
            cluster.awaitServing();
            assertThat(cluster.etcdctl("get", "a", "--print-value-only")).isEqualTo("after\n");
        }
    }

    @Test
    void leaderThatNobodyHearsIsReplacedAndHearsOfIt() throws Exception {
        try (EtcdCluster cluster =
                EtcdCluster.builder().members(3).proxiedPeers().start()) {
            int first = awaitLeaderOtherThan(cluster, -1);
            cluster.mutePeer(first);
            int second = awaitLeaderOtherThan(cluster, first);
            // It gets no entries, since it answers none, but heartbeats that name the new leader.
            Await.until(
                    LIMIT,
                    "word of the new leader",
                    () -> "",
                    () -> leaderIn(cluster, first).equals(leaderIn(cluster, second)));
            cluster.healPeers();
            cluster.awaitServing();
        }
    }

    /** The number of the leader, as far as {@code member} knows. */
    private static String leaderIn(EtcdCluster cluster, int member) {
        return cluster.etcdctl(member, "endpoint", "status", "-w", "json")
                .replaceFirst("(?s).*\"leader\":(\\d+).*", "$1");
    }

    /** What {@code member} knows by itself. */
    private static String stale(EtcdCluster cluster, int member) {
        return cluster.etcdctl(member, "get", "a", "--consistency=s", "--print-value-only");
    }

    @Test
    void memberIsTakenOutAndAddedAgainAsANewOneWithTheDataOfTheOthers() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.builder().members(3).start()) {
            cluster.etcdctl("put", "a", "data");
            String before = cluster.id(1);
            cluster.remove(1);
            assertThatIllegalStateException().isThrownBy(() -> cluster.id(1)).withMessageContaining("member1");
            cluster.add(1);
            cluster.awaitServing();
            assertThat(cluster.id(1)).isNotEqualTo(before);
            cluster.kill(1);
            cluster.start(1);
            cluster.awaitServing();
            // Two of three: it takes the new one to serve.
            cluster.kill(0);
            cluster.awaitServing();
            assertThat(cluster.etcdctl("get", "a", "--print-value-only")).isEqualTo("data\n");
        }
    }

    @Test
    void closeLeavesNoProcessAndNoFile() throws Exception {
        EtcdCluster cluster = EtcdCluster.builder().start();
        long pid = cluster.pid(0);
        Path folder = ForgetfulJvm.folderOf(pid);
        assertThat(folder).isDirectory();
        cluster.pause(0);
        cluster.close();
        cluster.close();
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(Files.exists(folder.getParent())).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> cluster.start(0)).withMessageContaining("closed");
    }

    @Test
    void aMemberThatDoesNotStartIsReportedWithItsLog() {
        Program.ETCD.path();
        assertThatThrownBy(() ->
                        EtcdCluster.builder().flag("--no-such-flag").start().close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-flag");
    }

    @Test
    void aMemberEndsWithAJvmThatIsKilled() throws Exception {
        Program.ETCD.path();
        try (ForgetfulJvm jvm = new ForgetfulJvm("etcd")) {
            jvm.killAndAwaitTheEndOfTheServer();
        }
    }

    private static int awaitLeaderOtherThan(EtcdCluster cluster, int member) {
        return Await.forValue(LIMIT, "leader", () -> "", () -> {
            OptionalInt leader = cluster.leader();
            return leader.stream().filter(found -> found != member).boxed().findFirst();
        });
    }
}
