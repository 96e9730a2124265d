package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static dev.baton.zookeeper.Stage.PATH;
import static dev.baton.zookeeper.Stage.TIMING;
import static dev.baton.zookeeper.Stage.acquire;
import static dev.baton.zookeeper.Stage.claim;
import static dev.baton.zookeeper.Stage.granted;
import static dev.baton.zookeeper.Stage.in;
import static dev.baton.zookeeper.Stage.lead;
import static dev.baton.zookeeper.Stage.refused;
import static dev.baton.zookeeper.Stage.renew;
import static dev.baton.zookeeper.Stage.withdraw;
import static dev.baton.zookeeper.Waits.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.zookeeper.internal.Line;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong between a backend and ZooKeeper. */
class ZooKeeperTroubleIT {
    private final Stage stage;
    private final Handles handles = new Handles();
    private final Stage.Heard heard = new Stage.Heard();
    private @Nullable Relay relay;

    ZooKeeperTroubleIT() throws Exception {
        stage = new Stage();
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void aSessionEndedByTheServerLosesItsClaimAndTheNextTermHasAGreaterToken() throws Exception {
        ZooKeeperBackend backend = backendOnHandles();
        Claim claim = claim("leader");
        backend.observe(ELECTION, Stage.TIMING, heard);
        FencingToken token = lead(backend, claim).token();

        endAtServer(handles.newest());

        await().until(() -> heard.heard("lost leader"));
        refused(renew(backend, claim));
        refused(acquire(backend, claim));
        withdraw(backend, claim);
        assertThat(lead(backend, claim("next")).token()).isGreaterThan(token);
        assertThat(handles.made).hasSizeGreaterThan(1);
    }

    @Test
    void aSessionGivenUpOnThisSideOnlyIsEndedAtTheServerBeforeItsClaimCountsAsGone() throws Exception {
        ZooKeeperBackend backend = backendOnHandles();
        Claim claim = claim("leader");
        backend.observe(ELECTION, Stage.TIMING, heard);
        lead(backend, claim);

        handles.newest().getTestable().injectSessionExpiration();

        await().until(() -> heard.heard("lost leader"));
        refused(renew(backend, claim));
        await().until(() -> isWithdrawn(backend, claim));
        assertThat(stage.children()).isEmpty();
        lead(backend, claim("next"));
        await().until(() -> heard.count("watching true") == 2);
        assertThat(heard.count("watching false")).isEqualTo(1);
    }

    @Test
    void aLostConnectionIsReportedAndOutlivedByTheClaim() throws Exception {
        ZooKeeperBackend backend = stage.backend();
        backend.check(ELECTION, TIMING);
        Claim claim = claim("leader");
        backend.observe(ELECTION, Stage.TIMING, heard);
        FencingToken token = lead(backend, claim).token();

        stage.server.stop();
        await().until(() -> heard.heard("watching false"));
        assertThat(sentence(backend.acquire(claim("late"), in(backend, Duration.ofSeconds(2)))))
                .contains("not reachable");
        CompletionStage<Answer> waiting = backend.renew(claim, in(backend, Duration.ofSeconds(8)));
        stage.server.restart();

        assertThat(granted(Stage.get(waiting)).token()).isEqualTo(token);
        await().until(() -> heard.count("watching true") == 2);
        assertThat(heard.heard("lost")).isFalse();
    }

    @Test
    void aStandbyHearsOfItsTurnThatCameWhileItWasCutOff() throws Exception {
        ZooKeeperBackend leader = stage.backend();
        ZooKeeperBackend standby = backendOnRelay();
        Claim first = claim("leader");
        lead(leader, first);
        refused(acquire(standby, claim("standby")));

        Objects.requireNonNull(relay).loseAnswers();
        withdraw(leader, first);
        Objects.requireNonNull(relay).cut();

        await().until(() -> heard.heard("turn standby"));
    }

    @Test
    void withoutAServerEverythingFailsInTimeAndWorksOnceThereIsOne() throws Exception {
        int port = InstanceSpec.getRandomPort();
        ZooKeeperBackend backend = ZooKeeperBackend.builder("127.0.0.1:" + port)
                .tickTime(Stage.TICK)
                .connectionTimeout(Duration.ofMillis(600))
                .shutdownHook(false)
                .build();
        stage.closeLater(backend);
        Claim claim = claim("early");

        assertThat(sentence(backend.acquire(claim, in(backend, Duration.ofMillis(300)))))
                .contains("127.0.0.1:" + port)
                .contains("timed out while trying to acquire orders/reconciler");
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(sentence(backend.acquire(claim, in(backend, Duration.ofHours(1)))))
                    .isEqualTo("ZooKeeper at 127.0.0.1:" + port + " is not reachable; retrying");
        }
        withdraw(backend, claim);

        TestingServer late = new TestingServer(
                new InstanceSpec(null, port, -1, -1, true, -1, (int) Stage.TICK.toMillis(), -1), true);
        stage.closeLater(late);
        await().ignoreExceptions().until(() -> acquire(backend, claim) instanceof Answer.Granted);
    }

