package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.Leadership;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.FaultyHttp;
import dev.baton.testing.servers.FaultyHttp.Asked;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an API server answers instead of what it was asked for: each costs no term that need not end, and is said. */
class RefusalsIT {
    private static final ElectionTiming MEDIUM =
            ElectionTiming.of(Duration.ofSeconds(9), Duration.ofSeconds(6), Duration.ofSeconds(1));

    private final KubernetesStage stage = new KubernetesStage();
    private final FaultyHttp proxy = stage.proxy();

    private static boolean updates(Asked asked) {
        return asked.method().equals("PUT");
    }

    private static boolean creates(Asked asked) {
        return asked.method().equals("POST") && asked.uri().endsWith("/leases");
    }

    private static boolean reads(Asked asked) {
        return asked.method().equals("GET") && asked.uri().endsWith("/leases/reconciler");
    }

    private static boolean lists(Asked asked) {
        return asked.method().equals("GET") && asked.uri().contains("Selector=") && !asked.isWatch();
    }

    /** Here, so that what is missing aborts the test before there is anything to close. */
    RefusalsIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private TestCandidate proxied(String identity, ElectionTiming timing) {
        return stage.candidate(stage.backend(proxy), identity, timing);
    }

    private static FaultyHttp.Fault status(int code, String reason, Map<String, String> headers) {
        return exchange -> exchange.answer(code, reason, "said the test", headers);
    }

    private static FaultyHttp.Fault status(int code, String reason) {
        return status(code, reason, Map.of());
    }

    private static String trouble(TestCandidate candidate) {
        return Objects.requireNonNull(candidate.awaitEvent(Type.UNREACHABLE).detail());
    }

