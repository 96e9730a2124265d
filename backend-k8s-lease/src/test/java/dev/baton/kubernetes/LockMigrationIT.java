package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.kubernetes.JavaCandidate.Entry;
import dev.baton.kubernetes.JavaCandidate.Lock;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.CandidateProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A fleet of client-go 0.23, the last with locks on Endpoints, moves to Leases without ever having two leaders: first each
 * candidate is replaced by one of ours on both, and then each of those by one on Leases.
 */
class LockMigrationIT {
    private final KubernetesStage stage = new KubernetesStage();
    private final Peers peers = stage.later(new Peers(stage));
    private final ElectionName election = stage.election;

    /** Here, so that what is missing aborts the test before there is anything to close. */
    LockMigrationIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** How one of a step's candidates is started. */
    private interface Candidate {
        CandidateProcess start(String identity) throws IOException;
    }

    @Test
    void fleetThatIsRestartedOneByOne() throws IOException {
        ElectionTiming timing = ElectionTiming.DEFAULT;
        roll("endpoints", timing, CandidateProcess::terminate);
        // What a crash would cost: client-go asks again after up to 2.2 retryPeriods.
        // Where a leader cannot release for its successor, one lease runs out, and not two.
        assertGapsBelow(timing.leaseDuration().multipliedBy(2));
    }

    @Test
    void fleetWhoseLeadersAreKilledOneByOne() throws IOException {
        ElectionTiming timing = ElectionTiming.of(Duration.ofSeconds(8), Duration.ofSeconds(6), Duration.ofSeconds(1));
        roll("endpoints", timing, CandidateProcess::kill);
        // The two records run out side by side, not one after the other.
        assertGapsBelow(timing.leaseDuration().multipliedBy(2));
    }

    @Test
    void fleetThatHeldBothAlready() throws IOException {
        roll("endpointsleases", ElectionTiming.DEFAULT, CandidateProcess::terminate);
    }

    @Test
    void fleetOfThreeThatContendsMeanwhile() throws IOException {
        ElectionTiming timing = ElectionTiming.of(Duration.ofSeconds(8), Duration.ofSeconds(6), Duration.ofSeconds(1));
        List<CandidateProcess> fleet = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            fleet.add(peers.oldGo(election, "endpoints", timing, "old-" + i));
        }
        fleet = restartAll(fleet, "both-", ours(Lock.ENDPOINTS_AND_LEASE, timing));
        fleet = restartAll(fleet, "new-", ours(Lock.LEASE, timing));
        assertThat(fleet).contains(awaitLeader());
        peers.assertNeverTwoLed(election);
        assertGapsBelow(timing.leaseDuration().multipliedBy(2));
    }

    /** One by one, the leader first: of the others, old and new, any may be the next. By turns killed and asked to end. */
    private List<CandidateProcess> restartAll(List<CandidateProcess> fleet, String prefix, Candidate next)
            throws IOException {
        List<CandidateProcess> left = new ArrayList<>(fleet);
        List<CandidateProcess> made = new ArrayList<>();
        while (!left.isEmpty()) {
            CandidateProcess leader = awaitLeader();
            CandidateProcess ending = left.contains(leader) ? leader : left.get(0);
            left.remove(ending);
            if (made.size() % 2 == 0) {
                ending.terminate();
            } else {
                ending.kill();
            }
            CandidateProcess started = next.start(prefix + (made.size() + 1));
            made.add(started);
            KubernetesStage.until(
                    "it stands by",
                    () -> started.events().stream()
                            .anyMatch(event -> event.event().equals("leader")));
        }
        return made;
    }

    private CandidateProcess awaitLeader() {
        KubernetesStage.until("a leader", () -> peers.leader(election).isPresent());
        return peers.leader(election).orElseThrow();
    }

    private void roll(String oldLock, ElectionTiming timing, Consumer<CandidateProcess> end) throws IOException {
        Candidate old = identity -> peers.oldGo(election, oldLock, timing, identity);
        Candidate both = ours(Lock.ENDPOINTS_AND_LEASE, timing);
        Candidate ours = ours(Lock.LEASE, timing);
        Candidate theirs = identity -> peers.go(election, timing, identity);

        CandidateProcess leader = old.start("old-1");
        Peers.awaitStarted(leader, election);
        CandidateProcess standby = standby(old, "old-2", "old-1");
        leader = replace(leader, end, standby);
        standby = standby(both, "both-1", "old-2");
        leader = replace(leader, end, standby);
        standby = standby(both, "both-2", "both-1");
        leader = replace(leader, end, standby);
        standby = standby(ours, "new-1", "both-2");
        leader = replace(leader, end, standby);
        standby = standby(theirs, "new-2", "new-1");
        replace(leader, end, standby);

        peers.assertLedInTurn(election, List.of("old-1", "old-2", "both-1", "both-2", "new-1", "new-2"));
    }

    private Candidate ours(Lock lock, ElectionTiming timing) {
        return identity -> peers.java(List.of(new Entry(election, lock, timing)), identity);
    }

    private CandidateProcess standby(Candidate candidate, String identity, String leader) throws IOException {
        CandidateProcess standby = candidate.start(identity);
        Peers.awaitSeeing(standby, election, leader);
        return standby;
    }

    private CandidateProcess replace(
            CandidateProcess leader, Consumer<CandidateProcess> end, CandidateProcess standby) {
        end.accept(leader);
        Peers.awaitStarted(standby, election);
        return standby;
    }

    private void assertGapsBelow(Duration limit) {
        List<Peers.Term> terms = peers.terms(election);
        for (int i = 1; i < terms.size(); i++) {
            assertThat(Duration.ofNanos(terms.get(i).from() - terms.get(i - 1).to()))
                    .as("time without a leader before term %s of %s", i, terms)
                    .isLessThan(limit);
        }
    }
}
