package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.migration.DualBackend;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A fleet of three moves from an annotation to a Lease by the documented procedure, one restart at a time, on a real API
 * server: never two leaders, never longer without one than one failover, tokens in order.
 */
class MigrationIT {
    private static final ElectionTiming TIMING = KubernetesStage.FAST;

    /** So far ahead that the first step is done before the store gets there. */
    private static final int REVISIONS_AHEAD = 600;

    private final KubernetesStage stage = new KubernetesStage();
    private final List<TestCandidate> all = new ArrayList<>();
    private final List<Member> fleet = new ArrayList<>();

    /** One process of the fleet. */
    private record Member(String identity, TestCandidate candidate, LockBackend backend) {
        void end() {
            candidate.close();
            backend.close();
        }
    }

    /** Here, so that what is missing aborts the test before there is anything to close. */
    MigrationIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        fleet.forEach(Member::end);
        stage.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"ENDPOINTS", "CONFIG_MAP"})
    void fleetMovesToLeasesStepByStep(LockObject from) {
        for (int i = 0; i < 3; i++) {
            enter(old(from));
        }
        awaitLeader();
        long raiseFrom = newestToken().number() + REVISIONS_AHEAD;

        restartEach(() -> DualBackend.of(old(from), next(), raiseFrom));
        assertThat(newestToken().epoch()).as("still the old store's tokens").isZero();
        assertThat(holders(from)).as("held on both").hasSize(1);

        writeUntil(raiseFrom);
        leader().candidate().election.stepDown();
        until("a token of the new epoch", () -> newestToken().epoch() == 1);

        restartEach(this::next);
        awaitLeader();
        assertThat(stage.kubectl("get", from.resource(), "reconciler", "-o", "jsonpath={.metadata.annotations}"))
                .as("given back where the fleet came from")
                .contains("holderIdentity\\\":\\\"\\\"");
        assertThat(stage.holder()).isEqualTo(leader().identity());

        judge();
        String events = stage.kubectl(
                "get", "events", "-o", "jsonpath={range .items[*]}{.involvedObject.kind}: {.message};{end}");
        String both = identities(Type.TERM_STARTED).stream()
                .filter(identity -> identity.startsWith("both-"))
                .findFirst()
                .orElseThrow();
        assertThat(events)
                .contains(
                        from.kind() + ": " + both + " became leader",
                        "Lease: " + both + " became leader",
                        from.kind() + ": " + both + " stopped leading",
                        "Lease: " + both + " stopped leading");
    }

    // -- the fleet ------------------------------------------------------------------------------------------------

    private LockBackend old(LockObject from) {
        return stage.backend(
                from == LockObject.ENDPOINTS ? KubernetesBackend.endpoints() : KubernetesBackend.configMap(),
                settings -> settings);
    }

    private LockBackend next() {
        return stage.backend(KubernetesBackend.lease(), settings -> settings.epoch(1));
    }

    private void enter(LockBackend backend) {
        String kind = backend instanceof DualBackend ? "both" : "one";
        String identity = kind + "-" + all.size();
        TestCandidate candidate = new TestCandidate(backend, stage.election, identity, TIMING);
        all.add(candidate);
        fleet.add(new Member(identity, candidate, backend));
    }

    /** Each, one at a time, the leader first: an unlucky order. Goes on when somebody leads and the newcomer knows. */
    private void restartEach(Supplier<LockBackend> backend) {
        List<Member> before = new ArrayList<>(fleet);
        Member leader = leader();
        before.remove(leader);
        before.add(0, leader);
        for (Member member : before) {
            fleet.remove(member);
            member.end();
            enter(backend.get());
            TestCandidate newcomer = all.get(all.size() - 1);
            awaitLeader();
            until("the newcomer knows", () -> newcomer.election.currentLeader().isPresent());
        }
    }

    private void awaitLeader() {
        until(
                "a leader",
                () -> fleet.stream().anyMatch(member -> member.candidate().leads()));
    }

    private Member leader() {
        awaitLeader();
        return fleet.stream()
                .filter(member -> member.candidate().leads())
                .findFirst()
                .orElseGet(this::leader);
    }

    // -- what was seen --------------------------------------------------------------------------------------------

    /** Writes to the old store until it has reached {@code revision}, as the procedure allows. */
    private void writeUntil(long revision) {
        stage.kubectl("create", "configmap", "bump");
        until("revision " + revision, () -> {
            HttpResponse<String> answer = stage.server.request(
                    stage.server.adminToken(),
                    "PUT",
                    "/api/v1/namespaces/" + stage.namespace + "/configmaps/bump",
                    "{\"metadata\":{\"name\":\"bump\"},\"data\":{\"at\":\"" + System.nanoTime() + "\"}}");
            return Long.parseLong(Json.resourceVersion(Json.parse(answer.body()))) >= revision;
        });
    }

    private List<String> holders(LockObject from) {
        String annotation = stage.kubectl(
                "get",
                from.resource(),
                "reconciler",
                "-o",
                "jsonpath={.metadata.annotations.control-plane\\.alpha\\.kubernetes\\.io/leader}");
        String holder = stage.holder();
        assertThat(annotation).contains("\"holderIdentity\":\"" + holder + "\"");
        return List.of(holder);
    }

    /** Of all candidates, in the order of their terms. */
    private List<ElectionEvent> events(Type type) {
        return all.stream()
                .flatMap(candidate -> candidate.events.stream())
                .filter(event -> event.type() == type)
                .sorted(Comparator.comparingLong(event -> event.at().nanos()))
                .toList();
    }

    private List<String> identities(Type type) {
        return events(type).stream().map(ElectionEvent::identity).toList();
    }

    private FencingToken newestToken() {
        List<ElectionEvent> begun = events(Type.TERM_STARTED);
        return Objects.requireNonNull(begun.get(begun.size() - 1).token());
    }

    /** Terms follow each other, no later than a failover takes, with growing tokens. */
    private void judge() {
        List<ElectionEvent> begun = events(Type.TERM_STARTED);
        List<ElectionEvent> ended = events(Type.TERM_ENDED);
        assertThat(begun).as("one of each step at least").hasSizeGreaterThan(3);
        assertThat(ended).hasSize(begun.size() - 1);
        // The two records run out side by side, not one after the other.
        Duration failover = TIMING.leaseDuration().multipliedBy(2);
        for (int i = 1; i < begun.size(); i++) {
            long gap = begun.get(i).at().nanos() - ended.get(i - 1).at().nanos();
            String terms = begun.get(i - 1) + " and " + begun.get(i);
            assertThat(gap).as("between %s", terms).isNotNegative().isLessThanOrEqualTo(failover.toNanos());
            assertThat(ended.get(i - 1).token()).isEqualTo(begun.get(i - 1).token());
            assertThat(begun.get(i).token())
                    .as("tokens of %s", terms)
                    .isGreaterThan(begun.get(i - 1).token());
        }
    }
}
