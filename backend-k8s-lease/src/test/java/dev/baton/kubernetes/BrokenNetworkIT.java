package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.Leadership;
import dev.baton.conformance.TcpProxy;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.FaultyHttp;
import dev.baton.testing.servers.FaultyHttp.Asked;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks and servers that say nothing, too little, or too late. */
class BrokenNetworkIT {
    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    BrokenNetworkIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** The API server's own TLS, by way of {@code network}. */
    private KubernetesBackend backend(TcpProxy network) {
        return stage.backend(
                KubernetesBackend.lease(),
                settings -> settings.config(new ConfigBuilder(stage.config())
                        .withMasterUrl("https://" + network.connectString())
                        .build()));
    }

    private TcpProxy network() throws IOException {
        return stage.later(TcpProxy.to(stage.server.address()));
    }

    private static long count(TestCandidate candidate, Type type) {
        return candidate.events.stream().filter(event -> event.type() == type).count();
    }

    private static void awaitRenewals(TestCandidate candidate, int more) {
        long before = count(candidate, Type.RENEWED);
        until("renewals", () -> count(candidate, Type.RENEWED) >= before + more);
    }

    private static String trouble(TestCandidate candidate) {
        return Objects.requireNonNull(candidate.awaitEvent(Type.UNREACHABLE).detail());
    }

    // -- the network ----------------------------------------------------------------------------------------------

    @Test
    void connectionsThatDiedSilentlyInThePoolCostNoTerm() throws IOException {
        TcpProxy network = network();
        KubernetesBackend backend = backend(network);
        TestCandidate one = stage.candidate(backend, "app-1", ElectionTiming.DEFAULT);
        Leadership term = one.awaitTerm();
        one.awaitEvent(Type.WATCHING);
        fillPool(network, backend);
        awaitRenewals(one, 1);
        network.strand();
        assertThat(trouble(one))
                .contains(
                        " did not answer the request to update Lease ", " within 4s; ", "retrying on a new connection");
        awaitRenewals(one, 2);
        assertThat(term.isValid()).isTrue();
        assertThat(one.ends()).isEmpty();
        // The old watch hears nothing of its own renewals, and is opened anew on a connection that does.
        until(
                "the watch is back",
                () -> lastOf(one, Type.WATCHING, Type.POLLING) == Type.WATCHING && count(one, Type.WATCHING) > 1);
        stage.kubectl(
                "patch", "lease", "reconciler", "--type=merge", "-p", "{\"spec\":{\"holderIdentity\":\"other\"}}");
        one.awaitEvent(Type.TERM_ENDED);
        assertThat(one.ends()).containsExactly(EndReason.LOST);
    }

