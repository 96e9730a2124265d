package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientGoPeerIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String NAMESPACE = "client-go-peer";

    private KubeApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = KubeApiServer.shared();
        if (server.request(server.adminToken(), "GET", "/api/v1/namespaces/" + NAMESPACE, null)
                        .statusCode()
                == 404) {
            server.createNamespace(NAMESPACE);
        }
    }

    @Test
    void tellsWhatHappensToItAndReleasesWhenItIsAskedToEnd() throws IOException {
        try (CandidateProcess peer =
                ClientGoPeer.of(server, NAMESPACE, "released").start("go-1")) {
            CandidateEvent started = await(peer, "started");
            assertThat(started.election()).isEqualTo(NAMESPACE + "/released");
            assertThat(started.candidate()).isEqualTo("go-1");
            assertThat(await(peer, "leader").detail()).isEqualTo("go-1");
            await(peer, "renewed");

            peer.terminate();
            assertThat(peer.events().stream().map(CandidateEvent::event))
                    .containsSubsequence("stopping", "released", "stopped");
            assertThat(peer.endedAt()).isGreaterThan(await(peer, "stopped").at());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"endpoints", "configmaps", "leases", "endpointsleases", "configmapsleases"})
    void leadsWithEachLockOfTheOldClientGo(String lock) throws IOException {
        try (CandidateProcess peer =
                ClientGoPeer.of(server, NAMESPACE, "old-" + lock).old(lock).start("go-1")) {
            await(peer, "started");
            peer.kill();
            assertThat(peer.isAlive()).isFalse();
            assertThat(peer.events()).noneMatch(event -> event.event().equals("stopping"));
        }
    }

    @Test
    void doesNotContendWhileItIsStopped() throws IOException {
        ClientGoPeer one = ClientGoPeer.of(server, NAMESPACE, "paused")
                .timing(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofSeconds(1));
        try (CandidateProcess first = one.start("go-1")) {
            await(first, "started");
            try (CandidateProcess second = one.start("go-2")) {
                await(second, "leader");
                first.pause();
                await(second, "started");
                first.resume();
                await(first, "stopped");
            }
        }
    }

    @Test
    void schedulerAndControllerManagerLead() throws IOException {
        try (CandidateProcess scheduler =
                        KubeComponent.scheduler(server, NAMESPACE, "scheduler").start();
                CandidateProcess controllers = KubeComponent.controllerManager(server, NAMESPACE, "controllers")
                        .start()) {
            for (CandidateProcess component : List.of(scheduler, controllers)) {
                Await.until(
                        LIMIT,
                        "leader",
                        component::printed,
                        () -> component.printed().contains("uccessfully acquired lease"));
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
