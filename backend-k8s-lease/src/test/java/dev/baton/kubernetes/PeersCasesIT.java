package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.FAST;
import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.FaultyHttp;
import dev.baton.testing.servers.FaultyHttp.Asked;
import dev.baton.testing.servers.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What client-go, fabric8 and the official Java client test of their electors, and what none of them does, on a real API
 * server. Which of our tests shows which case is a table in docs/backends/kubernetes.md; here is what no other has.
 */
@Timeout(120)
class PeersCasesIT {
    /** Long enough for a machine that stalls for two seconds. */
    private static final ElectionTiming PATIENT =
            ElectionTiming.of(Duration.ofSeconds(6), Duration.ofSeconds(4), Duration.ofMillis(500));

    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    PeersCasesIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** Makes a Lease with this spec, as another kind of client would. */
    private void lease(String spec) {
        stage.kubectl(
                "create",
                "-f",
                stage.file(
                        "lease.json",
                        "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"name\":\"reconciler\"},"
                                + "\"spec\":" + spec + "}"));
    }

    private static String ledBy(String holder, int seconds) {
        return "{\"holderIdentity\":\"" + holder + "\",\"leaseDurationSeconds\":" + seconds
                + ",\"acquireTime\":\"2026-01-02T03:04:05.000000Z\",\"renewTime\":\"2026-01-02T03:04:05.000000Z\","
                + "\"leaseTransitions\":4}";
    }

    private int transitions() {
        return stage.lease().path("spec").path("leaseTransitions").asInt();
    }

    private void patch(String spec) {
        stage.kubectl("patch", "lease", "reconciler", "--type=merge", "-p", "{\"spec\":" + spec + "}");
    }

    private KubernetesBackend quiet(FaultyHttp proxy) {
        return stage.backend(
                KubernetesBackend.lease(),
                settings -> settings.config(stage.through(proxy)).events(false));
    }

    private static boolean isLock(Asked asked) {
        return asked.uri().endsWith("/leases") || asked.uri().endsWith("/leases/reconciler");
    }

    private static Predicate<Asked> lock(String method) {
        return asked -> isLock(asked) && asked.method().equals(method);
    }

    /** client-go's words for what was asked about the lock. */
    private static List<String> calls(FaultyHttp proxy) {
        Map<String, String> words = Map.of("GET", "get", "POST", "create", "PUT", "update");
        return proxy.log().stream()
                .map(line -> line.split(" ", 2))
                .filter(line -> isLock(new Asked(line[0], line[1], "")))
                .map(line -> words.getOrDefault(line[0], line[0]))
                .toList();
    }

    // -- acquiring ------------------------------------------------------------------------------------------------

    @Test
    void leaseWithoutASpecIsFree() {
        lease("{}");
        stage.candidate(stage.backend(), "app-1").awaitTerm();
        assertThat(stage.holder()).isEqualTo("app-1");
        assertThat(transitions()).isEqualTo(1);
    }

    @Test
    void recordsDurationBeatsTheConfiguredOne_longer() {
        lease(ledBy("go-1", 6));
        long began = System.nanoTime();
        TestCandidate one = stage.candidate(stage.backend(), "app-1", FAST);
        one.awaitTerm();
        assertThat(System.nanoTime() - began)
                .isGreaterThanOrEqualTo(Duration.ofSeconds(6).toNanos());
        assertThat(transitions()).isEqualTo(5);
    }

    @Test
    void recordsDurationBeatsTheConfiguredOne_shorter() {
        lease(ledBy("go-1", 1));
        // With its own duration it would stand by for an hour.
        ElectionTiming hour = ElectionTiming.of(Duration.ofHours(1), Duration.ofMinutes(50), Duration.ofMinutes(10));
        stage.candidate(stage.backend(), "app-1", hour).awaitTerm();
        assertThat(transitions()).isEqualTo(5);
    }

    @Test
    void sameIdentityReturningWaitsOutItsOwnOldRecordAndIsANewLeader() {
        lease(ledBy("app-1", 6));
        long began = System.nanoTime();
        stage.candidate(stage.backend(), "app-1").awaitTerm();
        assertThat(System.nanoTime() - began)
                .isGreaterThanOrEqualTo(Duration.ofSeconds(6).toNanos());
        assertThat(transitions()).isEqualTo(5);
    }

