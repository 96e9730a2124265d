package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdGoPeerIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @AutoClose
    private EtcdCluster cluster;

    @BeforeAll
    void start() throws IOException {
        cluster = EtcdCluster.builder().start();
    }

    @Test
    void tellsWhatHappensToItAndResignsWhenItIsAskedToEnd() throws IOException {
        try (CandidateProcess peer = EtcdGoPeer.of(cluster, "go/resigns").start("go-1")) {
            CandidateEvent started = await(peer, "started");
            assertThat(started.election()).isEqualTo("go/resigns");
            assertThat(started.candidate()).isEqualTo("go-1");
            assertThat(await(peer, "leader").detail()).isEqualTo("go-1");
            assertThat(cluster.etcdctl("get", "--prefix", "--print-value-only", "/baton/go/resigns/"))
                    .isEqualToIgnoringWhitespace("go-1");
            assertThat(cluster.etcdctl("get", "--prefix", "--write-out=json", "/baton/go/resigns/"))
                    .contains("\"create_revision\":" + started.detail() + ",");

            peer.terminate();
            assertThat(peer.events().stream().map(CandidateEvent::event)).containsSubsequence("stopping", "released");
            assertThat(cluster.etcdctl("get", "--prefix", "/baton/go/resigns/")).isBlank();
        }
    }

    @Test
    void stopsWhenItsSessionIsOver() throws IOException {
        try (CandidateProcess peer =
                EtcdGoPeer.of(cluster, "go/revoked").ttl(Duration.ofSeconds(2)).start("go-1")) {
            await(peer, "started");

            cluster.etcdctl("lease", "revoke", await(peer, "contending").detail());

            await(peer, "stopped");
        }
    }

    @Test
    void aMutexIsTakenInTurn() throws IOException {
        EtcdGoPeer mutex = EtcdGoPeer.of(cluster, "go/mutex").prefix("/other/").mutex();
        try (CandidateProcess first = mutex.start("go-1")) {
            CandidateEvent started = await(first, "started");
            try (CandidateProcess second = mutex.start("go-2")) {
                Await.until(
                        LIMIT,
                        "line of two",
                        second::printed,
                        () -> cluster.etcdctl("get", "--prefix", "--keys-only", "/other/go/mutex/")
                                        .lines()
                                        .filter(line -> !line.isBlank())
                                        .count()
                                == 2);
                assertThat(first(second, "started")).isEmpty();

                first.terminate();

                assertThat(Long.parseLong(await(second, "started").detail()))
                        .isGreaterThan(Long.parseLong(started.detail()));
            }
        }
    }

    private static CandidateEvent await(CandidateProcess peer, String event) {
        return Await.forValue(LIMIT, event, peer::printed, () -> first(peer, event));
    }

    private static Optional<CandidateEvent> first(CandidateProcess peer, String event) {
        return peer.events().stream().filter(told -> told.event().equals(event)).findFirst();
    }
}
