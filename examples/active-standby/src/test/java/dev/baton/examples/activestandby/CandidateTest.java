package dev.baton.examples.activestandby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.test.TestBackend;
import dev.baton.test.TestBackendExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The service as leader, as standby, as one that was deposed, and as one that cannot stop. */
@ExtendWith(TestBackendExtension.class)
class CandidateTest {
    private static final ElectionName ELECTION = ElectionName.parse("kube-system/active-standby");
    private static final String ME = "here_1";
    private static final Duration PERIOD = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CountDownLatch released = new CountDownLatch(1);

    @TempDir
    Path folder;

    @Test
    void writesWithTheTokenOfItsTermWhileItLeads(TestBackend backend) throws IOException {
        Candidate candidate = candidate(backend);
        assertThat(file()).doesNotExist();
        assertThat(candidate.leader())
                .containsEntry("identity", ME)
                .containsEntry("leading", false)
                .containsEntry("leader", null)
                .containsEntry("token", null)
                .containsEntry("validUntil", null);

        FencingToken token = backend.grant();

        assertThat(lines()).startsWith(token + " 1 " + ME);
        assertThat(candidate.leader())
                .containsEntry("election", ELECTION.toString())
                .containsEntry("leading", true)
                .containsEntry("leader", ME)
                .containsEntry("token", token.toString())
                .containsEntry(
                        "validUntil",
                        backend.runtime()
                                .timekeeper()
                                .now()
                                .plus(ElectionTiming.DEFAULT.renewDeadline())
                                .wall()
                                .toString());
    }

    @Test
    void stopsWhenAnotherLeadsAndSaysWho(TestBackend backend) throws IOException {
        Candidate candidate = candidate(backend);
        backend.grant();

        FencingToken others = backend.revoke();

        List<String> before = lines();
        backend.advance(Duration.ofMinutes(1));
        assertThat(lines()).isEqualTo(before);
        assertThat(candidate.leader())
                .containsEntry("leading", false)
                .containsEntry("token", others.toString())
                .doesNotContainEntry("leader", ME)
                .containsEntry("validUntil", null);
        assertThat(candidate.ill()).isEmpty();
        assertThat(candidate.unready()).isEmpty();
    }

    /** Cut off, it does not know; it goes on, and the ledger refuses. */
    @Test
    void isStoppedByTheLedgerWhenItDoesNotKnowThatItWasDeposed(TestBackend backend) throws IOException {
        Candidate candidate = candidate(backend);
        backend.grant();
        backend.unreachable();
        FencingToken others = backend.revoke();
        assertThat(candidate.leader()).containsEntry("leading", true);

        // Its own file lock is this process's, so the successor's line is written by hand.
        FencingToken mine = FencingToken.parse(lines().get(0).substring(0, 30));
        await().atMost(PATIENCE).ignoreExceptions().until(() -> ledger.append(others, "there_2") != null);

        await().atMost(PATIENCE)
                .until(() -> Boolean.FALSE.equals(candidate.leader().get("leading")));
        List<String> lines = lines();
        assertThat(lines.get(lines.size() - 1)).startsWith(others.toString()).endsWith("there_2");
        assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.startsWith(mine.toString()));
    }

    @Test
    void handsOverWhenItIsClosedOnceItsWorkHasStopped(TestBackend backend) throws IOException {
        Candidate candidate = candidate(backend);
        backend.grant();

        assertThat(candidate.idle()).isFalse();

        candidate.close();

        assertThat(ActiveStandby.farewell(candidate)).isZero();
        assertThat(candidate.leader()).containsEntry("leading", false);
        List<String> before = lines();
        ledger.append(new FencingToken(0, 99), "there_2");
        assertThat(lines()).hasSize(before.size() + 1);
    }

    // -- /healthz in client-go's five states ---------------------------------------------------------------------

    @Test
    void standbyIsHealthyAndReady(TestBackend backend) {
        Candidate candidate = candidate(backend);
        backend.advance(Duration.ofMinutes(5));
        assertThat(candidate.ill()).isEmpty();
        assertThat(candidate.unready()).isEmpty();
    }

    @Test
    void leaderThatRenewsIsHealthyForAsLongAsItDoes(TestBackend backend) {
        Candidate candidate = candidate(backend);
        backend.grant();
        backend.advance(Duration.ofMinutes(5));
        assertThat(candidate.ill()).isEmpty();
        assertThat(candidate.unready()).isEmpty();
    }

    @Test
    void instanceWithoutAStoreIsHealthyButNotReady(TestBackend backend) {
        Candidate candidate = candidate(backend);
        backend.grant();
        backend.unreachable();
        backend.advance(Duration.ofMinutes(5));

        assertThat(candidate.ill()).as("its work has stopped in time").isEmpty();
        assertThat(candidate.unready())
                .hasValueSatisfying(why -> assertThat(why).contains("unreachable"));

        backend.reachable();
        backend.grant();
        assertThat(candidate.unready()).isEmpty();
    }

    @Test
    void instanceWhoseWorkOutlivesItsLeaseIsIllTwentySecondsLater(TestBackend backend) {
        Candidate candidate =
                new Candidate(backend, ELECTION, ElectionTiming.DEFAULT, ME, (token, allowed, over) -> hang());
        backend.grant();
        backend.unreachable();
        backend.advance(Duration.ofSeconds(34));
        assertThat(candidate.ill()).as("20 s after its lease is over").isEmpty();

        backend.advance(Duration.ofSeconds(2));
        assertThat(candidate.ill())
                .hasValueSatisfying(why ->
                        assertThat(why).startsWith("leaderElection failed").contains("36s ago"));

        assertThat(ActiveStandby.farewell(candidate)).isEqualTo(1);

        released.countDown();
        backend.advance(Duration.ofSeconds(1));
        assertThat(candidate.ill()).isEmpty();
        assertThat(ActiveStandby.farewell(candidate)).isZero();
    }

    /** Deaf to interrupts. */
    private void hang() {
        while (released.getCount() > 0) {
            try {
                released.await();
            } catch (InterruptedException e) {
                // As one that is stuck in a driver would be.
            }
        }
    }

    private Ledger ledger = new Ledger(Path.of("unset"));

    private Candidate candidate(TestBackend backend) {
        ledger = new Ledger(file());
        return new Candidate(backend, ELECTION, ElectionTiming.DEFAULT, ME, new LedgerWork(ledger, ME, PERIOD));
    }

    private Path file() {
        return folder.resolve("ledger.txt");
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file());
    }
}
