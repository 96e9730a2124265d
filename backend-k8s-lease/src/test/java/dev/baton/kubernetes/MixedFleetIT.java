package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.register.LeaderRecord;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.CandidateProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Candidates of ours and client-go's take over from each other, five times in each direction: in four elections on Leases at
 * a time, twenty times that is, and in one on each of its former locks.
 */
class MixedFleetIT {
    private static final int ROUNDS = 5;

    private final KubernetesStage stage = new KubernetesStage();
    private final Peers peers = stage.later(new Peers(stage));
    private List<Contest> contests = List.of();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    MixedFleetIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** One election of a mixed fleet. */
    private final class Contest {
        private final LockObject object;
        final ElectionName election;
        final ElectionTiming ofJava;
        final ElectionTiming ofGo;
        private final List<String> leaders = new ArrayList<>();

        Contest(String name, LockObject object, ElectionTiming ofJava, ElectionTiming ofGo) {
            this.election = peers.election(name);
            this.object = object;
            this.ofJava = ofJava;
            this.ofGo = ofGo;
        }

        CandidateProcess startGo(String identity) throws IOException {
            return object == LockObject.LEASE
                    ? peers.go(election, ofGo, identity)
                    : peers.oldGo(election, object.resource(), ofGo, identity);
        }

        JavaCandidate.Entry entry() {
            return new JavaCandidate.Entry(election, JavaCandidate.Lock.valueOf(object.name()), ofJava);
        }

        void assertLeadsNext(String leader) {
            leaders.add(leader);
            peers.assertLedInTurn(election, leaders);
            LeaderRecord record = peers.record(object, election);
            assertThat(record.holderIdentity()).isEqualTo(leader);
            assertThat(record.transitions())
                    .as("changes of the leader of %s", election)
                    .isEqualTo(peers.terms(election).size() - 1);
        }

        /** When the record that its dead leader left may be taken. */
        Instant soonest() {
            String leader = leaders.get(leaders.size() - 1);
            LeaderRecord record = peers.record(object, election);
            assertThat(record.holderIdentity())
                    .as("holder of %s just after its end", election)
                    .isEqualTo(leader);
            // renewTime was read before the record was sent, on the clock that all share.
            if (leader.startsWith("go-")) {
                return record.renewTime().plus(shortest(ofGo));
            }
            // Of two renewals in one second, as after one that failed, client-go counts from the first.
            return record.renewTime().plus(shortest(ofJava)).minusSeconds(1);
        }

        private Duration shortest(ElectionTiming timing) {
            return Duration.ofNanos((long) (timing.leaseDuration().toNanos() / (1 + timing.clockDrift())));
        }
    }

    @Test
    void eachKindTakesOverFromTheOtherThatIsAskedToEnd() throws IOException {
        ElectionTiming longer =
                ElectionTiming.of(Duration.ofSeconds(20), Duration.ofSeconds(15), Duration.ofSeconds(2));
        ElectionTiming usual = ElectionTiming.DEFAULT;
        contests = List.of(
                new Contest("one", LockObject.LEASE, usual, usual),
                new Contest("two", LockObject.LEASE, usual, longer),
                new Contest("three", LockObject.LEASE, longer, usual),
                new Contest("four", LockObject.LEASE, longer, longer),
                new Contest("endpoints", LockObject.ENDPOINTS, usual, usual),
                new Contest("config-map", LockObject.CONFIG_MAP, usual, usual));
        pass(CandidateProcess::terminate, true);
    }

    @Test
    void eachKindTakesOverFromTheOtherThatIsKilled_andNoSoonerThanItsRecordAllows() throws IOException {
        ElectionTiming four = timing(4, 3);
        ElectionTiming six = timing(6, 4);
        // Those on the former locks differ in nothing: their client-go goes by its own leaseDuration.
        contests = List.of(
                new Contest("one", LockObject.LEASE, four, four),
                new Contest("two", LockObject.LEASE, four, six),
                new Contest("three", LockObject.LEASE, six, four),
                new Contest("four", LockObject.LEASE, timing(5, 4), six),
                new Contest("endpoints", LockObject.ENDPOINTS, four, four),
                new Contest("config-map", LockObject.CONFIG_MAP, four, four));
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
                .map(contest -> released ? Instant.EPOCH : contest.soonest())
                .toList();
        for (int i = 0; i < contests.size(); i++) {
            CandidateEvent started = Peers.awaitStarted(successors.get(i), contests.get(i).election);
            assertThat(Instant.EPOCH.plusNanos(started.at()))
                    .as("beginning of %s's term in %s", identity, contests.get(i).election)
                    .isAfterOrEqualTo(soonest.get(i));
            contests.get(i).assertLeadsNext(identity);
        }
    }

    private List<CandidateProcess> startGo(String identity) throws IOException {
        List<CandidateProcess> started = new ArrayList<>();
        for (Contest contest : contests) {
            started.add(contest.startGo(identity));
        }
        return started;
    }

    private CandidateProcess startJava(String identity) throws IOException {
        return peers.java(contests.stream().map(Contest::entry).toList(), identity);
    }
}
