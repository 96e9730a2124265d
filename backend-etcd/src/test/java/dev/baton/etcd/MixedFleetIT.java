package dev.baton.etcd;

import static dev.baton.etcd.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.EtcdGoPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Candidates of ours and those of etcd's own Go client take over from each other, at least five times in each direction in
 * each of five elections: four with Go's {@code Election}, twenty times that is, and one with its {@code Mutex}.
 *
 * <p>A leader of either kind may lose its term before it is told to end, on a machine that is busy enough; what counts is a
 * takeover from one that led to its end.
 */
class MixedFleetIT {
    private static final int TAKEOVERS = 5;
    private static final int MOST_ROUNDS = 3 * TAKEOVERS;

    private final Stage stage;
    private final Fleet fleet = new Fleet();
    private List<Contest> contests = List.of();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    MixedFleetIT() throws IOException {
        stage = new Stage(1);
        stage.closeLater(fleet);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** One election of a mixed fleet, and how often a leader of ours, and one of Go's, was taken over from. */
    private final class Contest {
        final ElectionName election = Stage.election();
        final ElectionTiming ofJava;
        final EtcdGoPeer ofGo;
        int fromJava;
        int fromGo;

        Contest(ElectionTiming ofJava, int ttlOfGo, boolean mutex) {
            this.ofJava = ofJava;
            EtcdGoPeer peer = EtcdGoPeer.of(stage.cluster, election.toString()).ttl(Duration.ofSeconds(ttlOfGo));
            this.ofGo = mutex ? peer.mutex() : peer;
        }

        int inLine() {
            return stage.keys(Stage.prefix(election)).size();
        }
    }

    @Test
    void eachKindTakesOverFromTheOtherThatIsAskedToEnd() throws IOException {
        ElectionTiming longer =
                ElectionTiming.of(Duration.ofSeconds(20), Duration.ofSeconds(15), Duration.ofSeconds(2));
        ElectionTiming usual = ElectionTiming.DEFAULT;
        contests = List.of(
                new Contest(usual, 15, false),
                new Contest(usual, 20, false),
                new Contest(longer, 15, false),
                new Contest(longer, 20, false),
                new Contest(usual, 15, true));
        pass(CandidateProcess::terminate);
    }

    @Test
    void eachKindTakesOverFromTheOtherThatIsKilled_andNoSoonerThanOursCouldHaveLed() throws IOException {
        ElectionTiming six = timing(6, 4);
        ElectionTiming eight = timing(8, 6);
        contests = List.of(
                new Contest(six, 6, false),
                new Contest(six, 8, false),
                new Contest(eight, 6, false),
                new Contest(eight, 8, false),
                new Contest(six, 6, true));
        pass(CandidateProcess::kill);
    }

    private static ElectionTiming timing(int leaseDuration, int renewDeadline) {
        return ElectionTiming.of(
                Duration.ofSeconds(leaseDuration), Duration.ofSeconds(renewDeadline), Duration.ofSeconds(1));
    }

    private void pass(Consumer<CandidateProcess> end) throws IOException {
        List<CandidateProcess> goes = startGo("go-0");
        for (int round = 1; round <= MOST_ROUNDS && !done(); round++) {
            CandidateProcess java = startJava("java-" + round);
            List<CandidateProcess> javas =
                    contests.stream().map(contest -> java).toList();
            List<Boolean> ledByGo = awaitLines(goes, javas);
            goes.forEach(end);
            awaitLeaders(javas);
            count(ledByGo, contest -> contest.fromGo++);

            goes = startGo("go-" + round);
            List<Boolean> ledByJava = awaitLines(javas, goes);
            end.accept(java);
            awaitLeaders(goes);
            count(ledByJava, contest -> contest.fromJava++);
        }
        assertThat(done())
                .as("%s takeovers each way in %s rounds: %s", TAKEOVERS, MOST_ROUNDS, fleet.accounts())
                .isTrue();
    }

    private boolean done() {
        return contests.stream().allMatch(contest -> contest.fromJava >= TAKEOVERS && contest.fromGo >= TAKEOVERS);
    }

    /** Waits until two stand in every line, of whom one leads; answers where it is the leader who will be ended. */
    private List<Boolean> awaitLines(List<CandidateProcess> leaders, List<CandidateProcess> standbys) {
        List<Boolean> led = new ArrayList<>();
        for (int i = 0; i < contests.size(); i++) {
            Contest contest = contests.get(i);
            CandidateProcess leader = leaders.get(i);
            CandidateProcess standby = standbys.get(i);
            until("two in line in " + contest.election, () -> contest.inLine() == 2);
            until(
                    "leader of " + contest.election,
                    () -> Fleet.leads(leader, contest.election) || Fleet.leads(standby, contest.election));
        }
        for (int i = 0; i < contests.size(); i++) {
            led.add(Fleet.leads(leaders.get(i), contests.get(i).election));
        }
        return led;
    }

    private void awaitLeaders(List<CandidateProcess> successors) {
        for (int i = 0; i < contests.size(); i++) {
            Contest contest = contests.get(i);
            CandidateProcess successor = successors.get(i);
            until("successor in " + contest.election, () -> Fleet.leads(successor, contest.election));
            fleet.assertNeverTwoLed(contest.election);
        }
    }

    private void count(List<Boolean> led, Consumer<Contest> takeover) {
        for (int i = 0; i < contests.size(); i++) {
            if (led.get(i)) {
                takeover.accept(contests.get(i));
            }
        }
    }

    private void until(String what, Callable<Boolean> condition) {
        await().alias(what).pollInterval(Duration.ofMillis(100)).until(condition);
    }

    private List<CandidateProcess> startGo(String identity) throws IOException {
        List<CandidateProcess> started = new ArrayList<>();
        for (Contest contest : contests) {
            started.add(fleet.joined(contest.ofGo.start(identity)));
        }
        return started;
    }

    private CandidateProcess startJava(String identity) throws IOException {
        return fleet.joined(JavaCandidate.start(
                stage.cluster,
                identity,
                contests.stream()
                        .map(contest -> new JavaCandidate.Entry(contest.election, contest.ofJava))
                        .toList()));
    }
}
