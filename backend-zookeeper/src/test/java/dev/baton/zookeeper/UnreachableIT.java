package dev.baton.zookeeper;

import static dev.baton.zookeeper.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import java.time.Duration;
import java.util.Optional;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;

/** A candidate whose ZooKeeper is not there when it starts. */
class UnreachableIT {

    private final History history = new History();

    @Test
    void startReturnsSaysSoOnceAndLeadsWhenTheServerComes() throws Exception {
        int port = InstanceSpec.getRandomPort();
        try (ZooKeeperBackend backend = ZooKeeperBackend.builder("127.0.0.1:" + port)
                        .connectionTimeout(Duration.ofMillis(500))
                        .build();
                LeaderElection election = LeaderElection.on(backend, "orders/reconciler")
                        .timing(Stage.TIMING)
                        .events(history)
                        .onStartedLeading(term -> {})
                        .start()) {
            await().until(() -> election.health().detail().contains("not reachable"));
            assertThat(election.health().detail()).contains("127.0.0.1:" + port);
            assertThat(election.health().healthy()).isFalse();
            assertThat(election.leadership()).isEmpty();
            // Several attempts later it has still been said once.
            await().pollDelay(Stage.TIMING.leaseDuration())
                    .until(() -> !election.health().healthy());
            assertThat(history.of(ElectionEvent.Type.UNREACHABLE))
                    .filteredOn(event -> String.valueOf(event.detail()).contains("not reachable"))
                    .hasSize(1);

            try (TestingServer server = new TestingServer(port)) {
                assertThat(server.getPort()).isEqualTo(port);
                await().until(election::leadership, Optional::isPresent);
                assertThat(history.of(ElectionEvent.Type.REACHABLE)).hasSize(1);
                await().until(() -> election.health().healthy());
            }
        }
    }
}
