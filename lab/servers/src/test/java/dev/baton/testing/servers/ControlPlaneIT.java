package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.baton.testing.servers.ControlPlane.State;
import dev.baton.testing.servers.ControlPlane.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** One control plane for each topology: each test leaves all parts ready. */
class ControlPlaneIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void hasNoSchedulersAndControllerManagersWhereNoneAreWanted() throws IOException {
        try (ControlPlane plane =
                ControlPlane.builder(Topology.STACKED).withoutComponents().start()) {
            assertThat(plane.parts()).hasSize(6).allMatch(plane::isReady);
            assertThat(plane.host(0)).containsExactly(Part.etcd(0), Part.apiServer(0));
            assertThat(plane.host(2)).containsExactly(Part.etcd(2));
            assertThat(plane.candidate("default").kubeconfig()).exists();
        }
    }

    /** What holds in both. */
    @TestInstance(Lifecycle.PER_CLASS)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    abstract static class Both {
        private final Topology topology;

        @AutoClose
        ControlPlane plane;

        Both(Topology topology) {
            this.topology = topology;
        }

        @BeforeAll
        void start() throws IOException {
            plane = ControlPlane.builder(topology)
                    .timing(Duration.ofSeconds(6), Duration.ofSeconds(4), Duration.ofSeconds(1))
                    .start();
        }

        @BeforeEach
        void everyPartIsReady() {
            // One that lost its Lease, to a test or to a busy machine, has ended, and may do so again meanwhile.
            Await.until(LIMIT, "control plane", () -> "of its parts " + plane.parts() + " some are not ready", () -> {
                plane.parts().stream()
                        .filter(part -> plane.state(part) == State.DOWN)
                        .forEach(plane::start);
                return plane.parts().stream().allMatch(plane::isReady);
            });
            assertThat(plane.parts()).hasSize(10);
        }

        Part awaitLeader(Part.Kind kind) {
            return Await.forValue(LIMIT, "leader", () -> "none of the " + kind + "s leads", () -> plane.leader(kind));
        }

        /** The last, since the plane is gone after it. */
        @Test
        @Order(Integer.MAX_VALUE)
        void closeLeavesNoProcessAndNoFile() throws IOException {
            List<Long> pids = plane.parts().stream()
                    .filter(part -> plane.state(part) != State.DOWN)
                    .map(plane::pid)
                    .toList();
            Path folder = Objects.requireNonNull(plane.kubeconfig().getParent());
            plane.close();
            plane.close();
            assertThat(pids).isNotEmpty().noneMatch(pid -> ProcessHandle.of(pid).isPresent());
            assertThat(folder.getParent()).doesNotExist();
        }

        @Test
        void bothPairsHaveExactlyOneLeaderWhichTheirLeaseNames() {
            for (Part.Kind kind : List.of(Part.Kind.SCHEDULER, Part.Kind.CONTROLLER_MANAGER)) {
                awaitLeader(kind);
                assertThat(plane.holder(kind)).isPresent();
                assertThat(Stream.of(0, 1)
                                .filter(i -> KubeComponent.electedAt(plane.printedSinceStart(new Part(kind, i)))
                                        .isPresent()))
                        .hasSize(1);
            }
        }

        @Test
        void loadBalancerAnswersWhenEitherApiServerIsKilled() {
            for (int i = 0; i < 2; i++) {
                plane.kill(Part.apiServer(i));
                assertThat(plane.kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
                assertThat(plane.kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
                plane.start(Part.apiServer(i));
                plane.awaitReady();
            }
        }

        @Test
        void aSchedulerThatIsKilledIsFollowedByTheOther() {
            Part leader = awaitLeader(Part.Kind.SCHEDULER);
            Optional<String> holder = plane.holder(Part.Kind.SCHEDULER);
            plane.kill(leader);
            assertThat(plane.state(leader)).isEqualTo(State.DOWN);
            Await.until(
                    LIMIT,
                    "other leader",
                    () -> "",
                    () -> plane.leader(Part.Kind.SCHEDULER)
                            .filter(Part.scheduler(1 - leader.index())::equals)
                            .isPresent());
            assertThat(plane.holder(Part.Kind.SCHEDULER)).isPresent().isNotEqualTo(holder);
            plane.start(leader);
        }
    }

    @Nested
    class Stacked extends Both {
        Stacked() {
            super(Topology.STACKED);
        }

        @Test
        void aHostTakesItsMemberAndItsApiServerWithIt() {
            plane.killHost(1);
            assertThat(plane.parts().stream().filter(part -> plane.state(part) == State.DOWN))
                    .containsExactly(Part.etcd(1), Part.apiServer(1), Part.scheduler(1), Part.controllerManager(1));
            assertThat(plane.kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
            plane.startHost(1);
            plane.awaitReady();
        }

        @Test
        void anApiServerIsNotReadyWithoutTheMemberBesideIt() {
            plane.kill(Part.etcd(0));
            Await.until(LIMIT, "end of readiness", () -> "", () -> !plane.isReady(Part.apiServer(0)));
            Await.until(LIMIT, "answer", () -> "", () -> plane.isReady(Part.LOAD_BALANCER));
            assertThat(plane.isReady(Part.apiServer(1))).isTrue();
            plane.restart(Part.etcd(0));
            plane.awaitReady();
        }

        @Test
        void aPartOrAHostThatIsNotThereIsRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> plane.kill(Part.etcd(3)))
                    .withMessageContaining("etcd-3");
            assertThat(plane.hosts()).isEqualTo(3);
            assertThat(plane.host(2)).containsExactly(Part.etcd(2));
        }
    }

    @Nested
    class External extends Both {
        External() {
            super(Topology.EXTERNAL);
        }

        @Test
        void bothApiServersAreReadyWithoutOneMember() {
            plane.kill(Part.etcd(0));
            Await.until(
                    LIMIT,
                    "readiness",
                    () -> "",
                    () -> plane.isReady(Part.apiServer(0)) && plane.isReady(Part.apiServer(1)));
            plane.start(Part.etcd(0));
        }

        @Test
        void anApiServerThatIsPausedIsPassedByUntilItIsResumed() {
            plane.pause(Part.apiServer(0));
            assertThat(plane.state(Part.apiServer(0))).isEqualTo(State.PAUSED);
            assertThat(plane.isReady(Part.apiServer(0))).isFalse();
            Await.until(LIMIT, "answer", () -> "", () -> plane.isReady(Part.LOAD_BALANCER));
            plane.resume(Part.apiServer(0));
            plane.awaitReady();
        }

        @Test
        void aCandidateMayWriteLeasesOfItsNamespaceAndNothingElse() throws Exception {
            KubeUser user = plane.candidate("orders");
            assertThat(plane.candidate("orders").kubeconfig()).isEqualTo(user.kubeconfig());
            assertThat(as(user, "auth", "can-i", "update", "leases")).isEqualTo("yes\n");
            assertThat(as(user, "auth", "can-i", "update", "endpoints")).isEqualTo("yes\n");
            assertThat(as(user, "auth", "can-i", "update", "configmaps")).isEqualTo("yes\n");
            assertThat(plane.kubectl("auth", "can-i", "--list", "--as=system:serviceaccount:orders:candidate"))
                    .doesNotContain("secrets", "leases");
            Path through = Files.createTempFile("baton-kubeconfig-", "");
            plane.writeKubeconfig(through, user, plane.apiServer(1).url());
            assertThat(Files.readString(through)).contains(plane.apiServer(1).url(), user.token());
            Files.delete(through);
        }

        private String as(KubeUser user, String... arguments) {
            return KubeApiServer.kubectl(user.kubeconfig(), user.kubeconfig().resolveSibling("cache"), arguments);
        }

        @Test
        void hostsHaveAnApiServerOrAMember() {
            assertThat(plane.hosts()).isEqualTo(5);
            assertThat(plane.host(1)).containsExactly(Part.apiServer(1), Part.scheduler(1), Part.controllerManager(1));
            assertThat(plane.host(4)).containsExactly(Part.etcd(2));
        }
    }
}
