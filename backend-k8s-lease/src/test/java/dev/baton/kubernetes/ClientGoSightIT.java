package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.CandidateProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What candidates of client-go's do not see of a leader that they stand by for: why it has to be like them in part. */
class ClientGoSightIT {
    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final ElectionTiming TIMING = ElectionTiming.of(LEASE, Duration.ofSeconds(4), Duration.ofSeconds(1));
    private static final Instant FIRST = Instant.parse("2026-01-02T03:04:05Z");

    private final KubernetesStage stage = new KubernetesStage();
    private final Peers peers = stage.later(new Peers(stage));

    /** Here, so that what is missing aborts the test before there is anything to close. */
    ClientGoSightIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** A leader whose renewTime we choose. */
    private final class ByHand {
        private final ElectionName election;
        private ObjectNode lease;
        private int renewals;
        private Instant lastSent;

        /** Takes the lease for {@code duration}. */
        ByHand(ElectionName election, Duration duration) throws IOException {
            this.election = election;
            lease = Json.object().put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
            Json.child(lease, "metadata").put("name", election.name());
            Json.child(lease, "spec")
                    .put("holderIdentity", "by-hand")
                    .put("leaseDurationSeconds", duration.toSeconds())
                    .put("acquireTime", ClaimMark.micros(FIRST))
                    .put("renewTime", ClaimMark.micros(FIRST));
            lastSent = Instant.now();
            lease = Json.parse(
                    send("POST", LockObject.LEASE.path(stage.namespace)).body());
        }

        /** Whether the lease was still its own, and so was renewed, with a renewTime that is {@code step} greater. */
        boolean renews(TemporalUnit step) throws IOException {
            Instant next = FIRST.plus(renewals + 1, step);
            Json.child(lease, "spec").put("renewTime", ClaimMark.micros(next));
            Instant sent = Instant.now();
            HttpResponse<String> answer = send("PUT", LockObject.LEASE.path(election));
            if (answer.statusCode() != 200) {
                return false;
            }
            lease = Json.parse(answer.body());
            lastSent = sent;
            renewals++;
            return true;
        }

        private HttpResponse<String> send(String method, String path) throws IOException {
            return stage.server.request(stage.server.adminToken(), method, path, Json.text(lease));
        }

        /** How long before {@code event} it last renewed. */
        Duration silenceBefore(CandidateEvent event) {
            return Duration.between(lastSent, Instant.EPOCH.plusNanos(event.at()));
        }
    }

    private CandidateProcess goStandby() throws IOException {
        CandidateProcess go = peers.go(stage.election, TIMING, "go-1");
        Peers.awaitSeeing(go, stage.election, "by-hand");
        return go;
    }

    /** How many records of the leader by hand {@code go} told apart. */
    private static long recordsSeen(CandidateProcess go) {
        return go.events().stream()
                .filter(event -> event.event().equals("saw") && event.detail().contains("by-hand"))
                .count();
    }

    @Test
    void renewalsWithinOneSecondDoNotKeepClientGoFromTakingOver() throws IOException {
        ByHand leader = new ByHand(stage.election, LEASE);
        CandidateProcess go = goStandby();
        TestCandidate ours = stage.candidate(stage.backend(), "app-1", TIMING);
        KubernetesStage.until(
                "ours stands by", () -> ours.election.currentLeader().isPresent());
        KubernetesStage.until("go-1 takes a lease that is renewed", () -> !leader.renews(ChronoUnit.MICROS));

        CandidateEvent started = Peers.awaitStarted(go, stage.election);
        assertThat(leader.renewals).as("renewals that succeeded").isGreaterThan(10);
        assertThat(leader.silenceBefore(started))
                .as("silence before the takeover")
                .isLessThan(LEASE);
        assertThat(recordsSeen(go)).as("records that differ to client-go").isEqualTo(1);
        assertThat(ours.terms()).as("terms of ours, which goes by the version").isEmpty();
    }

    @Test
    void renewalsOfDifferentSecondsDo() throws IOException {
        ByHand leader = new ByHand(stage.election, LEASE);
        CandidateProcess go = goStandby();
        Instant twoLeases = Instant.now().plus(LEASE.multipliedBy(2));
        KubernetesStage.until("two leases have passed", () -> {
            assertThat(leader.renews(ChronoUnit.SECONDS)).as("still its own").isTrue();
            return Instant.now().isAfter(twoLeases);
        });
        CandidateEvent started = Peers.awaitStarted(go, stage.election);
        assertThat(leader.silenceBefore(started))
                .as("silence before the takeover")
                .isGreaterThanOrEqualTo(LEASE);
        assertThat(recordsSeen(go)).as("records that differ to client-go").isGreaterThan(2);
    }

    @Test
    void clientGoBefore27TakesOverAfterItsOwnLeaseDurationWhateverTheRecordSays() throws IOException {
        ElectionName ofOld = peers.election("old");
        ElectionName ofNew = peers.election("new");
        ByHand leader = new ByHand(ofOld, Duration.ofHours(1));
        ByHand other = new ByHand(ofNew, Duration.ofHours(1));
        CandidateProcess newer = peers.go(ofNew, TIMING, "new-1");
        Peers.awaitSeeing(newer, ofNew, "by-hand");
        CandidateProcess old = peers.oldGo(ofOld, "leases", TIMING, "old-1");
        Peers.awaitStarted(old, ofOld);
        assertThat(leader.renews(ChronoUnit.SECONDS))
                .as("the leader of the old one")
                .isFalse();
        assertThat(other.renews(ChronoUnit.SECONDS))
                .as("the leader of the new one")
                .isTrue();
    }
}
