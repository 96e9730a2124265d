package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.CandidateProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Candidates of ours and client-go's take over from each other on Leases, twenty times in each direction: in four
 * elections at a time, five times each.
 */
class MixedFleetIT {
    private static final int ROUNDS = 5;

    private KubernetesStage stage;
    private Peers peers;
    private List<Contest> contests = List.of();

    @BeforeEach
    void open() throws IOException {
        stage = new KubernetesStage();
        peers = stage.later(new Peers(stage));
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** One election of a mixed fleet. */
    private final class Contest {
        final ElectionName election;
        final ElectionTiming ofJava;
        final ElectionTiming ofGo;
        final List<String> leaders = new ArrayList<>();

        Contest(String name, ElectionTiming ofJava, ElectionTiming ofGo) {
            this.election = peers.election(name);
            this.ofJava = ofJava;
            this.ofGo = ofGo;
        }

        void assertLeadsNext(String leader) {
            leaders.add(leader);
            peers.assertLedInTurn(election, leaders);
            JsonNode spec = peers.spec(election);
            assertThat(spec.path("holderIdentity").asText()).isEqualTo(leader);
            assertThat(spec.path("leaseTransitions").asInt())
                    .as("changes of the leader of %s", election)
                    .isEqualTo(leaders.size() - 1);
        }
    }

    @Test
    void eachKindTakesOverFromTheOtherThatIsAskedToEnd() throws IOException {
        ElectionTiming longer =
                ElectionTiming.of(Duration.ofSeconds(20), Duration.ofSeconds(15), Duration.ofSeconds(2));
        contests = List.of(
                new Contest("one", ElectionTiming.DEFAULT, ElectionTiming.DEFAULT),
                new Contest("two", ElectionTiming.DEFAULT, longer),
                new Contest("three", longer, ElectionTiming.DEFAULT),
                new Contest("four", longer, longer));
        pass(CandidateProcess::terminate, true);
    }

    @Test
    void eachKindTakesOverFromTheOtherThatIsKilled_andNoSoonerThanItsRecordAllows() throws IOException {
        ElectionTiming four = timing(4, 3);
        ElectionTiming six = timing(6, 4);
        contests = List.of(
                new Contest("one", four, four),
                new Contest("two", four, six),
                new Contest("three", six, four),
                new Contest("four", timing(5, 4), six));
        pass(CandidateProcess::kill, false);
    }

    private static ElectionTiming timing(int leaseDuration, int renewDeadline) {
        return ElectionTiming.of(
                Duration.ofSeconds(leaseDuration), Duration.ofSeconds(renewDeadline), Duration.ofSeconds(1));
    }

    private void pass(Consumer<CandidateProcess> end, boolean released) throws IOException {
        List<CandidateProcess> goes = startGo("go-0");
        for (int i = 0; i < contests.size(); i++) {
            Peers.awaitStarted(goes.get(i), contests.get(i).election);
            contests.get(i).assertLeadsNext("go-0");
        }
        for (int round = 1; round <= ROUNDS; round++) {
            String java = "java-" + round;
            CandidateProcess ours = startJava(java);
            for (Contest contest : contests) {
                Peers.awaitSeeing(ours, contest.election, "go-" + (round - 1));
            }
            goes.forEach(end);
            awaitSuccessors(contests.stream().map(contest -> ours).toList(), java, released);

            String go = "go-" + round;
            goes = startGo(go);
            for (int i = 0; i < contests.size(); i++) {
                Peers.awaitSeeing(goes.get(i), contests.get(i).election, java);
            }
            end.accept(ours);
            awaitSuccessors(goes, go, released);
        }
    }

    /** Waits until those next in line lead, after a release at once and otherwise when the record has run out. */
    private void awaitSuccessors(List<CandidateProcess> successors, String identity, boolean released) {
        List<Instant> soonest = contests.stream()
                .map(contest -> released ? Instant.EPOCH : soonest(contest))
                .toList();
        for (int i = 0; i < contests.size(); i++) {
            CandidateEvent started = Peers.awaitStarted(successors.get(i), contests.get(i).election);
            assertThat(Instant.EPOCH.plusNanos(started.at()))
                    .as("beginning of %s's term in %s", identity, contests.get(i).election)
                    .isAfterOrEqualTo(soonest.get(i));
            contests.get(i).assertLeadsNext(identity);
        }
    }

    /** When the record that a dead leader left may be taken. */
    private Instant soonest(Contest contest) {
        JsonNode spec = peers.spec(contest.election);
        assertThat(spec.path("holderIdentity").asText())
                .as("holder of %s just after its end", contest.election)
                .isEqualTo(contest.leaders.get(contest.leaders.size() - 1));
        Duration lease = Duration.ofSeconds(spec.path("leaseDurationSeconds").asLong());
        double slowest = 1 + ElectionTiming.DEFAULT_CLOCK_DRIFT;
        // renewTime was read before the record was sent, on the clock that all share.
        return Instant.parse(spec.path("renewTime").asText())
                .plus((long) (lease.toNanos() / slowest), ChronoUnit.NANOS);
    }

    private List<CandidateProcess> startGo(String identity) throws IOException {
        List<CandidateProcess> started = new ArrayList<>();
        for (Contest contest : contests) {
            started.add(peers.go(contest.election, contest.ofGo, identity));
        }
        return started;
    }

    private CandidateProcess startJava(String identity) throws IOException {
        Map<ElectionName, ElectionTiming> elections = new LinkedHashMap<>();
        contests.forEach(contest -> elections.put(contest.election, contest.ofJava));
        return peers.java(JavaCandidate.Lock.LEASE, elections, identity);
    }
}