    @Test
    void twinsWithOneIdentityLeadOneAfterTheOther() {
        TestCandidate one = stage.candidate(stage.backend(), "twin", PATIENT);
        Leadership first = one.awaitTerm();
        TestCandidate two = stage.candidate(stage.backend(), "twin", PATIENT);
        until("the second sees who leads", () -> two.election.currentLeader().isPresent());
        long renewals = count(one, Type.RENEWED);
        // Longer than a lease of it.
        until("renewals", () -> count(one, Type.RENEWED) >= renewals + 14);
        assertThat(two.terms()).isEmpty();
        assertThat(first.isValid()).isTrue();
        one.close();
        assertThat(two.awaitTerm().fencingToken().isAfter(first.fencingToken())).isTrue();
        assertThat(first.isValid()).isFalse();
        assertThat(transitions()).isEqualTo(1);
    }

    private static long count(TestCandidate candidate, Type type) {
        return candidate.events.stream().filter(event -> event.type() == type).count();
    }

    @Test
    void noStartWhenTheUpdateIsAnsweredWithAConflict() throws IOException {
        lease("{}");
        FaultyHttp proxy = stage.proxy();
        FaultyHttp.Rule conflicts =
                proxy.when(lock("PUT"), exchange -> exchange.answer(409, "Conflict", "not yours", Map.of()));
        TestCandidate one = stage.candidate(quiet(proxy), "app-1");
        until("some attempts", () -> conflicts.struck() >= 3);
        assertThat(one.terms()).isEmpty();
        assertThat(one.told(Type.TERM_STARTED)).isFalse();
        conflicts.end();
        one.awaitTerm();
    }

    @Test
    void conflictOfAnotherReasonIsNoLostRace() throws IOException {
        FaultyHttp proxy = stage.proxy();
        FaultyHttp.Rule conflict =
                proxy.when(lock("POST"), 1, exchange -> exchange.answer(409, "StillTerminating", "wait", Map.of()));
        TestCandidate one = stage.candidate(quiet(proxy), "app-1", PATIENT);
        assertThat(one.awaitEvent(Type.UNREACHABLE).detail()).contains(" answered 409 (wait) to create Lease ");
        one.awaitTerm();
        assertThat(conflict.struck()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // client-go's, an older client's, and fabric8's, which leaves the old holder with a second to live
                "{\"holderIdentity\":\"\",\"leaseDurationSeconds\":1}",
                "{\"holderIdentity\":null}",
                "{\"leaseDurationSeconds\":1}"
            })
    void foreignFormsOfAReleaseAreUnderstood(String released) {
        lease(ledBy("go-1", 3600));
        TestCandidate one = stage.candidate(stage.backend(), "app-1", ElectionTiming.DEFAULT);
        one.awaitEvent(Type.WATCHING);
        until("the holder is seen", () -> one.election.currentLeader().isPresent());
        assertThat(one.terms()).isEmpty();
        // What releases writes the other fields too, renewTime among them.
        patch(released.replace(
                "}",
                ",\"renewTime\":\"2026-01-02T03:05:00.000000Z\","
                        + "\"acquireTime\":\"2026-01-02T03:05:00.000000Z\"}"));
        one.awaitTerm();
        assertThat(transitions()).isEqualTo(5);
    }

    // -- sequences ------------------------------------------------------------------------------------------------

    /** A proxy through which nothing is listed or watched, so that what is asked is asked by the election itself. */
    private FaultyHttp unwatched() throws IOException {
        FaultyHttp proxy = stage.proxy();
        proxy.when(asked -> asked.uri().contains("Selector="), FaultyHttp.Exchange::hang);
        return proxy;
    }

    @Test
    void leaderGetsCreatesAndUpdates() throws IOException {
        FaultyHttp proxy = unwatched();
        TestCandidate one = stage.candidate(quiet(proxy), "app-1");
        one.awaitTerm();
        until("two renewals", () -> count(one, Type.RENEWED) >= 2);
        assertThat(calls(proxy).subList(0, 4)).containsExactly("get", "create", "update", "update");
    }

    @Test
    void leaderWhoseUpdateConflictsGetsAndUpdatesAgain() throws IOException {
        FaultyHttp proxy = unwatched();
        AtomicLong updates = new AtomicLong();
        proxy.when(
                asked -> lock("PUT").test(asked) && updates.incrementAndGet() == 2,
                1,
                exchange -> exchange.answer(409, "Conflict", "modified", Map.of()));
        TestCandidate one = stage.candidate(quiet(proxy), "app-1");
        Leadership term = one.awaitTerm();
        until("three renewals", () -> count(one, Type.RENEWED) >= 3);
        assertThat(calls(proxy).subList(0, 7))
                .containsExactly("get", "create", "update", "update", "get", "update", "update");
        assertThat(term.isValid()).isTrue();
    }

    // -- leaving --------------------------------------------------------------------------------------------------