    private static long renewals(TestCandidate candidate) {
        return candidate.events.stream()
                .filter(event -> event.type() == Type.RENEWED)
                .count();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | Unauthorized       | rejected the credentials of this client (401) when asked to update leases in namespace "
            403 | Forbidden          | does not permit to update leases in namespace "
            410 | Expired            | answered 410 (said the test) to update Lease
            429 | TooManyRequests    | is busy (429) and would not update Lease
            500 | InternalError      | answered 500 (said the test) to update Lease
            503 | ServiceUnavailable | answered 503 (said the test) to update Lease
            504 | Timeout            | answered 504 (said the test) to update Lease
            """)
    void renewalThatIsRefusedOnceCostsNoTermAndIsSaid(int code, String reason, String sentence) {
        TestCandidate one = proxied("app-1", MEDIUM);
        Leadership term = one.awaitTerm();
        FaultyHttp.Rule rule = proxy.when(RefusalsIT::updates, 1, status(code, reason));
        String said = trouble(one);
        long before = renewals(one);
        until("renewals go on", () -> renewals(one) > before);
        assertThat(said).startsWith("Kubernetes at " + proxy.url() + " " + sentence);
        assertThat(said).contains(stage.namespace);
        assertThat(rule.struck()).isEqualTo(1);
        assertThat(term.isValid()).isTrue();
        assertThat(one.told(Type.REACHABLE)).isTrue();
    }

    @Test
    void renewalWhoseConnectionIsResetCostsNoTermAndIsSaid() {
        TestCandidate one = proxied("app-1", MEDIUM);
        Leadership term = one.awaitTerm();
        proxy.when(RefusalsIT::updates, 1, FaultyHttp.Exchange::reset);
        String said = trouble(one);
        long before = renewals(one);
        until("renewals go on", () -> renewals(one) > before);
        assertThat(said).startsWith("Kubernetes at " + proxy.url() + " is not reachable (");
        assertThat(term.isValid()).isTrue();
    }

    @Test
    void renewalThatLandedButWasAnsweredWithAnErrorCostsNoTerm() {
        TestCandidate one = proxied("app-1", MEDIUM);
        Leadership term = one.awaitTerm();
        proxy.when(RefusalsIT::updates, 1, exchange -> {
            assertThat(exchange.passOn()).isEqualTo(200);
            exchange.answer(504, "Timeout", "it landed all the same", Map.of());
        });
        trouble(one);
        long before = renewals(one);
        until("renewals go on", () -> renewals(one) > before);
        assertThat(term.isValid()).isTrue();
        assertThat(stage.lease().path("spec").path("leaseTransitions").asInt()).isZero();
    }

    @Test
    void creationThatLandedButWasAnsweredWithAnErrorIsRecognised() {
        proxy.when(asked -> asked.method().equals("POST") && asked.uri().endsWith("/leases"), 1, exchange -> {
            assertThat(exchange.passOn()).isEqualTo(201);
            exchange.answer(500, "InternalError", "it landed all the same", Map.of());
        });
        TestCandidate one = proxied("app-1", ElectionTiming.DEFAULT);
        one.awaitTerm();
        assertThat(stage.holder()).isEqualTo("app-1");
        assertThat(stage.lease().path("spec").path("leaseTransitions").asInt()).isZero();
    }

    @Test
    void missingNamespaceIsNamed() {
        TestCandidate lost = stage.later(new TestCandidate(
                stage.backend(), new ElectionName("no-such-namespace", "e"), "app-1", KubernetesStage.FAST));
        assertThat(trouble(lost))
                .startsWith("Kubernetes at " + stage.server.url()
                        + " has no namespace \"no-such-namespace\" to create leases in (404); create it, or correct the"
                        + " name of no-such-namespace/e");
    }

    @Test
    void whoMayNotWriteClosesAtOnce() {
        TestCandidate lost = stage.later(new TestCandidate(
                stage.backend(), new ElectionName("no-such-namespace", "e"), "app-1", ElectionTiming.DEFAULT));
        trouble(lost);
        lost.close();
        // Closing gives up waiting at some time, and then this is not said.
        assertThat(lost.told(Type.STOPPED)).isTrue();
    }

    @Test
    void rule3_4_plain404sOfABalancerEndNoTerm() {
        TestCandidate one = proxied("app-1", MEDIUM);
        Leadership term = one.awaitTerm();
        FaultyHttp.Rule rule = proxy.when(
                asked -> asked.uri().contains("/leases"), 4, exchange -> exchange.plain(404, "default backend - 404"));
        until("the balancer has answered", () -> rule.struck() == 4);
        long before = renewals(one);
        until("renewals go on", () -> renewals(one) > before);
        assertThat(term.isValid()).isTrue();
        assertThat(one.ends()).isEmpty();
    }

    @Test
    void rule3_4_creationThatAProxyRepeatedIsOurs() {
        proxy.when(RefusalsIT::creates, 1, exchange -> {
            assertThat(exchange.passOn()).isEqualTo(201);
            exchange.passChanged(body -> body);
        });
        TestCandidate one = proxied("app-1", ElectionTiming.DEFAULT);
        one.awaitTerm();
        one.close();
        assertThat(stage.holder()).isEmpty();
    }

    @Test
    void credentialsThatNobodyKnowsAreRejectedAndSaid() {
        KubernetesBackend backend = stage.backend(
                KubernetesBackend.lease(), settings -> settings.config(stage.config("not-a-token-of-anybody")));
        assertThat(trouble(stage.candidate(backend, "app-1", ElectionTiming.DEFAULT)))
                .startsWith("Kubernetes at " + stage.server.url()
                        + " rejected the credentials of this client (401) when asked to get leases in namespace \""
                        + stage.namespace + "\"; renew the token or certificate")
                .doesNotContain("not-a-token-of-anybody");
    }

    @Test
    void watchThatBeginsWithGoneIsListedAnew() {
        // As a server says it that has begun to answer.
        assertRelisted(proxy.when(Asked::isWatch, 1, exchange -> exchange.reply("""
                        {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure",\
                        "message":"too old resource version: 1 (7)","reason":"Expired","code":410}}
                        """)));
    }

    @Test
    void watchThatIsAnsweredWithGoneIsListedAnew() {
        assertRelisted(proxy.when(Asked::isWatch, 1, status(410, "Expired")));
    }

    private void assertRelisted(FaultyHttp.Rule rule) {
        TestCandidate one = stage.candidate(stage.backend(), "app-1", MEDIUM);
        Leadership first = one.awaitTerm();
        TestCandidate two = proxied("app-2", ElectionTiming.DEFAULT);
        until("the watch was refused", () -> rule.struck() == 1);
        until("another list, and a watch from there", () -> {
            List<String> log = proxy.log();
            return listsIn(log) >= 2 && log.stream().filter(RefusalsIT::isWatch).count() >= 2;
        });
        two.awaitEvent(Type.WATCHING);
        one.close();
        assertThat(two.awaitTerm().fencingToken().isAfter(first.fencingToken())).isTrue();
    }

    private static long listsIn(List<String> log) {
        return log.stream()
                .filter(line -> line.contains("Selector=") && !isWatch(line))
                .count();
    }

    private static boolean isWatch(String line) {
        return line.contains("watch=1");
    }

    // -- Retry-After ----------------------------------------------------------------------------------------------

    /** When each request that {@code which} names reached the proxy. */
    private List<Long> arrivals(Predicate<Asked> which) {
        List<Long> times = new CopyOnWriteArrayList<>();
        proxy.when(which, exchange -> {
            times.add(System.nanoTime());
            exchange.passChanged(body -> body);
        });
        return times;
    }

    /** Refuses the next request that {@code which} names for {@code seconds}; returns when it did. */
    private List<Long> refuseOnce(Predicate<Asked> which, int code, int seconds) {
        List<Long> times = new CopyOnWriteArrayList<>();
        proxy.when(which, 1, exchange -> {
            times.add(System.nanoTime());
            exchange.answer(code, "TooManyRequests", "busy", Map.of("Retry-After", String.valueOf(seconds)));
        });
        return times;
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void standbyWaitsForAsLongAsTheServerAsksWithinFiveRetryPeriods(int code) {
        List<Long> refused = refuseOnce(RefusalsIT::reads, code, 600);
        // Once its watch is live it does not read any more.
        List<Long> next = arrivals(asked -> reads(asked) || creates(asked));
        TestCandidate one = proxied("app-1", KubernetesStage.FAST);
        assertThat(trouble(one)).contains("it asks clients to wait 600s");
        one.awaitTerm();
        // Its usual pause is half a second at most.
        assertThat(next.get(0) - refused.get(0))
                .isGreaterThanOrEqualTo(
                        KubernetesStage.FAST.retryPeriod().multipliedBy(5).toNanos());
    }

    @Test
    void eventThatIsRefusedForTenMinutesSilencesNoStandby() {
        List<Long> refused = refuseOnce(asked -> asked.uri().endsWith("/events"), 429, 600);
        TestCandidate one = stage.later(new TestCandidate(
                stage.backend(proxy), new ElectionName(stage.namespace, "other"), "app-1", KubernetesStage.FAST));
        one.awaitTerm();
        until("the event was refused", () -> refused.size() == 1);
        proxied("app-2", KubernetesStage.FAST).awaitTerm();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void watchIsOpenedNoSoonerThanTheServerAsks(boolean listed) {
        Predicate<Asked> which = listed ? Asked::isWatch : RefusalsIT::lists;
        List<Long> refused = refuseOnce(which, 429, 3);
        List<Long> next = arrivals(which);
        TestCandidate one = proxied("app-1", KubernetesStage.FAST);
        one.awaitEvent(Type.WATCHING);
        assertThat(next.get(0) - refused.get(0))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void leaderWaitsARetryPeriodHoweverLongTheServerAsksForAndKeepsItsTerm() {
        TestCandidate one = proxied("app-1", MEDIUM);
        Leadership term = one.awaitTerm();
        List<Long> refused = refuseOnce(RefusalsIT::updates, 429, 60);
        List<Long> next = arrivals(asked -> reads(asked) || updates(asked));
        until("refused", () -> refused.size() == 1);
        long before = renewals(one);
        until("renewals go on", () -> renewals(one) > before + 1);
        // Its usual retry comes after an eighth of a retryPeriod or two.
        assertThat(next.get(0) - refused.get(0))
                .isGreaterThanOrEqualTo(MEDIUM.retryPeriod().toNanos());
        assertThat(term.isValid()).isTrue();
    }

    @Test
    void leaderWaitsNoLessThanTheServerAsksWhereThatIsLessThanARetryPeriod() {
        ElectionTiming slow = ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(4));
        TestCandidate one = proxied("app-1", slow);
        Leadership term = one.awaitTerm();
        List<Long> refused = refuseOnce(RefusalsIT::updates, 429, 2);
        List<Long> next = arrivals(asked -> reads(asked) || updates(asked));
        long before = renewals(one);
        until("renewals go on", () -> refused.size() == 1 && renewals(one) > before);
        assertThat(next.get(0) - refused.get(0))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(2).toNanos());
        assertThat(term.isValid()).isTrue();
    }
}
