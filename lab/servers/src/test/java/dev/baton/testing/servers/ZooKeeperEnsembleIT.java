package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.conformance.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@FullLane("kills and isolates members of an ensemble, for a minute")
@Timeout(600)
class ZooKeeperEnsembleIT {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void oneMemberServesWritesAndReads() throws Exception {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.builder().start();
                Client client = new Client(ensemble.connectString(), SESSION)) {
            client.create("/a", "data", CreateMode.PERSISTENT);
            assertThat(client.read("/a")).isEqualTo("data");
            assertThat(ensemble.leader()).hasValue(0);
            assertThat(ensemble.followers()).isEmpty();
        }
    }

    @Test
    void oneMemberKeepsItsDataWhenItIsKilledAndStartedAgain() throws Exception {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.builder().start();
                Client client = new Client(ensemble.connectString(), SESSION)) {
            client.create("/a", "data", CreateMode.PERSISTENT);
            long pid = ensemble.pid(0);
            ensemble.kill(0);
            assertThat(ProcessHandle.of(pid)).isEmpty();
            ensemble.start(0);
            assertThat(ensemble.awaitServing()).isZero();
            assertThat(ensemble.pid(0)).isNotEqualTo(pid);
            awaitLook(client, "/a");
            assertThat(client.read("/a")).isEqualTo("data");
        }
    }

    @Test
    void ensembleServesAfterItsLeaderIsKilled() throws Exception {
        try (ZooKeeperEnsemble ensemble = three().start();
                Client client = new Client(ensemble.connectString(), SESSION)) {
            int first = ensemble.awaitServing();
            assertThat(ensemble.followers()).hasSize(2).doesNotContain(first);
            client.create("/before", "", CreateMode.PERSISTENT);

            ensemble.kill(first);
            int second = ensemble.awaitServing();
            assertThat(second).isNotEqualTo(first);
            client.createEventually("/during");

            ensemble.start(first);
            assertThat(ensemble.awaitServing()).isEqualTo(second);
            assertThat(ensemble.followers()).contains(first).hasSize(2);
            try (Client returned = new Client(ensemble.connectString(first), SESSION)) {
                awaitLook(returned, "/before");
                awaitLook(returned, "/during");
            }
        }
    }

    @Test
    void ensembleReplacesALeaderThatIsPausedAndTakesItBackAsAFollower() throws Exception {
        try (ZooKeeperEnsemble ensemble = three().start()) {
            int first = ensemble.awaitServing();
            ensemble.pause(first);
            assertThat(ServerStatus.of(ensemble.address(first))).isEmpty();
            int second = ensemble.awaitServing();
            assertThat(second).isNotEqualTo(first);

            ensemble.resume(first);
            Await.until(LIMIT, "follower", () -> "", () -> ensemble.followers().contains(first));
            assertThat(ensemble.leader()).hasValue(second);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void sessionIsEndedBehindItsOwnersBack(int members) throws Exception {
        try (ZooKeeperEnsemble ensemble =
                        ZooKeeperEnsemble.builder().members(members).start();
                Client owner = new Client(ensemble.connectString(), SESSION);
                Client other = new Client(ensemble.connectString(), SESSION)) {
            owner.create("/mine", "", CreateMode.EPHEMERAL);
            other.create("/theirs", "", CreateMode.EPHEMERAL);
            assertThat(ensemble.endSession(owner.sessionId())).isTrue();
            Await.until(
                    LIMIT,
                    "end of the session",
                    () -> owner.states().toString(),
                    () -> owner.states().contains(KeeperState.Expired));
            assertThat(other.look("/mine")).hasValue(Code.NONODE);
            assertThat(other.look("/theirs")).hasValue(Code.OK);
            assertThat(ensemble.endSession(owner.sessionId())).isFalse();
        }
    }

    @Test
    void clientBehindABlackHoleLosesItsConnectionAndFindsItAgain() throws Exception {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.builder().start();
                TcpProxy proxy = TcpProxy.to(ensemble.address(0));
                Client client = new Client(proxy.connectString(), SESSION)) {
            proxy.blackHole();
            Await.until(
                    LIMIT,
                    "loss",
                    () -> client.states().toString(),
                    () -> client.states().contains(KeeperState.Disconnected));
            proxy.pass();
            client.createEventually("/after");
        }
    }

    @Test
    void clientBehindACutIsDisconnectedAtOnce() throws Exception {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.builder().start();
                TcpProxy proxy = TcpProxy.to(ensemble.address(0));
                Client client = new Client(proxy.connectString(), Duration.ofSeconds(40))) {
            proxy.cut();
            Duration farBelowTheSessionTimeout = Duration.ofSeconds(5);
            Await.until(
                    farBelowTheSessionTimeout,
                    "loss",
                    () -> client.states().toString(),
                    () -> client.states().contains(KeeperState.Disconnected));
            proxy.pass();
            client.createEventually("/after");
        }
    }

    @Test
    void closeLeavesNoProcessAndNoFile() throws Exception {
        ZooKeeperEnsemble ensemble = three().start();
        List<Long> pids = IntStream.range(0, 3).mapToObj(ensemble::pid).toList();
        List<Path> folders = pids.stream().map(ZooKeeperEnsembleIT::folderOf).toList();
        assertThat(folders).allMatch(Files::isDirectory);
        ensemble.pause(1);
        ensemble.close();
        ensemble.close();
        assertThat(pids).allMatch(pid -> ProcessHandle.of(pid).isEmpty());
        assertThat(folders).noneMatch(Files::exists);
        assertThatIllegalStateException().isThrownBy(() -> ensemble.start(0)).withMessageContaining("closed");
    }

    @Test
    void aServerThatDoesNotStartIsReportedWithItsLog() {
        assertThatThrownBy(() -> ZooKeeperEnsemble.builder()
                        .extra("tickTime", "often")
                        .start()
                        .close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("often");
    }

    @Test
    void aPortThatAnotherTookIsReportedAsSuch() throws Exception {
        try (ServerSocket other = new ServerSocket()) {
            other.bind(Ports.loopback(0));
            assertThatThrownBy(() -> three().extra(
                                    "server.1", "127.0.0.1:" + Ports.free(1).get(0) + ":" + other.getLocalPort())
                            .jvmOption("-Dzookeeper.electionPortBindRetry=1")
                            .start()
                            .close())
                    .isInstanceOf(BindException.class);
        }
    }

    @Test
    void membersEndWithTheJvmThatStartedThem() throws Exception {
        try (ForgetfulJvm jvm = new ForgetfulJvm("zookeeper")) {
            assertThat(jvm.folder()).isDirectory();
            jvm.terminate();
            assertThat(jvm.serverIsAlive()).isFalse();
            assertThat(jvm.folder()).doesNotExist();
        }
    }

    @Test
    void membersEndWithAJvmThatIsKilled() throws Exception {
        try (ForgetfulJvm jvm = new ForgetfulJvm("zookeeper")) {
            assertThat(jvm.folder()).isDirectory();
            jvm.killAndAwaitTheEndOfTheServer();
        }
    }

    private static Path folderOf(long pid) {
        try {
            return ForgetfulJvm.folderOf(pid);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitLook(Client client, String path) {
        Await.until(
                LIMIT,
                path,
                () -> client.states().toString(),
                () -> client.look(path).filter(code -> code == Code.OK).isPresent());
    }

    private static ZooKeeperEnsemble.Builder three() {
        return ZooKeeperEnsemble.builder().members(3).tickTime(Duration.ofMillis(500));
    }
}