    @Test
    void releaseReadsAgainAndIsTriedAgainOnAConflict() throws IOException {
        FaultyHttp proxy = stage.proxy();
        TestCandidate one = stage.candidate(quiet(proxy), "app-1", ElectionTiming.DEFAULT);
        one.awaitTerm();
        FaultyHttp.Rule conflict = proxy.when(
                asked -> lock("PUT").test(asked) && asked.body().contains("\"holderIdentity\":\"\""),
                1,
                exchange -> exchange.answer(409, "Conflict", "modified", Map.of()));
        one.close();
        List<String> calls = calls(proxy);
        assertThat(conflict.struck()).isEqualTo(1);
        assertThat(calls.subList(calls.size() - 4, calls.size())).containsExactly("get", "update", "get", "update");
        assertThat(stage.holder()).isEmpty();
    }

    @Test
    void releaseAfterATakeoverLeavesTheSuccessorIntact() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1", ElectionTiming.DEFAULT);
        one.awaitTerm();
        patch("{\"holderIdentity\":\"successor\",\"leaseTransitions\":9}");
        one.close();
        assertThat(stage.holder()).isEqualTo("successor");
        assertThat(transitions()).isEqualTo(9);
        assertThat(one.ends()).containsExactly(EndReason.LOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void candidateClosedDuringARequestLeavesNothingBehind(String method) throws Exception {
        FaultyHttp proxy = stage.proxy();
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        proxy.when(lock(method), 1, exchange -> {
            arrived.countDown();
            goOn.await();
            exchange.passChanged(body -> body);
        });
        TestCandidate one = stage.candidate(quiet(proxy), "app-1", ElectionTiming.DEFAULT);
        arrived.await();
        CompletableFuture<Void> closed = one.election.closeAsync().toCompletableFuture();
        goOn.countDown();
        closed.get(60, TimeUnit.SECONDS);
        assertThat(one.terms()).isEmpty();
        assertThat(stage.kubectl("get", "leases", "-o", "jsonpath={.items[*].spec.holderIdentity}"))
                .isEmpty();
    }

    @Test
    void candidateClosedDuringItsUpdateLeavesNothingBehind() throws Exception {
        lease("{}");
        candidateClosedDuringARequestLeavesNothingBehind("PUT");
    }

    // -- time -----------------------------------------------------------------------------------------------------

    @Test
    void renewalThatOutlivesItsTermRevivesNothing() throws IOException {
        FaultyHttp proxy = stage.proxy();
        TestCandidate one = stage.candidate(quiet(proxy), "app-1");
        Leadership first = one.awaitTerm();
        CountDownLatch late = new CountDownLatch(1);
        CompletableFuture<Integer> landed = new CompletableFuture<>();
        AtomicLong held = new AtomicLong();
        FaultyHttp.Rule rule = proxy.when(asked -> true, exchange -> {
            if (held.incrementAndGet() == 1) {
                late.await();
                landed.complete(exchange.passOn());
            }
            exchange.reset();
        });
        one.awaitEvent(Type.TERM_ENDED);
        late.countDown();
        assertThat(landed.join()).as("the renewal lands after its term").isEqualTo(200);
        assertThat(first.isValid()).isFalse();
        rule.end();
        Leadership second = one.awaitTermAfter(first);
        assertThat(first.isValid()).isFalse();
        assertThat(second.fencingToken().isAfter(first.fencingToken())).isTrue();
        assertThat(one.ends()).containsExactly(EndReason.EXPIRED);
    }

    @Test
    void wallClockThatJumpsForwardDeposesAndNothingElse() {
        ShiftedRuntime clocks = new ShiftedRuntime(Duration.ZERO);
        TestCandidate one = stage.candidate(onClocks(clocks), "app-1");
        Leadership first = one.awaitTerm();
        clocks.step(Duration.ofHours(1));
        assertThat(first.isValid()).as("asked right after the jump").isFalse();
        Leadership second = one.awaitTermAfter(first);
        assertThat(second.fencingToken().isAfter(first.fencingToken())).isTrue();
        assertThat(one.ends()).containsExactly(EndReason.EXPIRED);
    }

    @Test
    void wallClockThatJumpsBackChangesNothing() {
        ShiftedRuntime clocks = new ShiftedRuntime(Duration.ZERO);
        TestCandidate one = stage.candidate(onClocks(clocks), "app-1", PATIENT);
        Leadership term = one.awaitTerm();
        clocks.step(Duration.ofHours(-1));
        long before = count(one, Type.RENEWED);
        until("renewals go on", () -> count(one, Type.RENEWED) > before + 4);
        assertThat(term.isValid()).isTrue();
        assertThat(one.ends()).isEmpty();
    }

    @Test
    void wallClockOfAStandbyThatJumpsTakesNothing() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1", PATIENT);
        Leadership term = one.awaitTerm();
        ShiftedRuntime clocks = new ShiftedRuntime(Duration.ZERO);
        TestCandidate two = stage.candidate(onClocks(clocks), "app-2", PATIENT);
        two.awaitEvent(Type.WATCHING);
        until("the standby sees who leads", () -> two.election.currentLeader().isPresent());
        clocks.step(Duration.ofHours(1));
        long before = count(one, Type.RENEWED);
        until("renewals go on", () -> count(one, Type.RENEWED) > before + 8);
        assertThat(two.terms()).isEmpty();
        assertThat(term.isValid()).isTrue();
    }

