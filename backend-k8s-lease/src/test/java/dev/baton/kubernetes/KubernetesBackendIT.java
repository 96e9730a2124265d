package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.LeaderElection;
import dev.baton.LeaderObserver;
import dev.baton.Leadership;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.FaultyHttp;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leases on a real API server. */
class KubernetesBackendIT {
    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    KubernetesBackendIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void kubectlTellsTheTruthAboutWhoLeads() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1");
        Leadership term = one.awaitTerm();
        assertThat(stage.holder()).isEqualTo("app-1");
        JsonNode spec = stage.lease().path("spec");
        assertThat(spec.path("leaseDurationSeconds").asInt()).isEqualTo(3);
        assertThat(spec.path("leaseTransitions").asInt()).isZero();
        assertThat(spec.path("renewTime").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(term.fencingToken().number()).isPositive();

        one.close();
        JsonNode released = stage.lease().path("spec");
        assertThat(released.path("holderIdentity").asText()).isEmpty();
        assertThat(released.path("leaseDurationSeconds").asInt()).isEqualTo(1);
        assertThat(released.path("renewTime").asText())
                .isEqualTo(released.path("acquireTime").asText());
        assertThat(Json.annotation(stage.lease(), ClaimMark.ANNOTATION)).isEmpty();
    }

