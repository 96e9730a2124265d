package dev.baton.zookeeper;

import static dev.baton.zookeeper.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;

/** Candidates of ours and Curator's in one line, round after round. */
class MixedElectionIT {
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(6), Duration.ofSeconds(4), Duration.ofMillis(50));
    private static final int ROUNDS = 50;
    private static final int RENEWALS = 3;

    private final History history = new History();

    @Test
    void leadershipPassesBothWaysFiftyTimesWhileOurLeadersKeepRenewing() throws Exception {
        try (TestingServer server = new TestingServer();
                CuratorFramework curator = CuratorFrameworkFactory.newClient(
                        server.getConnectString(), 6_000, 6_000, new RetryOneTime(100));
                ZooKeeperBackend backend = ZooKeeperBackend.connect(server.getConnectString())) {
            curator.start();
            LeaderElection ours = join(backend);
            for (int round = 0; round < ROUNDS; round++) {
                awaitLeading(ours);
                LeaderLatch latch = join(curator);
                awaitRenewals();
                assertThat(latch.hasLeadership()).as("round %d", round).isFalse();

                ours.close();
                await().until(latch::hasLeadership);
                assertThat(ours.leadership()).as("round %d", round).isEmpty();

                ours = join(backend);
                await().until(() -> latch.getParticipants().size() == 2);
                assertThat(ours.leadership()).as("round %d", round).isEmpty();
                latch.close();
            }
            awaitLeading(ours);
        }
        history.assertSafe(ROUNDS + 1);
    }

    private LeaderElection join(ZooKeeperBackend backend) {
        return LeaderElection.on(backend, "orders/reconciler")
                .timing(TIMING)
                .events(history)
                .onStartedLeading(term -> {})
                .start();
    }

    private static LeaderLatch join(CuratorFramework curator) throws Exception {
        LeaderLatch latch = new LeaderLatch(curator, "/baton/orders/reconciler", "latch");
        latch.start();
        await().until(() -> latch.getParticipants().size() == 2);
        return latch;
    }

    private static void awaitLeading(LeaderElection election) {
        await().until(() -> election.leadership().isPresent());
    }

    private void awaitRenewals() {
        int before = history.of(ElectionEvent.Type.RENEWED).size();
        await().until(() -> history.of(ElectionEvent.Type.RENEWED).size() >= before + RENEWALS);
    }
}