    private KubernetesBackend onClocks(ShiftedRuntime clocks) {
        return stage.later(KubernetesBackend.lease().config(stage.config()).build(clocks));
    }

    /** Leads until told otherwise, in a process that can be paused, and answers each line with whether it leads. */
    static final class PausedLeader {
        private PausedLeader() {}

        public static void main(String[] args) throws IOException {
            List<Leadership> terms = new CopyOnWriteArrayList<>();
            KubernetesBackend backend =
                    KubernetesBackend.lease().kubeconfig(Path.of(args[0])).build();
            LeaderElection.on(backend, args[1])
                    .identity("paused")
                    .timing(FAST)
                    .onStartedLeading(terms::add)
                    .start();
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (in.readLine() != null) {
                System.out.println(
                        terms.isEmpty()
                                ? "no term"
                                : String.valueOf(terms.get(0).isValid()));
            }
            System.exit(0);
        }
    }

    @Test
    void processThatWasPausedForLongerThanItsLeaseWakesUpDeposed() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        PausedLeader.class.getName(),
                        stage.server.kubeconfig().toString(),
                        stage.election.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        stage.later(() -> process.destroyForcibly().waitFor());
        BufferedReader answers =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        until("its term", () -> ask(process, answers).equals("true"));
        TestCandidate two = stage.candidate(stage.backend(), "app-2");
        until("the standby sees who leads", () -> two.election.currentLeader().isPresent());
        Signals.send("STOP", List.of(process.toHandle()));
        Leadership second = two.awaitTerm();
        Signals.send("CONT", List.of(process.toHandle()));
        assertThat(ask(process, answers)).as("its first word after the pause").isEqualTo("false");
        assertThat(second.isValid()).isTrue();
        long before = count(two, Type.RENEWED);
        until("the successor is left alone", () -> count(two, Type.RENEWED) > before + 4);
        assertThat(ask(process, answers)).isEqualTo("false");
        assertThat(stage.holder()).isEqualTo("app-2");
    }

    private static String ask(Process process, BufferedReader answers) throws IOException {
        OutputStream out = process.getOutputStream();
        out.write('\n');
        out.flush();
        return String.valueOf(answers.readLine());
    }

    // -- who leads ------------------------------------------------------------------------------------------------

    @Test
    void newLeadersAreToldInOrderOneselfIncluded() {
        List<String> told = new CopyOnWriteArrayList<>();
        KubernetesBackend backend = stage.backend();
        LeaderElection one = stage.later(LeaderElection.on(backend, stage.election.toString())
                .identity("app-1")
                .timing(FAST)
                .onStartedLeading(term -> {})
                .onLeaderChange(leader -> leader.ifPresent(seen -> told.add(seen.identity())))
                .start());
        until("itself", () -> told.equals(List.of("app-1")));
        TestCandidate two = stage.candidate(stage.backend(), "app-2");
        until("the standby sees who leads", () -> two.election.currentLeader().isPresent());
        one.withdraw();
        two.awaitTerm();
        until("its successor", () -> told.size() >= 2);
        assertThat(told).containsExactly("app-1", "app-2");
    }

    @Test
    void deletedAndMadeAnewItsTokensGoOnGrowing() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1");
        Leadership last = one.awaitTerm();
        for (int i = 0; i < 3; i++) {
            stage.kubectl("delete", "lease", "reconciler");
            Leadership next = one.awaitTermAfter(last);
            assertThat(next.fencingToken().isAfter(last.fencingToken())).isTrue();
            assertThat(transitions()).as("these begin anew, and are no token").isZero();
            last = next;
        }
        assertThat(one.events.stream().filter(event -> event.type() == Type.TERM_STARTED))
                .extracting(ElectionEvent::token)
                .isSorted();
    }
}