    /** Though the acquire has an hour. */
    @Test
    @Timeout(300)
    void closingWithoutAServerIsBounded() throws Exception {
        ZooKeeperBackend backend = ZooKeeperBackend.builder("127.0.0.1:" + InstanceSpec.getRandomPort())
                .shutdownHook(false)
                .build();
        CompletionStage<Answer> waiting = backend.acquire(claim("nobody"), in(backend, Duration.ofHours(1)));

        backend.close();

        assertThat(sentence(waiting)).contains("closed");
    }

    @Test
    void missingPermissionsAreNamedWithThePath() throws Exception {
        stage.client
                .create()
                .withACL(List.of(new ACL(ZooDefs.Perms.READ, new Id("world", "anyone"))))
                .forPath("/locked");
        ZooKeeperBackend backend = stage.backend(builder -> builder.basePath("/locked"));

        assertThat(sentence(backend.acquire(claim("intruder"), in(backend, Duration.ofSeconds(3)))))
                .contains("denies access to /locked/orders")
                .contains("CREATE, READ, WRITE and DELETE on /locked");
    }

    /** Of what a client may not read just then its watches do not tell, and are used up. */
    @Test
    void theOnlyStandbyLeadsThoughItCouldNotReadForAWhileAndWasToldNothing() throws Exception {
        ZooKeeperBackend leader = stage.backend();
        Claim first = claim("leader");
        lead(leader, first);
        CountDownLatch leads = new CountDownLatch(1);
        try (LeaderElection election = LeaderElection.on(stage.backend(), ELECTION.toString())
                .timing(TIMING)
                .identity("standby")
                .onStartedLeading(term -> leads.countDown())
                .start()) {
            await().until(() -> stage.children().size() == 2
                    && election.currentLeader()
                            .filter(holder -> holder.identity().equals("leader"))
                            .isPresent());
            String node = PATH + "/"
                    + stage.children().stream()
                            .filter(name -> name.contains(first.nonce()))
                            .findFirst()
                            .orElseThrow();
            allow(ZooDefs.Perms.ALL & ~ZooDefs.Perms.READ, node);
            allow(ZooDefs.Perms.ALL & ~ZooDefs.Perms.READ, PATH);
            withdraw(leader, first);
            allow(ZooDefs.Perms.ALL, PATH);

            assertThat(leads.await(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private void allow(int permissions, String path) throws Exception {
        stage.client
                .setACL()
                .withACL(List.of(new ACL(permissions, new Id("world", "anyone"))))
                .forPath(path);
    }

    @Test
    void authorizationAndAclsPassThroughCuratorsBuilder() throws Exception {
        ZooKeeperBackend backend = stage.backend(builder -> builder.basePath("/private")
                .curator(curator -> curator.authorization("digest", "user:secret".getBytes(UTF_8))
                        .aclProvider(new CreatorOnly())));
        lead(backend, claim("owner"));
        ZooKeeperBackend stranger = stage.backend(builder -> builder.basePath("/private"));

        assertThat(sentence(stranger.acquire(claim("stranger"), in(stranger, Duration.ofSeconds(3)))))
                .contains("denies access to /private/orders/reconciler");
    }

    @Test
    void rejectedCredentialsAreNamedAndTriedAgain() throws Exception {
        AtomicReference<String> scheme = new AtomicReference<>("no-such-scheme");
        ZooKeeperBackend backend = stage.backend(builder ->
                builder.curator(curator -> curator.authorization(scheme.get(), "user:secret".getBytes(UTF_8))));
        backend.check(ELECTION, TIMING);
        Claim claim = claim("owner");

        await().untilAsserted(() -> assertThat(sentence(backend.acquire(claim, in(backend, Duration.ofSeconds(3)))))
                .contains("rejected the credentials"));
        scheme.set("digest");

        await().ignoreExceptions().until(() -> acquire(backend, claim) instanceof Answer.Granted);
    }

    @Test
    void aSessionShorterThanAskedForLeadsNowhereAndSaysWhy() throws Exception {
        ZooKeeperBackend backend = stage.backend();
        Claim claim = new Claim(ELECTION, "long", "0-0", ElectionTiming.DEFAULT);

        assertThat(sentence(backend.acquire(claim, in(backend, Duration.ofSeconds(3)))))
                .contains("session timeout of 10s where leaseDuration 15s was asked for")
                .contains("maxSessionTimeout");
        assertThat(stage.children()).isEmpty();
    }

    @Test
    void aCreateWhoseAnswerWasLostIsFoundAgain() throws Exception {
        ZooKeeperBackend backend = backendOnRelay();
        Claim claim = claim("leader");
        loseTheAnswerToTheCreate(backend, claim);

        lead(reconnected(backend), claim);

        assertThat(stage.children()).hasSize(1);
    }

    @Test
    void aCreateThatNeverArrivedIsMadeAgain() throws Exception {
        ZooKeeperBackend backend = backendOnRelay();
        Claim claim = claim("leader");
        loseTheCreate(backend, claim);

        lead(reconnected(backend), claim);

        assertThat(stage.children()).hasSize(1);
    }

    @Test
    void aCreateWhoseAnswerWasLostIsWithdrawn() throws Exception {
        ZooKeeperBackend backend = backendOnRelay();
        Claim claim = claim("leader");
        loseTheAnswerToTheCreate(backend, claim);
        await().ignoreExceptions().until(() -> isWithdrawn(backend, claim));

        assertThat(stage.children()).isEmpty();
    }

    @Test
    void anotherSessionsNodeIsNotAdoptedThoughItCarriesOurNonce() throws Exception {
        ZooKeeperBackend backend = backendOnRelay();
        Claim claim = claim("leader");
        loseTheCreate(backend, claim);
        stage.client
                .create()
                .creatingParentContainersIfNeeded()
                .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
                .forPath(PATH + "/" + Line.nameFor(claim.nonce()));

        refused(acquire(reconnected(backend), claim));
        assertThat(stage.children()).hasSize(2);
        withdraw(backend, claim);

        assertThat(stage.children()).hasSize(1);
    }

    @Test
    void aNodeThatIsNotOursSurvivesTheWithdrawalOfAnUnsureClaim() throws Exception {
        ZooKeeperBackend backend = backendOnRelay();
        Claim claim = claim("leader");
        loseTheCreate(backend, claim);
        stage.client
                .create()
                .creatingParentContainersIfNeeded()
                .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
                .forPath(PATH + "/" + Line.nameFor(claim.nonce()));

        withdraw(reconnected(backend), claim);

        assertThat(stage.children()).hasSize(1);
    }

    private ZooKeeperBackend backendOnHandles() {
        ZooKeeperBackend backend =
                stage.backend(builder -> builder.curator(curator -> curator.zookeeperFactory(handles)));
        backend.check(ELECTION, TIMING);
        return backend;
    }

    private ZooKeeperBackend backendOnRelay() throws Exception {
        relay = new Relay(stage.server.getPort());
        stage.closeLater(relay::close);
        ZooKeeperBackend backend = ZooKeeperBackend.builder(relay.address())
                .tickTime(Stage.TICK)
                .shutdownHook(false)
                .build();
        stage.closeLater(backend);
        backend.check(ELECTION, TIMING);
        backend.observe(ELECTION, Stage.TIMING, heard);
        return reconnected(backend);
    }

    private ZooKeeperBackend reconnected(ZooKeeperBackend backend) {
        await().until(() -> heard.count("watching true") == heard.count("watching false") + 1);
        return backend;
    }

    private void loseTheAnswerToTheCreate(ZooKeeperBackend backend, Claim claim) throws Exception {
        Relay losing = Objects.requireNonNull(relay);
        // Or the answer lost would be that the parents are missing.
        stage.client.create().creatingParentContainersIfNeeded().forPath(PATH);
        losing.loseAnswers();
        CompletionStage<Answer> acquire = backend.acquire(claim, in(backend, Duration.ofSeconds(3)));
        await().until(() -> stage.children().size() == 1);
        losing.cut();
        assertThat(sentence(acquire)).contains("not reachable");
        await().until(() -> heard.heard("watching false"));
    }

    private void loseTheCreate(ZooKeeperBackend backend, Claim claim) throws Exception {
        Relay losing = Objects.requireNonNull(relay);
        losing.loseRequests();
        CompletionStage<Answer> acquire = backend.acquire(claim, in(backend, Duration.ofSeconds(3)));
        await().until(() -> losing.hasLost(claim.nonce()));
        losing.cut();
        assertThat(sentence(acquire)).contains("not reachable");
        await().until(() -> heard.heard("watching false"));
    }

    private void endAtServer(ZooKeeper session) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper second = new ZooKeeper(
                stage.server.getConnectString(),
                4000,
                event -> connected.countDown(),
                session.getSessionId(),
                session.getSessionPasswd());
        assertThat(connected.await(2, TimeUnit.MINUTES)).isTrue();
        second.close();
    }

    private static boolean isWithdrawn(ZooKeeperBackend backend, Claim claim) throws Exception {
        try {
            withdraw(backend, claim);
            return true;
        } catch (ExecutionException e) {
            assertThat(e).hasRootCauseInstanceOf(BackendException.class);
            return false;
        }
    }

    /** What {@code stage} failed with. */
    private static String sentence(CompletionStage<?> stage) throws Exception {
        try {
            return "did not fail: " + Stage.get(stage);
        } catch (ExecutionException e) {
            assertThat(e).cause().isInstanceOf(BackendException.class);
            return String.valueOf(Objects.requireNonNull(e.getCause()).getMessage());
        }
    }

    private static final class CreatorOnly implements org.apache.curator.framework.api.ACLProvider {
        @Override
        public List<ACL> getDefaultAcl() {
            return List.of(new ACL(ZooDefs.Perms.ALL, new Id("auth", "")));
        }

        @Override
        public List<ACL> getAclForPath(String path) {
            return List.of(new ACL(ZooDefs.Perms.ALL, new Id("auth", "")));
        }
    }

    /** Makes plain handles, and remembers them. */
    private static final class Handles implements ZookeeperFactory {
        private final List<ZooKeeper> made = new CopyOnWriteArrayList<>();

        ZooKeeper newest() {
            return made.get(made.size() - 1);
        }

        @Override
        public ZooKeeper newZooKeeper(String connect, int timeout, Watcher watcher, boolean readOnly) throws Exception {
            ZooKeeper handle = new ZooKeeper(connect, timeout, watcher);
            made.add(handle);
            return handle;
        }
    }
}
