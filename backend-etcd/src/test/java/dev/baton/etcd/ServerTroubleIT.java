package dev.baton.etcd;

import static dev.baton.etcd.Stage.acquire;
import static dev.baton.etcd.Stage.claim;
import static dev.baton.etcd.Stage.failure;
import static dev.baton.etcd.Stage.in;
import static dev.baton.etcd.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.EtcdCluster;
import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One member that is up, and not at its best. */
class ServerTroubleIT {
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofMillis(300));

    @TempDir
    Path folder;

    private final ElectionName name = Stage.election();
    private final History history = new History();

    private LeaderElection candidate(EtcdBackend backend, String identity) {
        return LeaderElection.on(backend, name.toString())
                .identity(identity)
                .timing(TIMING)
                .events(history)
                .onStartedLeading(term -> {})
                .start();
    }

    private int renewals() {
        return history.of(ElectionEvent.Type.RENEWED).size();
    }

    private void awaitRenewals(int more) {
        int before = renewals();
        await().until(() -> renewals() >= before + more);
    }

    @Test
    void aTermOutlivesTheTokensOfItsUser() throws Exception {
        Certificates keys = new Certificates(folder, "jwt");
        try (EtcdCluster cluster = EtcdCluster.builder()
                .flag("--auth-token=jwt,pub-key=" + keys.publicKey() + ",priv-key=" + keys.key()
                        + ",sign-method=ES256,ttl=2s")
                .start()) {
            BadInputIT.enableAuth(cluster);
            UnaryOperator<EtcdBackend.Builder> user =
                    builder -> builder.jetcd(client -> client.user(ByteSequence.from("elector", StandardCharsets.UTF_8))
                            .password(ByteSequence.from("secret", StandardCharsets.UTF_8)));
            try (EtcdBackend backend = user.apply(
                                    EtcdBackend.builder(cluster.endpoints()).shutdownHook(false))
                            .build();
                    LeaderElection election = candidate(backend, "one")) {
                await().until(() -> election.leadership().isPresent());

                // Three times as long as a token lasts.
                awaitRenewals(20);

                assertThat(history.of(ElectionEvent.Type.TERM_ENDED)).isEmpty();
            }
        }
    }

    @Test
    void aFullDatabaseLeavesTheLeaderAloneAndLetsOthersInWhenThereIsSpaceAgain() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.builder()
                        .flag("--quota-backend-bytes=8388608")
                        .start();
                EtcdBackend first = EtcdBackend.builder(cluster.endpoints())
                        .shutdownHook(false)
                        .build();
                EtcdBackend second = EtcdBackend.builder(cluster.endpoints())
                        .shutdownHook(false)
                        .build();
                LeaderElection leader = candidate(first, "leader")) {
            await().until(() -> leader.leadership().isPresent());
            fill(cluster, "x".repeat(100_000));

            Claim claim = claim(name, "second");
            assertThat(failure(second.acquire(claim, in(second, Duration.ofSeconds(10)))))
                    .contains("has no space left (alarm NOSPACE)");
            awaitRenewals(10);
            assertThat(history.of(ElectionEvent.Type.TERM_ENDED)).isEmpty();

            makeSpace(cluster);
            Stage.refused(acquire(second, claim));
        }
    }

    /** Fills it until it takes no more. */
    private static void fill(EtcdCluster cluster, String value) {
        for (int i = 0; i < 500; i++) {
            try {
                cluster.etcdctl("put", "/big", value);
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("database space exceeded");
                return;
            }
        }
        throw new AssertionError("it is not full");
    }

    private static void makeSpace(EtcdCluster cluster) {
        String json = cluster.etcdctl("get", "/elsewhere", "-w", "json");
        cluster.etcdctl("compact", json.replaceAll("(?s).*\"revision\":(\\d+).*", "$1"));
        cluster.etcdctl("defrag");
        cluster.etcdctl("alarm", "disarm");
    }
}
