package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.conformance.TcpProxy;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Twenty leaders that are cut off from the API server at the default timings, each at another moment of its round and in
 * one of three ways: the old term is over before the new one begins, each time.
 */
class CutOffLeaderIT {
    private static final int ELECTIONS = 20;
    private static final ElectionTiming TIMING = ElectionTiming.DEFAULT;

    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    CutOffLeaderIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void oldTermIsOverBeforeTheNewOneBegins_twentyTimes() throws IOException {
        assertNoOverlap(trials(Duration.ZERO));
    }

    @Test
    void soItIsWhenTheSidesWallClocksAreTwentySecondsApart_twentyTimes() throws IOException {
        assertNoOverlap(trials(Duration.ofSeconds(20)));
    }

    /** Every other standby's wall clock is {@code apart} ahead of its leader's, the others' as much behind. */
    private List<Trial> trials(Duration apart) throws IOException {
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < ELECTIONS; i++) {
            trials.add(new Trial(i, i % 2 == 0 ? apart : apart.negated()));
        }
        return trials;
    }

    private static void assertNoOverlap(List<Trial> trials) {
        try {
            trials.forEach(Trial::awaitLeaderAndStandby);
            trials.forEach(Trial::cutOffSoon);
            trials.forEach(Trial::assertNoOverlap);
        } finally {
            trials.forEach(Trial::heal);
        }
    }

    /** One election, a leader on a network of its own, and a standby. */
    private final class Trial {
        private final int number;
        private final TcpProxy network;
        private final Side leader;
        private final Side standby;

        Trial(int number, Duration standbyAhead) throws IOException {
            this.number = number;
            network = stage.later(TcpProxy.to(stage.server.address()));
            Config through = new ConfigBuilder(stage.config())
                    .withMasterUrl("https://" + network.connectString())
                    .build();
            ElectionName election = new ElectionName(stage.namespace, "e-" + number);
            leader = stage.later(new Side(through, election, "leader", Duration.ZERO, null));
            until("leader of " + number, () -> !leader.terms.isEmpty());
            standby = stage.later(new Side(stage.config(), election, "standby", standbyAhead, leader));
        }

        void awaitLeaderAndStandby() {
            until(
                    "the standby of " + number + " sees who leads",
                    () -> standby.told(Type.WATCHING)
                            && standby.election.currentLeader().isPresent());
        }

        /** At another moment of its round than the others. */
        void cutOffSoon() {
            long delay = TIMING.retryPeriod().toNanos() * number / ELECTIONS;
            CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS).execute(() -> {
                switch (number % 3) {
                    case 0 -> network.blackHole();
                    case 1 -> network.blackHole(TcpProxy.Direction.TO_CLIENT);
                    default -> network.cut();
                }
            });
        }

        /** Lets both sides leave, all of them at once: cut off, each could only wait for answers that do not come. */
        void heal() {
            network.pass();
            leader.election.closeAsync();
            standby.election.closeAsync();
        }

        void assertNoOverlap() {
            until("another leader of " + number, () -> !standby.terms.isEmpty());
            assertThat(standby.predecessorWasOver)
                    .as("the first term of %s when the second began", number)
                    .containsExactly(true);
            ElectionEvent ended = leader.first(Type.TERM_ENDED);
            ElectionEvent began = standby.first(Type.TERM_STARTED);
            assertThat(ended.reason()).isEqualTo(EndReason.EXPIRED);
            // Both sides' monotonic clocks are this process's.
            assertThat(began.at().nanosSince(ended.at()))
                    .as("nanoseconds without a leader in trial %s", number)
                    .isPositive();
            assertThat(standby.terms.get(0).fencingToken())
                    .matches(token -> token.isAfter(leader.terms.get(0).fencingToken()));
        }
    }

    /** A candidate, on clocks of its own. */
    private static final class Side implements AutoCloseable {
        private final LockBackend backend;
        private final LeaderElection election;
        private final List<ElectionEvent> events = new CopyOnWriteArrayList<>();
        private final List<Leadership> terms = new CopyOnWriteArrayList<>();
        private final List<Boolean> predecessorWasOver = new CopyOnWriteArrayList<>();

        Side(Config config, ElectionName name, String identity, Duration ahead, @Nullable Side predecessor) {
            backend = KubernetesBackend.lease().config(config).build(new ShiftedRuntime(ahead));
            election = LeaderElection.on(backend, name.toString())
                    .identity(identity)
                    .timing(TIMING)
                    .events(events::add)
                    .onStartedLeading(term -> {
                        if (predecessor != null) {
                            predecessorWasOver.add(predecessor.terms.stream().noneMatch(Leadership::isValid));
                        }
                        terms.add(term);
                    })
                    .start();
        }

        boolean told(Type type) {
            return events.stream().anyMatch(event -> event.type() == type);
        }

        ElectionEvent first(Type type) {
            until(type.text(), () -> told(type));
            return events.stream()
                    .filter(event -> event.type() == type)
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public void close() {
            backend.close();
        }
    }
}
