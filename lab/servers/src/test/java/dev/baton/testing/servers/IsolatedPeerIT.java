package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of an ensemble that is cut off from the others while its clients reach it. */
@FullLane("isolates members of an ensemble six times, a minute and a half")
@Timeout(600)
class IsolatedPeerIT {
    private static final Logger LOG = LoggerFactory.getLogger(IsolatedPeerIT.class);
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void sessionOnAnIsolatedFollowerExpiresWhileItsClientStaysConnected() throws Exception {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.builder()
                .members(3)
                .tickTime(Duration.ofSeconds(1))
                .syncLimit(10)
                .proxiedPeers()
                .start()) {
            int leader = ensemble.awaitServing();
            int follower = ensemble.followers().get(0);
            try (Client cutOff = new Client(ensemble.connectString(follower), SESSION);
                    Client majority = new Client(ensemble.connectString(leader), SESSION)) {
                assertThat(cutOff.sessionTimeout()).isEqualTo(SESSION);
                cutOff.create("/leader", "", CreateMode.EPHEMERAL);
                assertThat(majority.look("/leader")).hasValue(Code.OK);

                long isolated = System.nanoTime();
                ensemble.isolatePeer(follower);
                awaitLook(majority, "/leader", Code.NONODE);
                Duration gone = Duration.ofNanos(System.nanoTime() - isolated);

                // The hole: the node is gone, and the one who owned it was told nothing and still reads it.
                assertThat(cutOff.states()).containsExactly(KeeperState.SyncConnected);
                assertThat(cutOff.look("/leader")).hasValue(Code.OK);
                assertThat(cutOff.states()).containsExactly(KeeperState.SyncConnected);

                CompletableFuture<Code> pending = cutOff.createLater("/written");
                assertThat(pending.join()).isEqualTo(Code.CONNECTIONLOSS);
                Duration lost = Duration.ofNanos(System.nanoTime() - isolated);
                // The client fails what is pending before it tells its watchers why.
                Await.until(
                        LIMIT,
                        "loss",
                        () -> cutOff.states().toString(),
                        () -> cutOff.states().contains(KeeperState.Disconnected));
                LOG.info(
                        "after the isolation: node gone {} ms, pending write lost {} ms",
                        gone.toMillis(),
                        lost.toMillis());

                ensemble.healPeer(follower);
                Await.until(
                        LIMIT,
                        "expiry",
                        () -> cutOff.states().toString(),
                        () -> cutOff.states().contains(KeeperState.Expired));
                ensemble.awaitServing();
                assertThat(majority.look("/written")).hasValue(Code.NONODE);
            }
        }
    }

    /** Each member in turn, since who calls whom for an election depends on who has the greater id. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void isolatedMemberStopsServingAndComesBackWhenHealed(int member) throws Exception {
        try (ZooKeeperEnsemble ensemble = quick().start()) {
            ensemble.isolatePeer(member);
            Await.until(
                    LIMIT,
                    "end of service",
                    () -> "",
                    () -> ServerStatus.of(ensemble.address(member)).isEmpty());
            int leader = ensemble.awaitServing();
            assertThat(leader).isNotEqualTo(member);
            try (Client client = new Client(ensemble.connectString(leader), SESSION)) {
                client.createEventually("/without-it");
                assertThat(ServerStatus.of(ensemble.address(member))).isEmpty();
            }

            ensemble.healPeer(member);
            ensemble.awaitServing();
            try (Client client = new Client(ensemble.connectString(member), SESSION)) {
                awaitLook(client, "/without-it", Code.OK);
            }
        }
    }

    @Test
    void noMemberServesWhenAllAreIsolatedUntilTwoAreHealed() throws Exception {
        try (ZooKeeperEnsemble ensemble = quick().start()) {
            IntStream.range(0, 3).forEach(ensemble::isolatePeer);
            Await.until(
                    LIMIT,
                    "end of service",
                    () -> "",
                    () -> IntStream.range(0, 3)
                            .allMatch(member ->
                                    ServerStatus.of(ensemble.address(member)).isEmpty()));
            ensemble.healPeer(0);
            ensemble.healPeer(1);
            assertThat(ensemble.awaitServing()).isIn(0, 1);
            assertThat(ServerStatus.of(ensemble.address(2))).isEmpty();
        }
    }

    @Test
    void isolationNeedsProxiedPeers() throws Exception {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.builder().start()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> ensemble.isolatePeer(0))
                    .withMessageContaining("proxiedPeers()");
        }
    }

    private static void awaitLook(Client client, String path, Code expected) {
        Await.until(
                LIMIT,
                expected + " at " + path,
                () -> client.states().toString(),
                () -> client.look(path).equals(Optional.of(expected)));
    }

    private static ZooKeeperEnsemble.Builder quick() {
        return ZooKeeperEnsemble.builder()
                .members(3)
                .tickTime(Duration.ofMillis(300))
                .syncLimit(5)
                .proxiedPeers();
    }
}
