package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.kubernetes.MemoryApiServer.Asked;
import dev.baton.kubernetes.MemoryApiServer.Told;
import dev.baton.register.Register.Entry;
import dev.baton.register.Register.RegisterWatcher;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked in order to hear of changes, and what is made of what comes: in time that the test lets pass. */
class WatchRequestsTest {
    private static final ElectionName ELECTION = new ElectionName("orders", "reconciler");
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/orders/leases";
    private static final String LEASE = LEASES + "/reconciler";
    private static final String BUSY = "TooManyRequests";
    /** Longer than a first pause, and than a second. */
    private static final Duration SHORT = Duration.ofMillis(200);

    private final MemoryApiServer server = new MemoryApiServer();
    private final HandTime time = new HandTime();
    private final ApiServer client = new ApiServer(config(), time);
    private final KubernetesRegister register =
            new KubernetesRegister(new Settings(LockObject.LEASE, Map.of(), null), time, client);
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private LockBackend.@Nullable Observation observation;

    /** Here, so that a server that cannot be made aborts the test before there is anything to close. */
    WatchRequestsTest() throws IOException {}

    @AfterEach
    void close() {
        held.countDown();
        register.close();
        server.close();
    }

    private Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(server.url())
                .withRequestRetryBackoffLimit(0)
                .build();
    }

    private void watch() {
        observation = register.watch(ELECTION, new RegisterWatcher() {
            @Override
            public void live(boolean live) {
                heard.add("live " + live);
            }

            @Override
            public void changed(@Nullable Entry entry, long revision) {
                heard.add(entry == null ? "none" : entry.record().holderIdentity());
            }
        });
    }

    private void watchLive() {
        watch();
        until("live", () -> heard.contains("live true"));
    }

    private static ObjectNode lease(String holder, boolean labelled) {
        ObjectNode lease = MemoryApiServer.object(LockObject.LEASE, ELECTION);
        if (labelled) {
            Json.child(Json.child(lease, "metadata"), "labels").put(Settings.LABEL, "true");
        }
        Json.child(lease, "spec").put("holderIdentity", holder).put("leaseDurationSeconds", 15);
        return lease;
    }

    private int count(Predicate<Asked> which) {
        return server.log(which).size();
    }

    private static boolean isByName(Asked asked) {
        return asked.uri().contains("fieldSelector");
    }

    private static boolean isOfAll(Asked asked) {
        return asked.isList() && !isByName(asked);
    }

    private static boolean reads(Asked asked) {
        return asked.is("GET", LEASE);
    }

    private static Told refusal(int code, String reason) {
        return Told.of(code, MemoryApiServer.status(code, reason, "said the test"));
    }

    /** Answers once the test is over, or lets go. */
    private @Nullable Told late(Asked asked, MemoryApiServer self) {
        try {
            held.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return self.serve(asked);
    }

    /** Until what is due next is so far away; the patience of a stream that has not begun is five seconds. */
    private void untilDue(Duration least, Duration most) {
        until(
                "a pause of " + least + " to " + most,
                () -> time.next()
                        .filter(next -> next.compareTo(least) >= 0 && next.compareTo(most) <= 0)
                        .isPresent());
    }

    /** A pause of at most {@code most} begins, before what is given seconds is late, and is over. */
    private void pass(Duration most) {
        until(
                "a pause of at most " + most,
                () -> time.next().filter(next -> next.compareTo(most) <= 0).isPresent());
        time.advance(most);
    }

    // -- the watch of a namespace -------------------------------------------------------------------------------------

    @Test
    void changesOfEachKindAreHeard() {
        server.put(LEASE, lease("one", true));
        watchLive();
        server.put(LEASE, lease("two", true));
        until("a change", () -> heard.contains("two"));
        server.delete(LEASE);
        until("a deletion", () -> heard.contains("none"));
        assertThat(heard).containsSubsequence("one", "two", "none");
        assertThat(server.log(Asked::isWatch))
                .allSatisfy(asked -> assertThat(asked.headers().get("Accept")).containsExactly("application/json"));
    }

    @Test
    void aLineThatEndsWithTheConnectionIsHeard() {
        server.put(LEASE, lease("one", true));
        ObjectNode event = Json.object().put("type", "MODIFIED");
        ObjectNode changed = lease("two", true);
        Json.child(changed, "metadata").put("resourceVersion", "1900");
        event.set("object", changed);
        server.when(Asked::isWatch, 1, new Told(200, Json.text(event), Map.of()));
        watch();
        until("a change", () -> heard.contains("two"));
    }

    @Test
    void aPauseThatAnAnswerToAWatchAsksForIsKept() {
        server.when(Asked::isWatch, 1, refusal(429, BUSY).with("Retry-After", "3"));
        watch();
        until("a refusal", () -> count(Asked::isWatch) == 1);
        untilDue(Duration.ofSeconds(3), Duration.ofSeconds(4));
        time.advance(Duration.ofSeconds(4));
        until("live", () -> heard.contains("live true"));
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 404, 500})
    void aWatchThatIsNotAnsweredWith200IsNone(int code) {
        server.when(Asked::isWatch, 1, refusal(code, "Other"));
        watch();
        pass(SHORT);
        until("another watch", () -> heard.contains("live true"));
        assertThat(heard).doesNotContain("live false");
        assertThat(count(Asked::isWatch)).isEqualTo(2);
    }

    @Test
    void aWatchThatIsGoneIsBegunWithAList() {
        server.when(Asked::isWatch, 1, refusal(410, "Expired"));
        watch();
        pass(SHORT);
        until("another list", () -> count(WatchRequestsTest::isOfAll) == 2);
    }

    @Test
    void aWatchThatIsForbiddenIsFollowedByName() {
        server.when(asked -> asked.isWatch() && !isByName(asked), 1, refusal(403, "Forbidden"));
        watch();
        until("a list by name", () -> count(asked -> asked.isList() && isByName(asked)) == 1);
        until("live", () -> heard.contains("live true"));
    }

    @Test
    void aWatchThatIsNotMadeAnewInTimeIsSilent() {
        watchLive();
        server.when(Asked::isWatch, 1, this::late);
        server.endWatches();
        pass(SHORT);
        until("another watch", () -> count(Asked::isWatch) == 2);
        assertThat(heard).doesNotContain("live false");
        // The client's own limit, which comes later, would tell of it as well.
        assertThat(time.next().orElseThrow()).isLessThan(Duration.ofSeconds(1));
        time.advance(Duration.ofSeconds(1));
        until("silence", () -> heard.contains("live false"));
    }

    @Test
    void aLineThatIsNoneEndsTheWatch() {
        watchLive();
        server.say("<html>sign in</html>");
        until("silence", () -> heard.contains("live false"));
        pass(SHORT);
        until("another watch", () -> heard.lastIndexOf("live true") > heard.indexOf("live false"));
    }

    // -- a watch that has fallen silent -------------------------------------------------------------------------------

    @Test
    void aWatchThatDoesNotTellWhatIsKnownIsLeftWithItsConnections() throws Exception {
        server.put(LEASE, lease("one", true));
        watchLive();
        until("the holder", () -> heard.contains("one"));
        server.mute = true;
        server.put(LEASE, lease("two", true));
        assertThat(register.read(ELECTION).toCompletableFuture().get()).isPresent();
        int last = server.log(WatchRequestsTest::reads).get(0).from();
        untilDue(Duration.ofMillis(1), Duration.ofSeconds(2));
        time.advance(Duration.ofSeconds(2));
        until("silence", () -> heard.contains("live false"));
        server.mute = false;
        pass(SHORT);
        until("the change", () -> heard.contains("two"));
        assertThat(count(WatchRequestsTest::isOfAll)).isEqualTo(2);
        assertThat(server.log(WatchRequestsTest::isOfAll).get(1).from()).isNotEqualTo(last);
    }

    @Test
    void aRequestThatIsLateIsGivenUpWithItsConnection() {
        assertThat(register.read(ELECTION).toCompletableFuture().join()).isEmpty();
        server.when(WatchRequestsTest::reads, 1, this::late);
        CompletableFuture<?> late = register.read(ELECTION).toCompletableFuture();
        until("a request", () -> count(WatchRequestsTest::reads) == 2);
        time.advance(Duration.ofSeconds(5));
        until("a failure", late::isCompletedExceptionally);
        assertThat(register.read(ELECTION).toCompletableFuture().join()).isEmpty();
        List<Integer> ports =
                server.log(WatchRequestsTest::reads).stream().map(Asked::from).toList();
        assertThat(ports.get(1)).isEqualTo(ports.get(0));
        assertThat(ports.get(2)).isNotEqualTo(ports.get(0));
    }

    /** A leader has another try, so no request takes longer than a part of its renewDeadline. */
    @Test
    void aRequestIsGivenNoMoreThanItsElectionCanAfford() {
        register.check(
                ELECTION, ElectionTiming.of(Duration.ofSeconds(9), Duration.ofSeconds(6), Duration.ofSeconds(1)));
        server.when(WatchRequestsTest::reads, 1, this::late);
        CompletableFuture<?> late = register.read(ELECTION).toCompletableFuture();
        assertThat(time.next().orElseThrow()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        time.advance(Duration.ofSeconds(3));
        until("a failure", late::isCompletedExceptionally);
    }

    @Test
    void aPauseThatIsAskedForOfEventsHoldsForThem() {
        EventRecorder recorder = new EventRecorder(client, time, LockObject.LEASE);
        server.when(
                asked -> asked.uri().endsWith("/events"), 1, refusal(429, BUSY).with("Retry-After", "3"));
        recorder.accept(event(Type.TERM_STARTED));
        until(
                "a refusal",
                () -> !client.respite("/api/v1/namespaces/orders/events", Duration.ofMinutes(1))
                        .isZero());
        recorder.accept(event(Type.TERM_ENDED));
        assertThat(time.next()).contains(Duration.ofSeconds(3));
        time.advance(Duration.ofSeconds(3));
        until("an event", () -> count(asked -> asked.uri().endsWith("/events")) == 2);
    }

    private ElectionEvent event(Type type) {
        return new ElectionEvent(time.now(), type, ELECTION, "app-1", null, null, null, null, null);
    }

    // -- an object that the namespace's watch does not tell of --------------------------------------------------------

    @Test
    void anObjectWithoutTheLabelIsReadAndFollowedByName() {
        server.put(LEASE, lease("stranger", false));
        watch();
        until("the holder", () -> heard.contains("stranger"));
        until("live", () -> heard.contains("live true"));
        assertThat(server.log(asked -> asked.isWatch() && isByName(asked))).hasSize(1);
        server.put(LEASE, lease("other", false));
        until("a change", () -> heard.contains("other"));
    }

    @Test
    void anObjectThatIsMissingForLongIsFollowedByName() {
        watchLive();
        until("a look", () -> heard.contains("none"));
        assertThat(count(WatchRequestsTest::isByName)).isZero();
        time.advance(Duration.ofSeconds(20));
        until("a watch by name", () -> count(asked -> asked.isWatch() && isByName(asked)) == 1);
        server.put(LEASE, lease("stranger", false));
        until("the holder", () -> heard.contains("stranger"));
    }

    @Test
    void anObjectThatMayNotBeFollowedByNameEitherIsNotWatched() {
        server.when(WatchRequestsTest::isByName, 1, refusal(403, "Forbidden"));
        watchLive();
        until("a look", () -> heard.contains("none"));
        time.advance(Duration.ofSeconds(20));
        until("silence", () -> heard.contains("live false"));
    }

    @Test
    void aLookThatFailedIsMadeAgainAndUntilThenNothingIsLive() {
        server.when(WatchRequestsTest::reads, 1, refusal(500, "InternalError"));
        watch();
        until("a look", () -> count(WatchRequestsTest::reads) == 1 && server.openWatches() == 1);
        assertThat(heard).isEmpty();
        pass(Duration.ofSeconds(4));
        until("another look", () -> heard.contains("none"));
        until("live", () -> heard.contains("live true"));
        assertThat(heard).startsWith("none");
    }

    @Test
    void whileALookIsUnderWayNothingIsLive() {
        server.when(WatchRequestsTest::reads, 1, this::late);
        watch();
        until("a look", () -> count(WatchRequestsTest::reads) == 1 && server.openWatches() == 1);
        // The loop has heard of the watch once it has heard of what came by it.
        server.say(
                "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Lease\",\"metadata\":{\"resourceVersion\":\"1500\"}}}");
        server.endWatches();
        pass(SHORT);
        until("another watch", () -> count(Asked::isWatch) == 2);
        assertThat(heard).isEmpty();
        held.countDown();
        until("live", () -> heard.contains("live true"));
        assertThat(heard).startsWith("none");
    }

    @Test
    void whatIsPermittedAgainIsNotFollowedByNameAnyMore() {
        server.when(WatchRequestsTest::isOfAll, 1, refusal(403, "Forbidden"));
        server.put(LEASE, lease("one", true));
        watchLive();
        assertThat(server.log(Asked::isWatch)).allMatch(WatchRequestsTest::isByName);
        time.advance(Duration.ofSeconds(30));
        until("the namespace's watch", () -> count(asked -> asked.isWatch() && !isByName(asked)) == 1);
        until("one watch", () -> {
            // Whose end a server notices when it has something to say.
            server.say(
                    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Lease\",\"metadata\":{\"resourceVersion\":\"1500\"}}}");
            return server.openWatches() == 1;
        });
    }

    @Test
    void anObservationThatIsClosedEndsItsWatch() {
        watchLive();
        Objects.requireNonNull(observation).close();
        until("no watch", () -> {
            server.say(
                    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Lease\",\"metadata\":{\"resourceVersion\":\"1500\"}}}");
            return server.openWatches() == 0;
        });
    }
}
