package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.Leadership;
import dev.baton.event.EndReason;
import dev.baton.kubernetes.Contest.Term;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import dev.baton.testing.servers.ControlPlane;
import dev.baton.testing.servers.ControlPlane.State;
import dev.baton.testing.servers.ControlPlane.Topology;
import dev.baton.testing.servers.KubeApiServer;
import dev.baton.testing.servers.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parts of a whole control plane die under a leader at the default timing, which reaches it through the load balancer:
 * one round of each, or as many as {@code -Drounds} says. What came of each is logged, with {@code LOG=INFO} in the
 * environment.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ControlPlaneFaultsIT {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlaneFaultsIT.class);
    private static final int ROUNDS = Integer.getInteger("rounds", 1);
    private static final ElectionTiming TIMING = ElectionTiming.DEFAULT;

    /** Within which a standby takes over from one that is silent. */
    private static final Duration TURN =
            TIMING.leaseDuration().plus(TIMING.retryPeriod().multipliedBy(2));

    /** The same, with what the store adds; counted from when it serves again, if that is later than the last renewal. */
    private static final Duration FAILOVER = TURN.plusSeconds(2);

    /** An API server writes the Lease of its own name every ten seconds, so it takes several to tell who writes another. */
    private static final int TELLING = 3;

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private static final Pattern LEASES_WRITTEN =
            Pattern.compile("(?m)^apiserver_request_total\\{(?=.*resource=\"leases\")(?=.*verb=\"PUT\").*} (\\S+)$");

    @AutoClose
    private ControlPlane plane;

    @BeforeAll
    void start() throws IOException {
        plane = ControlPlane.start(Topology.EXTERNAL);
        // They write Leases too, and would hide which API server it is that serves the leader.
        plane.parts().stream().filter(ControlPlaneFaultsIT::electsByLease).forEach(plane::kill);
    }

    /** Whatever a test that failed has left behind. */
    @BeforeEach
    void startWhatIsDown() {
        plane.parts().stream()
                .filter(part -> !electsByLease(part) && plane.state(part) == State.DOWN)
                .forEach(plane::start);
        plane.awaitReady();
    }

    private static boolean electsByLease(Part part) {
        return part.kind() == Part.Kind.SCHEDULER || part.kind() == Part.Kind.CONTROLLER_MANAGER;
    }

    @Test
    void leaderWhoseApiServerIsKilledGoesOnLeading() throws IOException {
        try (Contest contest = new Contest(plane.candidate("api-server-killed"), TIMING)) {
            Leadership term = contest.awaitLine();
            Moment counted = contest.now();
            long[] written = leasesWritten();
            for (int round = 1; round <= ROUNDS; round++) {
                awaitRenewals(contest, counted, TELLING);
                Part serving = mostWrittenSince(written);
                killWithinARound(round, List.of(serving));
                Moment killed = contest.now();
                until(
                        "an end, or renewals",
                        () -> !term.isValid() || contest.renewalsSince(killed).size() >= 2);
                assertThat(contest.terms()).as("terms, in round %s", round).hasSize(1);
                assertThat(contest.ends()).as("ends, in round %s", round).isEmpty();
                assertThat(term.isValid()).isTrue();
                tell(round, serving + " killed, kept", contest.longestWaitSince(killed));

                counted = contest.now();
                written = leasesWritten();
                plane.start(serving);
                plane.awaitReady();
                contest.awaitLine();
            }
        }
    }

    @Test
    void leadershipIsKeptOrTakenOverInTimeWhenEtcdsLeaderIsKilled() throws IOException {
        try (Contest contest = new Contest(plane.candidate("etcd-leader-killed"), TIMING)) {
            for (int round = 1; round <= ROUNDS; round++) {
                contest.awaitLine();
                int before = contest.terms().size();
                Part member = plane.leader(Part.Kind.ETCD).orElseThrow();
                killWithinARound(round, List.of(member));
                Moment killed = contest.now();
                awaitRenewals(contest, killed, 2);
                List<Term> terms = contest.terms();
                assertDisjoint(terms);
                for (Term next : terms.subList(before, terms.size())) {
                    Term last = terms.get(terms.indexOf(next) - 1);
                    assertThat(took(last.lastSent(), next.began())).isLessThanOrEqualTo(FAILOVER);
                }
                tell(
                        round,
                        member + " killed, " + (terms.size() == before ? "kept" : "taken over"),
                        contest.longestWaitSince(killed));
                plane.start(member);
                plane.awaitReady();
            }
        }
    }

    @Test
    void leaderWithoutAQuorumOfEtcdEndsInTimeAndSomebodyLeadsOnceItIsBack() throws IOException {
        try (Contest contest = new Contest(plane.candidate("quorum-lost"), TIMING)) {
            for (int round = 1; round <= ROUNDS; round++) {
                Leadership term = contest.awaitLine();
                int count = contest.terms().size();
                List<Part> members = List.of(Part.etcd(round % 3), Part.etcd((round + 1) % 3));
                killWithinARound(round, members);
                Moment killed = contest.now();
                Moment lastValid = lastValid(contest, term);
                // Nothing was acknowledged that was sent after this.
                assertThat(took(killed, lastValid)).isLessThanOrEqualTo(TIMING.renewDeadline());
                Term last = contest.terms().get(count - 1);
                assertThat(lastValid.isBefore(last.validUntil())).isTrue();
                // By then a standby would lead that went by its clock alone.
                until(
                        "a standby's turn",
                        () -> took(last.lastSent(), contest.now()).compareTo(TURN) > 0);
                assertThat(contest.ends()).hasSize(count).containsOnly(EndReason.EXPIRED);
                assertThat(contest.terms())
                        .as("terms, while there is no quorum")
                        .hasSize(count);

                members.forEach(plane::start);
                plane.awaitReady();
                Moment back = contest.now();
                contest.awaitLine();
                assertThat(contest.terms()).hasSize(count + 1);
                assertDisjoint(contest.terms());
                Term next = contest.terms().get(count);
                assertThat(took(back, next.began())).isLessThanOrEqualTo(FAILOVER);
                LOG.info(
                        "round {}: {} killed, ended {} ms after the last renewal, led again {} ms after all were ready",
                        round,
                        members,
                        took(last.lastSent(), lastValid).toMillis(),
                        took(back, next.began()).toMillis());
            }
        }
    }

    /** At another moment between two renewals each time: by golden sections, which are spread evenly however many there are. */
    private void killWithinARound(int round, List<Part> parts) {
        double share = round * GOLDEN % 1;
        Executor then = CompletableFuture.delayedExecutor(
                (long) (TIMING.retryPeriod().toNanos() * share), TimeUnit.NANOSECONDS);
        CompletableFuture.runAsync(() -> parts.forEach(plane::kill), then).join();
    }

    private static void awaitRenewals(Contest contest, Moment since, int count) {
        until(count + " renewals", () -> contest.renewalsSince(since).size() >= count);
    }

    /** Waits until {@code term} is over, and returns the last moment at which it was seen to be valid. */
    private static Moment lastValid(Contest contest, Leadership term) {
        Moment[] last = {contest.now()};
        until("the end of the term", () -> {
            Moment asked = contest.now();
            if (!term.isValid()) {
                return true;
            }
            last[0] = asked;
            return false;
        });
        return last[0];
    }

    /** No term begins before the one before it is over, and tokens grow. */
    private static void assertDisjoint(List<Term> terms) {
        for (int i = 1; i < terms.size(); i++) {
            Term last = terms.get(i - 1);
            Term next = terms.get(i);
            assertThat(next.began().nanosSince(last.validUntil()))
                    .as("nanoseconds from the end of %s to the begin of %s", last, next)
                    .isNotNegative();
            assertThat(next.token().isAfter(last.token())).isTrue();
        }
    }

    private static Duration took(Moment from, Moment to) {
        return Duration.ofNanos(to.nanosSince(from));
    }

    private static void tell(int round, String what, Duration longest) {
        LOG.info("round {}: {}; longest without a renewal {} ms", round, what, longest.toMillis());
    }

    /** The API server that has written most Leases since then. */
    private Part mostWrittenSince(long[] before) throws IOException {
        long[] now = leasesWritten();
        return Part.apiServer(now[0] - before[0] > now[1] - before[1] ? 0 : 1);
    }

    /** How many updates of Leases each API server has answered since it was started. */
    private long[] leasesWritten() throws IOException {
        long[] written = new long[2];
        for (int i = 0; i < written.length; i++) {
            if (plane.state(Part.apiServer(i)) == State.RUNNING) {
                KubeApiServer server = plane.apiServer(i);
                String metrics = server.request(server.adminToken(), "GET", "/metrics", null)
                        .body();
                written[i] = LEASES_WRITTEN
                        .matcher(metrics)
                        .results()
                        .mapToLong(line -> (long) Double.parseDouble(line.group(1)))
                        .sum();
            }
        }
        return written;
    }
}