    /** Leaves several idle connections: who tries one after the other would not find a live one within a term. */
    private void fillPool(TcpProxy network, KubernetesBackend backend) {
        network.delay(Duration.ofMillis(200), Duration.ZERO, 0);
        List<TestCandidate> crowd = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            crowd.add(stage.later(new TestCandidate(
                    backend, new ElectionName(stage.namespace, "crowd-" + i), "app-1", ElectionTiming.DEFAULT)));
        }
        crowd.forEach(TestCandidate::awaitTerm);
        crowd.forEach(TestCandidate::close);
        network.pass();
    }

    private static Type lastOf(TestCandidate candidate, Type one, Type other) {
        List<Type> said = candidate.events.stream()
                .map(ElectionEvent::type)
                .filter(type -> type == one || type == other)
                .toList();
        return said.get(said.size() - 1);
    }

    @Test
    void standbyWhoseConnectionsDiedSilentlyTakesOverAllTheSame() throws IOException {
        TcpProxy network = network();
        TestCandidate one = stage.candidate(stage.backend(), "app-1");
        Leadership first = one.awaitTerm();
        TestCandidate two = stage.candidate(backend(network), "app-2");
        two.awaitEvent(Type.WATCHING);
        until("the standby sees who leads", () -> two.election.currentLeader().isPresent());
        network.strand();
        one.close();
        assertThat(two.awaitTerm().fencingToken().isAfter(first.fencingToken())).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Outage.class)
    void shortOutageCostsNoTerm(Outage outage) throws IOException {
        TcpProxy network = network();
        TestCandidate one = stage.candidate(backend(network), "app-1", ElectionTiming.DEFAULT);
        Leadership term = one.awaitTerm();
        awaitRenewals(one, 1);
        outage.begin(network);
        String said = trouble(one);
        network.pass();
        awaitRenewals(one, 2);
        assertThat(said).startsWith("Kubernetes at https://" + network.connectString() + " " + outage.said);
        assertThat(term.isValid()).isTrue();
        assertThat(one.ends()).isEmpty();
    }

    private enum Outage {
        PACKETS_DROPPED("did not answer the request to update Lease"),
        ANSWERS_DROPPED("did not answer the request to update Lease"),
        CONNECTIONS_RESET("is not reachable (");

        private final String said;

        Outage(String said) {
            this.said = said;
        }

        void begin(TcpProxy network) {
            switch (this) {
                case PACKETS_DROPPED -> network.blackHole();
                case ANSWERS_DROPPED -> network.blackHole(TcpProxy.Direction.TO_CLIENT);
                case CONNECTIONS_RESET -> network.cut();
            }
        }
    }

    @Test
    void slowNetworkCostsNoTerm() throws IOException {
        TcpProxy network = network();
        network.delay(Duration.ofMillis(300), Duration.ofMillis(200), 7);
        TestCandidate one = stage.candidate(backend(network), "app-1", ElectionTiming.DEFAULT);
        Leadership term = one.awaitTerm();
        awaitRenewals(one, 3);
        assertThat(term.isValid()).isTrue();
        assertThat(one.told(Type.UNREACHABLE)).isFalse();
    }

    @Test
    void refusedConnectionIsSaidAndTriedAgain() throws IOException {
        TcpProxy network = network();
        network.refuse();
        TestCandidate one = stage.candidate(backend(network), "app-1");
        assertThat(trouble(one)).startsWith("Kubernetes at https://" + network.connectString() + " is not reachable (");
        network.pass();
        one.awaitTerm();
    }

    // -- the server -----------------------------------------------------------------------------------------------

    private enum Silence {
        NO_BYTES,
        HEADERS_ONLY,
        HALF_A_BODY;

        FaultyHttp.Fault fault() {
            return switch (this) {
                case NO_BYTES -> FaultyHttp.Exchange::hang;
                case HEADERS_ONLY -> exchange -> exchange.passPart(0);
                case HALF_A_BODY -> exchange -> exchange.passPart(200);
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Silence.class)
    void hungRenewalDoesNotEatUpTheDeadline(Silence silence) throws IOException {
        FaultyHttp proxy = stage.proxy();
        TestCandidate one = stage.candidate(stage.backend(proxy), "app-1", ElectionTiming.DEFAULT);
        Leadership term = one.awaitTerm();
        FaultyHttp.Rule rule = proxy.when(asked -> asked.method().equals("PUT"), 1, silence.fault());
        assertThat(trouble(one))
                .isEqualTo("Kubernetes at " + proxy.url() + " did not answer the request to update Lease "
                        + stage.election + " within 4s; the outcome is unknown, retrying on a new connection");
        awaitRenewals(one, 1);
        assertThat(rule.struck()).isEqualTo(1);
        assertThat(term.isValid()).isTrue();
        assertThat(one.ends()).isEmpty();
        assertThat(one.terms()).hasSize(1);
        // Well before the term would have ended, not just in time: another such request could hang.
        ElectionEvent late = one.awaitEvent(Type.UNREACHABLE);
        ElectionEvent before = last(one, late);
        assertThat(late.at().nanosSince(before.at()))
                .isLessThan(ElectionTiming.DEFAULT.renewDeadline().toNanos());
    }

    /** The last success before {@code event}. */
    private static ElectionEvent last(TestCandidate candidate, ElectionEvent event) {
        List<ElectionEvent> before = new ArrayList<>(candidate.events.subList(0, candidate.events.indexOf(event)));
        before.removeIf(each -> each.type() != Type.RENEWED && each.type() != Type.TERM_STARTED);
        return before.get(before.size() - 1);
    }

    @ParameterizedTest
    @EnumSource(Silence.class)
    void hungAcquireIsGivenUpAndSettled(Silence silence) throws IOException {
        FaultyHttp proxy = stage.proxy();
        proxy.when(asked -> asked.method().equals("POST") && asked.uri().endsWith("/leases"), 1, silence.fault());
        TestCandidate one = stage.candidate(stage.backend(proxy), "app-1", ElectionTiming.DEFAULT);
        assertThat(trouble(one)).contains(" did not answer the request to create Lease ", " within 4s; ");
        one.awaitTerm();
        assertThat(stage.holder()).isEqualTo("app-1");
        assertThat(stage.lease().path("spec").path("leaseTransitions").asInt()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Silence.class)
    void hungListOrWatchIsOpenedAnew(Silence silence) throws IOException {
        FaultyHttp proxy = stage.proxy();
        proxy.when(asked -> asked.uri().contains("Selector=") && !asked.isWatch(), 1, silence.fault());
        if (silence == Silence.NO_BYTES) {
            proxy.when(Asked::isWatch, 1, silence.fault());
        }
        TestCandidate one = stage.candidate(stage.backend(proxy), "app-1", ElectionTiming.DEFAULT);
        one.awaitEvent(Type.WATCHING);
        one.awaitTerm();
    }

    @Test
    void serverThatIsStoppedWithItsConnectionsOpenCostsTheTermAndNoMore() throws Exception {
        FaultyHttp proxy = stage.proxy();
        TestCandidate one = stage.candidate(stage.backend(proxy), "app-1");
        Leadership first = one.awaitTerm();
        FaultyHttp.Rule all = proxy.when(asked -> true, FaultyHttp.Exchange::hang);
        one.awaitEvent(Type.TERM_ENDED);
        assertThat(one.ends()).containsExactly(EndReason.EXPIRED);
        assertThat(first.isValid()).isFalse();
        all.end();
        Leadership second = one.awaitTermAfter(first);
        assertThat(second.fencingToken().isAfter(first.fencingToken())).isTrue();
    }
}
