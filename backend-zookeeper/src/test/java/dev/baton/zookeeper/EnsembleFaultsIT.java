package dev.baton.zookeeper;

import static dev.baton.zookeeper.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.FullLane;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole elections on a real ensemble of three, whose members fail under them. */
@FullLane("stops and isolates members of an ensemble, for a minute")
class EnsembleFaultsIT {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2500), Duration.ofMillis(500));
    private static final String ELECTION = "orders/reconciler";

    private final History history = new History();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final ZooKeeperEnsemble ensemble;

    EnsembleFaultsIT() throws IOException {
        ensemble = ZooKeeperEnsemble.builder()
                .members(3)
                .tickTime(TICK)
                .syncLimit(10)
                .proxiedPeers()
                .start();
    }

    @AfterEach
    void closeEverything() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        ensemble.close();
    }

    private LeaderElection candidate(String identity, String connectString) {
        ZooKeeperBackend backend =
                ZooKeeperBackend.builder(connectString).tickTime(TICK).build();
        LeaderElection election = LeaderElection.on(backend, ELECTION)
                .identity(identity)
                .timing(TIMING)
                .events(history)
                .onStartedLeading(term -> {})
                .start();
        open.add(0, backend);
        open.add(0, election);
        return election;
    }

    private static void awaitLeading(LeaderElection election) {
        await().until(() -> election.leadership().isPresent());
    }

    private static void awaitOneLeads(LeaderElection... elections) {
        await().until(() -> List.of(elections).stream()
                        .filter(election -> election.leadership().isPresent())
                        .count()
                == 1);
    }

    @Test
    void oneLeadsThroughTheDeathOfAFollower() {
        LeaderElection a = candidate("a", ensemble.connectString());
        LeaderElection b = candidate("b", ensemble.connectString());
        awaitOneLeads(a, b);

        ensemble.kill(ensemble.followers().get(0));
        ensemble.awaitServing();

        awaitOneLeads(a, b);
        history.assertSafe(1);
    }

    @Test
    void oneLeadsAgainAfterTheDeathOfTheEnsemblesLeader() {
        LeaderElection a = candidate("a", ensemble.connectString());
        LeaderElection b = candidate("b", ensemble.connectString());
        awaitOneLeads(a, b);

        ensemble.kill(ensemble.leader().orElseThrow());
        ensemble.awaitServing();

        awaitOneLeads(a, b);
        history.assertSafe(1);
    }

    @Test
    void nobodyLeadsWithoutAQuorumAndSomebodyDoesByItselfOnceItIsRegained() {
        LeaderElection a = candidate("a", ensemble.connectString());
        LeaderElection b = candidate("b", ensemble.connectString());
        awaitOneLeads(a, b);
        LeaderElection leader = a.leadership().isPresent() ? a : b;
        LeaderElection standby = leader == a ? b : a;
        int first = ensemble.leader().orElseThrow();
        int second = (first + 1) % 3;

        ensemble.kill(first);
        ensemble.kill(second);
        await().until(() -> leader.leadership().isEmpty());
        ElectionEvent ended = await().until(
                        () -> history.last(ElectionEvent.Type.TERM_ENDED, leader.identity()),
                        java.util.Optional::isPresent)
                .orElseThrow();
        assertThat(ended.reason()).isEqualTo(EndReason.EXPIRED);
        await().until(() -> !standby.health().healthy());
        assertThat(standby.leadership()).isEmpty();

        ensemble.start(first);
        ensemble.start(second);
        awaitOneLeads(a, b);
        history.assertSafe(2);
    }

    @Test
    void pausedEnsembleLeaderCausesNoOverlap() {
        LeaderElection a = candidate("a", ensemble.connectString());
        LeaderElection b = candidate("b", ensemble.connectString());
        awaitOneLeads(a, b);
        int paused = ensemble.leader().orElseThrow();

        ensemble.pause(paused);
        ensemble.awaitServing();
        awaitOneLeads(a, b);
        ensemble.resume(paused);

        ensemble.awaitServing();
        awaitOneLeads(a, b);
        history.assertSafe(1);
    }

    /** The follower answers its clients' pings and reads while the ensemble's leader expires their sessions. */
    @Test
    void leaderOnACutOffFollowerStopsBeforeItsSuccessorBegins() {
        int follower = ensemble.followers().get(0);
        int other = ensemble.leader().orElseThrow();
        LeaderElection cutOff = candidate("cut-off", ensemble.connectString(follower));
        awaitLeading(cutOff);
        LeaderElection successor = candidate("successor", ensemble.connectString(other));
        await().until(() -> successor.currentLeader().isPresent());

        ensemble.isolatePeer(follower);

        awaitLeading(successor);
        assertThat(cutOff.leadership()).isEmpty();
        ElectionEvent ended =
                history.last(ElectionEvent.Type.TERM_ENDED, "cut-off").orElseThrow();
        assertThat(ended.reason()).isEqualTo(EndReason.EXPIRED);
        history.assertSafe(2);

        ensemble.healPeer(follower);
        await().until(() -> cutOff.health().healthy());
        assertThat(successor.leadership()).isPresent();
    }

    /** The same fault, with the same timeout, makes two leaders of Curator's recipe: the scene can fail. */
    @Test
    void leaderLatchOnACutOffFollowerLeadsBesideItsSuccessor() throws Exception {
        int follower = ensemble.followers().get(0);
        int other = ensemble.leader().orElseThrow();
        LeaderLatch cutOff = latch(ensemble.connectString(follower));
        await().until(cutOff::hasLeadership);
        LeaderLatch successor = latch(ensemble.connectString(other));
        await().until(() -> successor.getParticipants().size() == 2);

        ensemble.isolatePeer(follower);

        AtomicBoolean both = new AtomicBoolean();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            both.set(both.get() || (cutOff.hasLeadership() && successor.hasLeadership()));
            return successor.hasLeadership();
        });
        assertThat(both).isTrue();
    }

    private LeaderLatch latch(String connectString) throws Exception {
        int timeout = (int) TIMING.leaseDuration().toMillis();
        CuratorFramework client =
                CuratorFrameworkFactory.newClient(connectString, timeout, timeout, new RetryOneTime(100));
        client.start();
        open.add(0, client);
        LeaderLatch latch = new LeaderLatch(client, "/latch/reconciler");
        latch.start();
        open.add(0, latch);
        return Objects.requireNonNull(latch);
    }
}