    @Test
    void standbyTakesOverFromOneThatLeaves_andTokensAndTransitionsGrow() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1");
        Leadership first = one.awaitTerm();
        TestCandidate two = stage.candidate(stage.backend(), "app-2");
        until("the standby sees who leads", () -> two.election.currentLeader().isPresent());
        one.close();
        Leadership second = two.awaitTerm();
        assertThat(second.fencingToken().isAfter(first.fencingToken())).isTrue();
        assertThat(first.isValid()).isFalse();
        assertThat(stage.holder()).isEqualTo("app-2");
        assertThat(stage.lease().path("spec").path("leaseTransitions").asInt()).isEqualTo(1);
        assertThat(one.ends()).containsExactly(EndReason.CLOSED);
    }

    @Test
    void standbyWithAWatchSendsNothingAndTheLeaderOneRequestARound() throws IOException {
        FaultyHttp ofLeader = stage.proxy();
        FaultyHttp ofStandby = stage.proxy();
        TestCandidate one = stage.candidate(stage.backend(ofLeader), "app-1");
        one.awaitTerm();
        TestCandidate two = stage.candidate(stage.backend(ofStandby), "app-2");
        two.awaitEvent(Type.WATCHING);
        until("the standby sees who leads", () -> two.election.currentLeader().isPresent());
        int standbySent = ofStandby.log().size();
        int leaderSent = ofLeader.log().size();
        long renewals = renewals(one);
        until("ten renewals", () -> renewals(one) >= renewals + 10);
        assertThat(ofStandby.log()).as("requests of a standby").hasSize(standbySent);
        List<String> sent = ofLeader.log().subList(leaderSent, ofLeader.log().size());
        assertThat(sent).hasSizeBetween(10, 12).allMatch(request -> request.startsWith("PUT "));
    }

    /** Its connection would stand for as long as the server kept it, and the client's thread with it. */
    @Test
    @SuppressWarnings("try") // nobody closes the observer: its backend does
    void closedBackendEndsTheWatchThatNobodyClosed() throws IOException {
        AdministratorsHand hand = new AdministratorsHand(stage.server, LockObject.LEASE);
        int before = hand.watches();
        KubernetesBackend backend = stage.backend();
        LeaderObserver observer =
                LeaderElection.observe(backend, stage.election.toString()).start();
        until("the server serves the watch", () -> hand.watches() > before);
        backend.close();
        until("it serves it no more", () -> hand.watches() <= before);
        observer.close();
    }

    private static long renewals(TestCandidate candidate) {
        return candidate.events.stream()
                .filter(event -> event.type() == Type.RENEWED)
                .count();
    }

    @Test
    void leaderWhoseLeaseIsDeletedHearsOfItAndItsNextTermHasAGreaterToken() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1", ElectionTiming.DEFAULT);
        Leadership first = one.awaitTerm();
        one.awaitEvent(Type.WATCHING);
        stage.kubectl("delete", "lease", "reconciler");
        Leadership second = one.awaitTermAfter(first);
        assertThat(one.ends()).containsExactly(EndReason.LOST);
        assertThat(second.fencingToken().isAfter(first.fencingToken())).isTrue();
    }

    @Test
    void leaderWhoseHolderIsBlankedHearsOfIt() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1", ElectionTiming.DEFAULT);
        Leadership first = one.awaitTerm();
        one.awaitEvent(Type.WATCHING);
        stage.kubectl("patch", "lease", "reconciler", "--type=merge", "-p", "{\"spec\":{\"holderIdentity\":\"\"}}");
        one.awaitTermAfter(first);
        assertThat(one.ends()).containsExactly(EndReason.LOST);
    }

    @Test
    void anotherHolderSeenWhileLeadingEndsTheTermAtOnce() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1", ElectionTiming.DEFAULT);
        Leadership first = one.awaitTerm();
        one.awaitEvent(Type.WATCHING);
        stage.kubectl(
                "patch", "lease", "reconciler", "--type=merge", "-p", "{\"spec\":{\"holderIdentity\":\"intruder\"}}");
        one.awaitEvent(Type.TERM_ENDED);
        assertThat(one.ends()).containsExactly(EndReason.LOST);
        assertThat(first.isValid()).isFalse();
        assertThat(stage.holder()).as("left to whom it was given").isEqualTo("intruder");
    }

    @Test
    void editOfMetadataCostsNoTermAndIsKept() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1");
        Leadership term = one.awaitTerm();
        stage.kubectl("label", "lease", "reconciler", "team=payments");
        stage.kubectl("annotate", "lease", "reconciler", "note=by-hand");
        long renewals = renewals(one);
        until("renewals after the edits", () -> renewals(one) > renewals + 2);
        assertThat(term.isValid()).isTrue();
        ObjectNode lease = stage.lease();
        assertThat(lease.path("metadata").path("labels").path("team").asText()).isEqualTo("payments");
        assertThat(Json.annotation(lease, "note")).isEqualTo("by-hand");
        one.close();
        assertThat(Json.annotation(stage.lease(), "note")).isEqualTo("by-hand");
    }

    @Test
    void leaseMadeByAnotherKindOfClientIsWatchedToo() {
        stage.kubectl("create", "-f", lease("reconciler", "go-1", 3600));
        TestCandidate two = stage.candidate(stage.backend(), "app-2", ElectionTiming.DEFAULT);
        two.awaitEvent(Type.WATCHING);
        until("the holder is seen", () -> two.election.currentLeader().isPresent());
        stage.kubectl("patch", "lease", "reconciler", "--type=merge", "-p", "{\"spec\":{\"holderIdentity\":\"\"}}");
        two.awaitTerm();
        assertThat(stage.lease().path("metadata").path("labels").has(Settings.LABEL))
                .isFalse();
    }

    /** A file that describes a lease held by {@code holder}. */
    private String lease(String name, String holder, int seconds) {
        return stage.file(
                "lease.json",
                "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"name\":\"" + name
                        + "\"},\"spec\":{\"holderIdentity\":\"" + holder + "\",\"leaseDurationSeconds\":" + seconds
                        + ",\"acquireTime\":\"2026-01-02T03:04:05.000000Z\",\"renewTime\":\"2026-01-02T03:04:05.000000Z\"}}");
    }

    @Test
    void observerSeesWhoLeadsAndThatNobodyDoes() {
        try (LeaderObserver observer = LeaderElection.observe(stage.backend(), stage.election.toString())
                .start()) {
            TestCandidate one = stage.candidate(stage.backend(), "app-1");
            one.awaitTerm();
            until(
                    "the leader is seen",
                    () -> observer.currentLeader()
                            .filter(holder -> holder.identity().equals("app-1"))
                            .isPresent());
            one.close();
            until("nobody is seen", () -> observer.currentLeader().isEmpty());
        }
    }

    @Test
    void updateThatTheServerTakesForACreationIsUndone() throws IOException {
        FaultyHttp proxy = stage.proxy();
        TestCandidate one = stage.candidate(stage.backend(proxy), "app-1", ElectionTiming.DEFAULT);
        Leadership first = one.awaitTerm();
        // A server, or something before it, that does not look at versions and uids.
        FaultyHttp.Rule careless = proxy.when(
                asked -> asked.method().equals("PUT") && asked.body().contains("app-1"),
                exchange -> exchange.passChanged(body -> body.replaceAll("\"resourceVersion\":\"[0-9]+\",?", "")
                        .replaceAll("\"uid\":\"[-0-9a-f]+\",?", "")));
        stage.kubectl("delete", "lease", "reconciler");
        one.awaitEvent(Type.TERM_ENDED);
        careless.end();
        one.awaitTermAfter(first);
        assertThat(one.ends()).containsExactly(EndReason.LOST);
    }

    @Test
    void labelsAndOwnerAreSetOnWhatIsMade() throws IOException {
        stage.kubectl("create", "configmap", "owner");
        String uid = stage.kubectl("get", "configmap", "owner", "-o", "jsonpath={.metadata.uid}");
        KubernetesBackend backend = stage.backend(
                KubernetesBackend.lease(),
                settings -> settings.label("app", "orders")
                        .ownerReference(new ConfigMapBuilder()
                                .withNewMetadata()
                                .withName("owner")
                                .withUid(uid)
                                .endMetadata()
                                .build()));
        stage.candidate(backend, "app-1").awaitTerm();
        JsonNode metadata = stage.lease().path("metadata");
        assertThat(metadata.path("labels").path("app").asText()).isEqualTo("orders");
        assertThat(metadata.path("ownerReferences").path(0).path("uid").asText())
                .isEqualTo(uid);
    }

    @Test
    void clusterIsToldWhoBecameLeaderAndWhoStopped() {
        TestCandidate one = stage.candidate(stage.backend(), "app-1");
        one.awaitTerm();
        one.election.stepDown();
        until(
                "both events",
                () -> stage.kubectl(
                                "get", "events", "-o", "jsonpath={range .items[*]}{.reason}/{.type}: {.message};{end}")
                        .contains("LeaderElection/Normal: app-1 stopped leading"));
        assertThat(stage.kubectl("get", "events", "-o", "jsonpath={.items[*].message}"))
                .contains("app-1 became leader");
    }

    @Test
    void hundredElectionsOfANamespaceShareOneWatch() throws IOException {
        FaultyHttp proxy = stage.proxy();
        KubernetesBackend backend = stage.backend(proxy);
        for (int i = 0; i < 100; i++) {
            stage.later(new TestCandidate(
                    backend,
                    new dev.baton.spi.ElectionName(stage.namespace, "e-" + i),
                    "app-1",
                    ElectionTiming.DEFAULT));
        }
        until(
                "all lead",
                () -> stage.kubectl("get", "leases", "-o", "jsonpath={.items[*].spec.holderIdentity}")
                                .split(" ", -1)
                                .length
                        == 100);
        assertThat(proxy.log().stream().filter(request -> request.contains("watch=1")))
                .as("watches opened, the same one again where its connection was given up")
                .hasSizeLessThan(10);
    }
}
