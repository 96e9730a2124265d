package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static dev.baton.zookeeper.Stage.PATH;
import static dev.baton.zookeeper.Stage.TIMING;
import static dev.baton.zookeeper.Stage.acquire;
import static dev.baton.zookeeper.Stage.claim;
import static dev.baton.zookeeper.Stage.granted;
import static dev.baton.zookeeper.Stage.lead;
import static dev.baton.zookeeper.Stage.refused;
import static dev.baton.zookeeper.Stage.renew;
import static dev.baton.zookeeper.Stage.withdraw;
import static dev.baton.zookeeper.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Claim;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One line, in which candidates of this backend and of Curator's LeaderLatch stand. */
class LeaderLatchIT {
    private final Stage stage;
    private final ZooKeeperBackend backend;
    private final Stage.Heard heard = new Stage.Heard();

    LeaderLatchIT() throws Exception {
        stage = new Stage();
        backend = stage.backend();
        backend.check(ELECTION, TIMING);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void aLatchBehindUsLeadsWhenWeWithdrawHoweverOftenWeRenewedBefore() throws Exception {
        Claim ours = claim("ours");
        lead(backend, ours);
        LeaderLatch latch = latch("latch");
        await().until(() -> stage.children().size() == 2);

        for (int renewal = 0; renewal < 50; renewal++) {
            granted(renew(backend, ours));
        }
        assertThat(latch.hasLeadership()).isFalse();
        withdraw(backend, ours);

        assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void weLeadWhenTheLatchBeforeUsCloses() throws Exception {
        LeaderLatch latch = latch("latch");
        assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
        Claim ours = claim("ours");
        backend.observe(ELECTION, Stage.TIMING, heard);

        var refusal = refused(acquire(backend, ours));
        latch.close();

        assertThat(Objects.requireNonNull(refusal.holder()).identity()).isEqualTo("latch");
        await().until(() -> heard.heard("turn ours"));
        lead(backend, ours);
        assertThat(stage.children()).hasSize(1);
    }

    @Test
    void leadershipPassesAlongALineOfBothKinds() throws Exception {
        Claim first = claim("first");
        Claim third = claim("third");
        backend.observe(ELECTION, Stage.TIMING, heard);
        lead(backend, first);
        LeaderLatch second = latch("second");
        await().until(() -> stage.children().size() == 2);
        refused(acquire(backend, third));
        LeaderLatch fourth = latch("fourth");
        await().until(() -> stage.children().size() == 4);

        withdraw(backend, first);
        assertThat(second.await(2, TimeUnit.MINUTES)).isTrue();
        await().until(() -> heard.heard("held second"));
        second.close();
        await().until(() -> heard.heard("turn third"));
        lead(backend, third);
        assertThat(fourth.hasLeadership()).isFalse();
        withdraw(backend, third);

        assertThat(fourth.await(2, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void aLatchSeesUsAsItsLeadingParticipant() throws Exception {
        lead(backend, claim("ours"));
        LeaderLatch latch = latch("latch");
        await().until(() -> stage.children().size() == 2);

        assertThat(latch.getLeader().getId()).isEqualTo("ours");
    }

    @Test
    void aLatchWithoutAnIdIsCalledByItsNode() throws Exception {
        latch("");
        await().until(() -> stage.children().size() == 1);
        backend.observe(ELECTION, TIMING, heard);

        await().untilAsserted(() ->
                assertThat(heard.all).contains("held " + stage.children().get(0)));
    }

    private LeaderLatch latch(String id) throws Exception {
        LeaderLatch latch = new LeaderLatch(stage.client, PATH, id);
        latch.start();
        stage.closeLater(() -> {
            if (latch.getState() == LeaderLatch.State.STARTED) {
                latch.close();
            }
        });
        return latch;
    }
}
