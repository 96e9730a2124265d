package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.kubernetes.MemoryApiServer.Asked;
import dev.baton.kubernetes.MemoryApiServer.Told;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves for the API server, request by request, and what is made of each answer. */
class KubernetesWireTest {
    private static final ElectionName ELECTION = new ElectionName("orders", "reconciler");
    /** So long that a busy machine makes no request late. */
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(300), Duration.ofSeconds(200), Duration.ofSeconds(2));

    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/orders/leases";
    private static final String LEASE = LEASES + "/reconciler";
    private static final String EVENTS = "/api/v1/namespaces/orders/events";
    private static final String ANNOTATION = "control-plane.alpha.kubernetes.io/leader";
    private static final Pattern MICROS = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    private static final String PLAIN = "default backend - 404";

    private final MemoryApiServer server = new MemoryApiServer();
    private final BackendRuntime runtime = BackendRuntime.start("wire", false);
    private final KubernetesBackend backend =
            KubernetesBackend.lease().config(config()).label("team", "orders").build(runtime);
    private final Claim claim = claim("app-1", "nonce-1");
    private final Claim other = claim("app-2", "nonce-2");

    /** Here, so that a server that cannot be made aborts the test before there is anything to close. */
    KubernetesWireTest() throws IOException {
        backend.check(ELECTION, TIMING);
    }

    @AfterEach
    void close() {
        backend.close();
        server.close();
    }

    private Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(server.url())
                .withOauthToken("a-token")
                .build();
    }

    private static Claim claim(String identity, String nonce) {
        return new Claim(ELECTION, identity, nonce, TIMING);
    }

    private Moment soon() {
        return runtime.timekeeper().now().plus(Duration.ofSeconds(60));
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static BackendException failure(CompletionStage<?> stage) {
        try {
            done(stage);
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(BackendException.class);
            return (BackendException) Objects.requireNonNull(e.getCause());
        }
        throw new AssertionError("it did not fail");
    }

    private Answer acquire(Claim by) {
        return done(backend.acquire(by, soon()));
    }

    private Answer.Granted granted(Claim by) {
        Answer answer = acquire(by);
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return (Answer.Granted) answer;
    }

    private Answer renew(Claim by) {
        return done(backend.renew(by, soon()));
    }

    private void withdraw(Claim by) {
        done(backend.withdraw(by, soon()));
    }

    private Asked only(Predicate<Asked> which) {
        List<Asked> found = server.log(which);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private List<String> lines() {
        return server.log().stream()
                .filter(asked -> !asked.uri().contains("Selector="))
                .map(asked -> asked.method() + " " + asked.uri())
                .toList();
    }

    private ObjectNode stored() {
        return Objects.requireNonNull(server.get(LEASE), "the Lease");
    }

    private static boolean writes(Asked asked) {
        return asked.method().equals("PUT");
    }

    private static boolean reads(Asked asked) {
        return asked.is("GET", LEASE);
    }

    private static boolean creates(Asked asked) {
        return asked.is("POST", LEASES);
    }

    /** Of the namespace: one that is missing is listed by its name as well, after a while. */
    private static boolean listsAll(Asked asked) {
        return asked.isList() && asked.uri().contains("labelSelector");
    }

    private static Told plain(int code) {
        return new Told(code, PLAIN, java.util.Map.of());
    }

    private static Told forbidden() {
        return Told.of(403, MemoryApiServer.status(403, "Forbidden", "leases is forbidden"));
    }

    /** Carries the request out, and then once more, as a proxy does that repeats it. */
    private static @Nullable Told repeated(Asked asked, MemoryApiServer self) {
        self.serve(asked);
        return self.serve(asked);
    }

    /** What leaves. */
    @Nested
    class Sends {
        @Test
        void aReadOfTheVeryObjectWithItsCredentialAndNoBody() {
            granted(claim);
            Asked read = only(KubernetesWireTest::reads);
            assertThat(read.text()).isEmpty();
            assertThat(read.protocol()).isEqualTo("HTTP/1.1");
            assertThat(read.headers().get("Accept")).containsExactly("application/json");
            assertThat(read.headers().get("Authorization")).containsExactly("Bearer a-token");
            assertThat(read.headers().get("User-Agent")).containsExactly("baton leader-election");
            assertThat(read.headers().containsKey("Upgrade")).isFalse();
        }

        @Test
        void aCreationWithTheRecordTheNonceAndTheLabels() {
            granted(claim);
            assertThat(lines()).containsExactly("GET " + LEASE, "POST " + LEASES);
            Asked made = only(KubernetesWireTest::creates);
            assertThat(made.headers().get("Content-Type")).containsExactly("application/json");
            assertThat(made.headers().get("Authorization")).containsExactly("Bearer a-token");
            ObjectNode body = made.body();
            JsonNode spec = body.path("spec");
            String renewed = spec.path("renewTime").asText();
            assertThat(renewed)
                    .matches(MICROS)
                    .isEqualTo(spec.path("acquireTime").asText());
            ObjectNode expected =
                    Json.object().put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
            ObjectNode metadata =
                    expected.putObject("metadata").put("name", "reconciler").put("namespace", "orders");
            metadata.putObject("labels").put("team", "orders").put("baton.dev/election", "true");
            metadata.putObject("annotations").put("baton.dev/claim", "nonce-1 " + renewed + " app-1");
            expected.putObject("spec")
                    .put("holderIdentity", "app-1")
                    .put("leaseDurationSeconds", 300)
                    .put("acquireTime", renewed)
                    .put("renewTime", renewed)
                    .put("leaseTransitions", 0);
            assertThat(body).isEqualTo(parsed(expected));
            assertThat(Duration.between(Instant.parse(renewed), Instant.now()).abs())
                    .isLessThan(Duration.ofMinutes(5));
        }

        @Test
        void anOwnerByItsUid() {
            Settings.Owner owner = new Settings.Owner("apps/v1", "Deployment", "app", "uid-9");
            ObjectNode made = new Settings(LockObject.LEASE, Map.of(), owner).newObject(ELECTION);
            ObjectNode expected = Json.object()
                    .put("apiVersion", "apps/v1")
                    .put("kind", "Deployment")
                    .put("name", "app")
                    .put("uid", "uid-9");
            assertThat(made.path("metadata").path("ownerReferences")).containsExactly(expected);
        }

        @Test
        void aRenewalWithVersionUidAndNonceAndEverythingElseAsItWas() {
            granted(claim);
            ObjectNode edited = stored();
            Json.annotations(edited).put("owner", "somebody");
            Json.child(edited, "spec").put("strategy", "OldestEmulationVersion");
            server.put(LEASE, edited);
            renew(claim);
            server.forget();
            ObjectNode before = stored();
            renew(claim);
            assertThat(lines()).containsExactly("PUT " + LEASE);
            Asked put = only(KubernetesWireTest::writes);
            assertThat(put.headers().get("Content-Type")).containsExactly("application/json");
            ObjectNode body = put.body();
            JsonNode metadata = body.path("metadata");
            assertThat(metadata.path("resourceVersion"))
                    .isEqualTo(before.path("metadata").path("resourceVersion"));
            assertThat(metadata.path("uid").asText()).isEqualTo("uid-1");
            assertThat(metadata.has("managedFields")).isFalse();
            assertThat(metadata.path("annotations").path("owner").asText()).isEqualTo("somebody");
            assertThat(metadata.path("labels"))
                    .isEqualTo(before.path("metadata").path("labels"));
            JsonNode spec = body.path("spec");
            assertThat(spec.path("strategy").asText()).isEqualTo("OldestEmulationVersion");
            assertThat(spec.path("acquireTime")).isEqualTo(before.path("spec").path("acquireTime"));
            assertThat(spec.path("renewTime").asText())
                    .matches(MICROS)
                    .isNotEqualTo(before.path("spec").path("renewTime").asText());
            assertThat(spec.path("leaseTransitions").asInt()).isZero();
            assertThat(metadata.path("annotations").path("baton.dev/claim").asText())
                    .isEqualTo("nonce-1 " + spec.path("renewTime").asText() + " app-1");
        }

        @Test
        void theTokensNumberFromTheFirstRenewalOn() {
            Answer.Granted begun = granted(claim);
            assertThat(begun.token()).isEqualTo(new FencingToken(0, 1_001));
            assertThat(renew(claim)).isInstanceOf(Answer.Granted.class);
            renew(claim);
            for (Asked put : server.log(KubernetesWireTest::writes)) {
                assertThat(Json.annotation(put.body(), "baton.dev/fencing-token"))
                        .isEqualTo("1001 nonce-1");
            }
        }

        /** Another client may have left the annotation out: every renewal says it again. */
        @Test
        void theTokensNumberWhereItWasLost() {
            granted(claim);
            renew(claim);
            ObjectNode edited = stored();
            Json.annotations(edited).remove("baton.dev/fencing-token");
            server.put(LEASE, edited);
            renew(claim);
            renew(claim);
            assertThat(Json.annotation(stored(), "baton.dev/fencing-token")).isEqualTo("1001 nonce-1");
        }

        @Test
        void aTakeoverWithTheVersionAndUidThatWereSeen() {
            granted(claim);
            renew(claim);
            withdraw(claim);
            server.forget();
            ObjectNode before = stored();
            granted(other);
            assertThat(lines()).containsExactly("GET " + LEASE, "PUT " + LEASE);
            ObjectNode body = only(KubernetesWireTest::writes).body();
            assertThat(Json.resourceVersion(body)).isEqualTo(Json.resourceVersion(before));
            assertThat(body.path("metadata").path("uid").asText()).isEqualTo("uid-1");
            assertThat(body.path("spec").path("holderIdentity").asText()).isEqualTo("app-2");
            assertThat(body.path("spec").path("leaseTransitions").asInt()).isEqualTo(1);
            assertThat(Json.annotation(body, "baton.dev/claim"))
                    .startsWith("nonce-2 ")
                    .endsWith(" app-2");
            assertThat(Json.annotation(body, "baton.dev/fencing-token")).isEmpty();
        }

        @Test
        void aReleaseThatLeavesNothingOfTheClaim() {
            granted(claim);
            renew(claim);
            server.forget();
            ObjectNode before = stored();
            withdraw(claim);
            assertThat(lines()).containsExactly("GET " + LEASE, "PUT " + LEASE);
            ObjectNode body = only(KubernetesWireTest::writes).body();
            assertThat(Json.resourceVersion(body)).isEqualTo(Json.resourceVersion(before));
            assertThat(body.path("metadata").path("uid").asText()).isEqualTo("uid-1");
            assertThat(body.path("spec").path("holderIdentity").asText("none")).isEmpty();
            assertThat(body.path("spec").path("leaseDurationSeconds").asInt()).isEqualTo(1);
            assertThat(body.path("metadata").path("annotations").size()).isZero();
        }

        @Test
        void oneListAndOneWatchFromItsVersionForANamespace() {
            Ear ear = observe();
            KubernetesStage.until("a watch", () -> server.openWatches() == 1 && ear.live);
            Asked list = only(Asked::isList);
            assertThat(list.method()).isEqualTo("GET");
            assertThat(list.uri()).isEqualTo(LEASES + "?labelSelector=baton.dev/election");
            Asked watch = only(Asked::isWatch);
            assertThat(watch.method()).isEqualTo("GET");
            assertThat(watch.headers().get("Authorization")).containsExactly("Bearer a-token");
            String query = watch.uri().substring(LEASES.length());
            assertThat(query)
                    .matches(
                            "\\?watch=1&allowWatchBookmarks=true&labelSelector=baton.dev/election&timeoutSeconds=\\d{3}&resourceVersion=1000");
            int seconds = Integer.parseInt(query.replaceAll(".*timeoutSeconds=(\\d+).*", "$1"));
            assertThat(seconds).isBetween(300, 599);
        }

        @Test
        void aWatchByNameWhereTheNamespaceIsNotPermitted() {
            server.when(asked -> asked.uri().contains("labelSelector"), Integer.MAX_VALUE, forbidden());
            Ear ear = observe();
            KubernetesStage.until("a watch", () -> ear.live);
            assertThat(only(asked -> asked.isList() && asked.uri().contains("fieldSelector"))
                            .uri())
                    .isEqualTo(LEASES + "?fieldSelector=metadata.name%3Dreconciler");
            assertThat(only(Asked::isWatch).uri())
                    .startsWith(LEASES + "?watch=1&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dreconciler&");
        }

        @ParameterizedTest
        @CsvSource({"TERM_STARTED, became leader", "TERM_ENDED, stopped leading"})
        void anEventOfEachTerm(Type type, String what) {
            Moment now = runtime.timekeeper().now();
            backend.accept(event(type, now));
            KubernetesStage.until(
                    "an event",
                    () -> !server.log(asked -> asked.uri().equals(EVENTS)).isEmpty());
            Asked asked = only(one -> one.uri().equals(EVENTS));
            assertThat(asked.method()).isEqualTo("POST");
            String at = now.wall().truncatedTo(ChronoUnit.SECONDS).toString();
            ObjectNode expected = Json.object().put("apiVersion", "v1").put("kind", "Event");
            expected.putObject("metadata").put("namespace", "orders").put("generateName", "reconciler.");
            expected.putObject("involvedObject")
                    .put("apiVersion", "coordination.k8s.io/v1")
                    .put("kind", "Lease")
                    .put("namespace", "orders")
                    .put("name", "reconciler");
            expected.put("type", "Normal")
                    .put("reason", "LeaderElection")
                    .put("message", "app-1 " + what)
                    .put("count", 1)
                    .put("firstTimestamp", at)
                    .put("lastTimestamp", at);
            expected.putObject("source").put("component", "baton");
            assertThat(asked.body()).isEqualTo(parsed(expected));
        }

        @ParameterizedTest
        @EnumSource(names = {"ENDPOINTS", "CONFIG_MAP"})
        void theAnnotationOnObjectsOfTheOtherKinds(LockObject kind) {
            KubernetesBackend.Builder builder =
                    kind == LockObject.ENDPOINTS ? KubernetesBackend.endpoints() : KubernetesBackend.configMap();
            try (KubernetesBackend annotated = builder.config(config()).build(BackendRuntime.start("wire-2", false))) {
                done(annotated.acquire(claim, soon()));
                done(annotated.renew(claim, soon()));
                String path = "/api/v1/namespaces/orders/" + kind.resource();
                assertThat(lines())
                        .containsExactly("GET " + path + "/reconciler", "POST " + path, "PUT " + path + "/reconciler");
                ObjectNode made = server.log().get(1).body();
                assertThat(made.path("kind").asText()).isEqualTo(kind.kind());
                assertThat(made.path("apiVersion").asText()).isEqualTo("v1");
                assertThat(Json.annotation(made, ANNOTATION)).startsWith("{\"holderIdentity\":\"app-1\",");
                assertThat(Json.annotation(made, "baton.dev/claim")).startsWith("nonce-1 ");
                ObjectNode put = server.log().get(2).body();
                assertThat(Json.resourceVersion(put)).isEqualTo("1001");
                assertThat(put.path("metadata").path("uid").asText()).isEqualTo("uid-1");
                assertThat(Json.annotation(put, "baton.dev/claim")).startsWith("nonce-1 ");
            }
        }

        /** The JDK's client repeats a GET whose connection was closed, and no other. */
        @Test
        void noWriteTwiceThoughTheConnectionWasReset() {
            server.when(KubernetesWireTest::creates, 1, (asked, self) -> null);
            assertThat(failure(backend.acquire(claim, soon()))).hasMessageContaining("is not reachable");
            granted(claim);
            server.forget();
            server.when(KubernetesWireTest::writes, 1, (asked, self) -> null);
            failure(backend.renew(claim, soon()));
            assertThat(lines()).containsExactly("PUT " + LEASE);
        }
    }

    private static ObjectNode parsed(ObjectNode built) {
        try {
            // Numbers are of the width that parsing gives them.
            return Json.parse(Json.text(built));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ElectionEvent event(Type type, Moment now) {
        return new ElectionEvent(now, type, ELECTION, "app-1", null, null, null, null, null);
    }

    /** What is made of what comes. */
    @Nested
    class Hears {
        @Test
        void theTokenIsTheVersionOfTheWriteThatBegan() {
            Answer.Granted begun = granted(claim);
            assertThat(begun.token().number()).isEqualTo(Long.parseLong(Json.resourceVersion(stored())));
            assertThat(begun.guaranteedFor()).isEqualTo(TIMING.leaseDuration());
            Answer renewed = renew(claim);
            assertThat(((Answer.Granted) renewed).token()).isEqualTo(begun.token());
        }

        @Test
        void anothersRecordIsARefusalThatNamesIt() {
            granted(other);
            Answer.Refused refused = (Answer.Refused) acquire(claim);
            Holder holder = Objects.requireNonNull(refused.holder());
            assertThat(holder.identity()).isEqualTo("app-2");
            assertThat(holder.nonce()).isEqualTo("nonce-2");
            assertThat(Duration.ofNanos(refused.chance().nanos()))
                    .isBetween(Duration.ofSeconds(200), Duration.ofSeconds(300));
        }

        /** The case: a balancer without a server behind it says 404, in words of its own. */
        @Test
        void rule3_4_plain404EndsNoTerm() {
            granted(claim);
            server.when(asked -> writes(asked) || reads(asked), 2, plain(404));
            BackendException said = failure(backend.renew(claim, soon()));
            assertThat(said.isNotWritten()).isFalse();
            assertThat(said)
                    .hasMessageContaining("answered 404")
                    .hasMessageContaining("a proxy in between may have answered");
            failure(backend.renew(claim, soon()));
            assertThat(renew(claim)).isInstanceOf(Answer.Granted.class);
        }

        @Test
        void rule3_4_plain404ToAReadCreatesNothing() {
            granted(other);
            server.when(KubernetesWireTest::reads, 1, plain(404));
            failure(backend.acquire(claim, soon()));
            assertThat(server.log(KubernetesWireTest::creates)).hasSize(1);
        }

        @Test
        void rule3_4_plain404ToAReadConfirmsNoWithdrawal() {
            granted(claim);
            server.when(KubernetesWireTest::reads, 1, plain(404));
            failure(backend.withdraw(claim, soon()));
            assertThat(stored().path("spec").path("holderIdentity").asText()).isEqualTo("app-1");
            withdraw(claim);
            assertThat(stored().path("spec").path("holderIdentity").asText()).isEmpty();
        }

        @Test
        void theServersOwn404EndsTheTerm() {
            granted(claim);
            server.delete(LEASE);
            assertThat(renew(claim)).isInstanceOf(Answer.Refused.class);
            assertThat(server.get(LEASE)).isNull();
        }

        @ParameterizedTest
        @ValueSource(ints = {409, 404})
        void rule3_4_plainConflictIsUnknownAndIsReadFirst(int code) {
            granted(claim);
            server.forget();
            server.when(KubernetesWireTest::writes, 1, plain(code));
            failure(backend.renew(claim, soon()));
            assertThat(renew(claim)).isInstanceOf(Answer.Granted.class);
            assertThat(lines()).containsExactly("PUT " + LEASE, "GET " + LEASE, "PUT " + LEASE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"<html>sign in</html>", "{}", "{\"kind\":\"Lease\"}"})
        void strangers200IsNoAnswer(String text) {
            server.when(KubernetesWireTest::reads, 1, new Told(200, text, java.util.Map.of()));
            failure(backend.acquire(claim, soon()));
            granted(claim);
            server.when(KubernetesWireTest::writes, 1, new Told(200, text, java.util.Map.of()));
            failure(backend.renew(claim, soon()));
            assertThat(renew(claim)).isInstanceOf(Answer.Granted.class);
        }

        @Test
        void objectThatHasNotOurRecordIsNoAnswerToAWrite() {
            granted(claim);
            server.when(KubernetesWireTest::writes, 1, (asked, self) -> {
                self.serve(asked);
                ObjectNode cached = asked.body();
                Json.annotations(cached).remove("baton.dev/claim");
                return Told.of(200, cached);
            });
            failure(backend.renew(claim, soon()));
            assertThat(renew(claim)).isInstanceOf(Answer.Granted.class);
        }

        @Test
        void updateThatCreatedAnewIsUndoneWithItsNewUid() {
            granted(claim);
            server.when(KubernetesWireTest::writes, 1, (asked, self) -> {
                self.delete(LEASE);
                return Told.of(201, self.put(LEASE, asked.body()));
            });
            server.forget();
            assertThat(renew(claim)).isInstanceOf(Answer.Refused.class);
            List<Asked> puts = server.log(KubernetesWireTest::writes);
            assertThat(puts).hasSize(2);
            ObjectNode freed = puts.get(1).body();
            assertThat(freed.path("metadata").path("uid").asText()).isEqualTo("uid-2");
            assertThat(freed.path("spec").path("holderIdentity").asText("none")).isEmpty();
            assertThat(Json.annotation(freed, "baton.dev/claim")).isEmpty();
            assertThat(Json.annotation(freed, "baton.dev/fencing-token")).isEmpty();
            assertThat(stored().path("spec").path("leaseDurationSeconds").asInt())
                    .isEqualTo(1);
        }

        @Test
        void updateThatCreatedAnewAndCouldNotBeUndoneIsUnknown() {
            granted(claim);
            server.when(KubernetesWireTest::writes, 1, (asked, self) -> {
                self.delete(LEASE);
                return Told.of(201, self.put(LEASE, asked.body()));
            });
            server.when(KubernetesWireTest::writes, 1, plain(502));
            assertThat(failure(backend.renew(claim, soon()))).hasMessageContaining("re-created it");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "x", "-1", "1.5", "9223372036854775808", "01"})
        void versionThatIsNoNumberIsRefused(String version) {
            granted(claim);
            server.when(KubernetesWireTest::writes, 1, (asked, self) -> {
                ObjectNode body = asked.body();
                Json.child(body, "metadata").put("resourceVersion", version);
                return Told.of(200, body);
            });
            assertThat(failure(backend.renew(claim, soon()))).hasMessageContaining("must be a decimal number");
        }

        @Test
        void changesOnTheWatchAreTold() {
            Ear ear = observe();
            KubernetesStage.until("live", () -> ear.live);
            granted(claim);
            KubernetesStage.until("held", () -> ear.heard.contains("held app-1"));
            server.delete(LEASE);
            KubernetesStage.until("lost", () -> ear.heard.contains("lost nonce-1"));
        }

        @Test
        void aWatchThatEndsGoesOnFromTheVersionLastHeardOf() {
            Ear ear = observe();
            KubernetesStage.until("live", () -> ear.live);
            granted(claim);
            KubernetesStage.until("held", () -> ear.heard.contains("held app-1"));
            server.say(
                    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Lease\",\"metadata\":{\"resourceVersion\":\"1500\"}}}");
            server.endWatches();
            KubernetesStage.until(
                    "another watch", () -> server.log(Asked::isWatch).size() == 2);
            assertThat(server.log(Asked::isWatch).get(1).uri()).endsWith("&resourceVersion=1500");
            assertThat(server.log(Asked::isList)).hasSize(1);
        }

        @Test
        void aWatchWhoseVersionIsGoneListsAnew() {
            Ear ear = observe();
            KubernetesStage.until("live", () -> ear.live);
            server.say("{\"type\":\"ERROR\",\"object\":" + Json.text(MemoryApiServer.status(410, "Expired", "too old"))
                    + "}");
            KubernetesStage.until(
                    "another list",
                    () -> server.log(KubernetesWireTest::listsAll).size() == 2);
            KubernetesStage.until(
                    "another watch",
                    () -> ear.live && server.log(Asked::isWatch).size() == 2);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "<html>sign in</html>",
                    "{\"kind\":\"LeaseList\",\"items\":[]}",
                    "{\"kind\":\"Status\",\"metadata\":{\"resourceVersion\":\"1000\"}}"
                })
        void aListThatIsNoneIsAskedForAgain(String text) {
            server.when(Asked::isList, 2, new Told(200, text, java.util.Map.of()));
            granted(other);
            Ear ear = observe();
            KubernetesStage.until("live", () -> ear.live);
            assertThat(server.log(Asked::isList)).hasSize(3);
            assertThat(ear.heard).doesNotContain("vacant");
        }
    }

    /** The server's own "no": nothing was written, so nothing is owed. */
    @Nested
    class Refuses {
        private void assertNothingIsOwed() {
            server.forget();
            withdraw(claim);
            assertThat(lines()).as("one look, and no more").containsExactly("GET " + LEASE);
        }

        @ParameterizedTest
        @CsvSource({
            "400, BadRequest",
            "401, Unauthorized",
            "403, Forbidden",
            "405, MethodNotAllowed",
            "413, RequestEntityTooLarge",
            "422, Invalid",
            "429, TooManyRequests"
        })
        void rule4_5_refusedCreationIsNotOwed(int code, String reason) {
            server.when(KubernetesWireTest::creates, 1, Told.of(code, MemoryApiServer.status(code, reason, "no")));
            assertThat(failure(backend.acquire(claim, soon())).isNotWritten()).isTrue();
            assertNothingIsOwed();
        }

        @Test
        void rule4_5_missingNamespaceIsNamedAndNothingIsOwed() {
            ObjectNode missing = MemoryApiServer.name(
                    MemoryApiServer.status(404, "NotFound", "namespaces \"orders\" not found"),
                    "",
                    "namespaces",
                    "orders");
            server.when(KubernetesWireTest::creates, 1, Told.of(404, missing));
            BackendException said = failure(backend.acquire(claim, soon()));
            assertThat(said).hasMessageContaining("has no namespace \"orders\" to create leases in (404)");
            assertThat(said.isNotWritten()).isTrue();
            assertNothingIsOwed();
        }

        @ParameterizedTest
        @ValueSource(ints = {403, 404, 409, 429, 500, 502, 503, 504})
        void rule3_1_refusalInOtherWordsIsUnknownAndVoided(int code) {
            server.when(KubernetesWireTest::creates, 1, plain(code));
            assertThat(failure(backend.acquire(claim, soon())).isNotWritten()).isFalse();
            server.forget();
            withdraw(claim);
            assertThat(lines()).containsExactly("GET " + LEASE, "POST " + LEASES);
            assertThat(stored().path("spec").path("holderIdentity").asText("none"))
                    .isEmpty();
        }

        @ParameterizedTest
        @CsvSource({"500, InternalError", "503, ServiceUnavailable", "504, Timeout", "500, ServerTimeout"})
        void rule3_1_serversTroubleIsUnknownAndVoided(int code, String reason) {
            server.when(KubernetesWireTest::creates, 1, Told.of(code, MemoryApiServer.status(code, reason, "no")));
            assertThat(failure(backend.acquire(claim, soon())).isNotWritten()).isFalse();
            server.forget();
            withdraw(claim);
            assertThat(lines()).containsExactly("GET " + LEASE, "POST " + LEASES);
        }

        @Test
        void rule4_5_creationThatAProxyRepeatedIsWithdrawn() {
            server.when(KubernetesWireTest::creates, 1, KubernetesWireTest::repeated);
            assertThat(acquire(claim)).isEqualTo(new Answer.Refused(null, Chance.now()));
            assertThat(Json.annotation(stored(), "baton.dev/claim")).startsWith("nonce-1 ");
            withdraw(claim);
            assertThat(stored().path("spec").path("holderIdentity").asText("none"))
                    .isEmpty();
        }

        @Test
        void rule4_5_takeoverThatAProxyRepeatedIsWithdrawn() {
            granted(other);
            withdraw(other);
            server.when(KubernetesWireTest::writes, 1, KubernetesWireTest::repeated);
            assertThat(acquire(claim)).isInstanceOf(Answer.Refused.class);
            withdraw(claim);
            assertThat(stored().path("spec").path("holderIdentity").asText("none"))
                    .isEmpty();
        }

        @Test
        void renewalThatAProxyRepeatedGoesOn() {
            granted(claim);
            server.when(KubernetesWireTest::writes, 1, KubernetesWireTest::repeated);
            assertThat(renew(claim)).isInstanceOf(Answer.Granted.class);
        }

        @Test
        void refusedRenewalIsSaidAndTriedAgainWithoutARead() {
            granted(claim);
            server.forget();
            server.when(KubernetesWireTest::writes, 1, forbidden());
            assertThat(failure(backend.renew(claim, soon())))
                    .hasMessageContaining("does not permit to update leases in namespace \"orders\"");
            assertThat(renew(claim)).isInstanceOf(Answer.Granted.class);
            assertThat(lines()).containsExactly("PUT " + LEASE, "PUT " + LEASE);
        }

        @Test
        void closingIsQuickWithoutTheRightToCreate() {
            server.when(KubernetesWireTest::creates, Integer.MAX_VALUE, forbidden());
            List<ElectionEvent> events = new CopyOnWriteArrayList<>();
            LeaderElection election = LeaderElection.on(backend, ELECTION.toString())
                    .timing(ElectionTiming.DEFAULT)
                    .events(events::add)
                    .onStartedLeading(term -> {})
                    .start();
            KubernetesStage.until("refused", () -> events.stream().anyMatch(event -> event.type() == Type.UNREACHABLE));
            election.close();
            assertThat(events).as("nothing is owed").anyMatch(event -> event.type() == Type.STOPPED);
        }
    }

    /** A Retry-After is for what was asked about. */
    @Nested
    class Pauses {
        private Told busy(int code, int seconds) {
            return Told.of(code, MemoryApiServer.status(code, "TooManyRequests", "busy"))
                    .with("Retry-After", String.valueOf(seconds));
        }

        @Test
        void eventThatIsRefusedForTenMinutesSilencesNoElection() {
            server.when(asked -> asked.uri().equals(EVENTS), 1, busy(429, 600));
            backend.accept(event(Type.TERM_STARTED, runtime.timekeeper().now()));
            KubernetesStage.until(
                    "an event",
                    () -> !server.log(asked -> asked.uri().equals(EVENTS)).isEmpty());
            granted(claim);
            Ear ear = observe();
            KubernetesStage.until("live", () -> ear.live);
        }

        @Test
        void oneElectionThatIsRefusedSilencesNoOther() {
            server.when(KubernetesWireTest::reads, 1, busy(429, 600));
            failure(backend.acquire(claim, soon()));
            assertThat(failure(backend.acquire(claim, soon()))).hasMessageContaining("has asked for a pause");
            assertThat(lines()).containsExactly("GET " + LEASE);
            ElectionName payments = new ElectionName("orders", "payments");
            Claim second = new Claim(payments, "app-1", "nonce-3", TIMING);
            assertThat(done(backend.acquire(second, soon()))).isInstanceOf(Answer.Granted.class);
        }

        @Test
        void standbyGrantsFiveRetryPeriodsOfTenMinutes() {
            ElectionTiming fast =
                    ElectionTiming.of(Duration.ofSeconds(300), Duration.ofSeconds(200), Duration.ofMillis(400));
            ElectionName quick = new ElectionName("orders", "quick");
            backend.check(quick, fast);
            Claim standby = new Claim(quick, "app-1", "nonce-4", fast);
            server.when(asked -> asked.uri().endsWith("/quick"), 1, busy(503, 600));
            long refusedAt = System.nanoTime();
            failure(backend.acquire(standby, soon()));
            KubernetesStage.until("granted", () -> {
                try {
                    return done(backend.acquire(standby, soon())) instanceof Answer.Granted;
                } catch (CompletionException e) {
                    return false;
                }
            });
            assertThat(System.nanoTime() - refusedAt).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(2));
        }

        @Test
        void answerWithoutOneEndsThePause() {
            granted(claim);
            server.when(KubernetesWireTest::writes, 1, busy(429, 1));
            failure(backend.renew(claim, soon()));
            KubernetesStage.until("renewed", () -> {
                try {
                    return renew(claim) instanceof Answer.Granted;
                } catch (CompletionException e) {
                    return false;
                }
            });
            assertThat(renew(claim)).isInstanceOf(Answer.Granted.class);
        }

        /** A server's load is no reason to change leaders, so one pauses for a retryPeriod, and not for five. */
        @Test
        void pausedLeaderIsNotAskedForMoreThanARetryPeriod() {
            ElectionName payments = new ElectionName("orders", "payments");
            backend.check(payments, TIMING);
            Claim standby = new Claim(payments, "app-1", "nonce-3", TIMING);
            server.when(asked -> asked.uri().endsWith("/payments"), 1, busy(429, 600));
            failure(backend.acquire(standby, soon()));
            granted(claim);
            server.when(KubernetesWireTest::writes, 1, busy(429, 600));
            failure(backend.renew(claim, soon()));
            assertThat(failure(backend.renew(claim, soon()))).hasMessageContaining("has asked for a pause");
            List<String> first = new CopyOnWriteArrayList<>();
            KubernetesStage.until("renewed", () -> {
                if (isAnswered(() -> backend.acquire(standby, soon()))) {
                    first.add("standby");
                }
                return isAnswered(() -> backend.renew(claim, soon()));
            });
            assertThat(first).as("granted before the leader was renewed").isEmpty();
            // Nor does what it was told then hold for the next.
            withdraw(claim);
            granted(other);
        }

        private boolean isAnswered(Supplier<CompletionStage<Answer>> call) {
            try {
                return done(call.get()) instanceof Answer.Granted;
            } catch (CompletionException e) {
                return false;
            }
        }
    }

    private Ear observe() {
        Ear ear = new Ear();
        backend.observe(ELECTION, TIMING, ear);
        return ear;
    }

    /** Writes down what it hears. */
    private static final class Ear implements ElectionWatcher {
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private volatile boolean live;

        @Override
        public void watching(boolean isLive) {
            live = isLive;
        }

        @Override
        public void held(Holder holder, Chance chance) {
            heard.add("held " + holder.identity());
        }

        @Override
        public void vacant() {
            heard.add("vacant");
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            heard.add("yourTurn " + claim.nonce());
        }

        @Override
        public void lost(Claim claim, String how) {
            heard.add("lost " + claim.nonce());
        }
    }
}
