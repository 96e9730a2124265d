package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static dev.baton.zookeeper.Stage.PATH;
import static dev.baton.zookeeper.Stage.TIMING;
import static dev.baton.zookeeper.Stage.acquire;
import static dev.baton.zookeeper.Stage.claim;
import static dev.baton.zookeeper.Stage.granted;
import static dev.baton.zookeeper.Stage.lead;
import static dev.baton.zookeeper.Stage.refused;
import static dev.baton.zookeeper.Stage.renew;
import static dev.baton.zookeeper.Stage.withdraw;
import static dev.baton.zookeeper.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ZooKeeperBackendIT {
    private Stage stage;
    private ZooKeeperBackend one;
    private ZooKeeperBackend other;
    private final Stage.Heard heard = new Stage.Heard();

    ZooKeeperBackendIT() throws Exception {
        stage = new Stage();
        one = stage.backend();
        other = stage.backend();
    }

    @BeforeEach
    void rules() {
        one.check(ELECTION, TIMING);
        other.check(ELECTION, TIMING);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void theFirstIsGrantedAndTheNextIsRefusedWithItsName() throws Exception {
        Claim first = claim("first");
        Claim second = claim("second");

        Answer.Granted granted = lead(one, first);
        Answer.Refused refused = refused(acquire(other, second));

        assertThat(granted.guaranteedFor()).isGreaterThan(TIMING.renewDeadline());
        assertThat(granted.guaranteedFor()).isLessThanOrEqualTo(TIMING.leaseDuration());
        assertThat(Objects.requireNonNull(refused.holder()).identity()).isEqualTo("first");
        assertThat(refused.holder().holds(first)).isTrue();
        assertThat(refused.holder().token()).isEqualTo(granted.token());
        assertThat(refused.chance()).isEqualTo(Chance.whenTold());
    }

    @Test
    void whenTheLeaderWithdrawsTheNextIsToldAndGrantedWithAGreaterToken() throws Exception {
        Claim first = claim("first");
        Claim second = claim("second");
        FencingToken before = lead(one, first).token();
        other.observe(ELECTION, Stage.TIMING, heard);
        refused(acquire(other, second));

        withdraw(one, first);
        await().until(() -> heard.heard("turn second"));
        Answer.Granted after = lead(other, second);

        assertThat(after.token()).isGreaterThan(before);
        assertThat(refused(renew(one, first)).chance()).isEqualTo(Chance.now());
    }

    @Test
    void aTurnIsGivenOnlyToWhoHasNobodyLeftAhead() throws Exception {
        ZooKeeperBackend third = stage.backend();
        Claim a = claim("a");
        Claim b = claim("b");
        Claim c = claim("c");
        lead(one, a);
        refused(acquire(other, b));
        third.check(ELECTION, TIMING);
        third.observe(ELECTION, Stage.TIMING, heard);
        refused(acquire(third, c));
        other.observe(ELECTION, Stage.TIMING, heard);

        withdraw(other, b);
        refused(acquire(third, c));
        assertThat(heard.all).noneMatch(event -> event.startsWith("turn"));
        withdraw(one, a);

        await().until(() -> heard.heard("turn c"));
        lead(third, c);
    }

    @Test
    void tokensGrowFromTermToTermAlsoAfterTheElectionsNodeWasRemoved() throws Exception {
        List<FencingToken> tokens = new ArrayList<>();
        for (int term = 0; term < 4; term++) {
            Claim claim = claim("again");
            tokens.add(lead(term % 2 == 0 ? one : other, claim).token());
            withdraw(term % 2 == 0 ? one : other, claim);
            if (term == 1) {
                stage.client.delete().forPath(PATH);
            }
        }

        assertThat(tokens).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void theEpochComesBeforeTheNumber() throws Exception {
        ZooKeeperBackend restored = stage.backend(builder -> builder.epoch(3));

        assertThat(lead(restored, claim("restored")).token().epoch()).isEqualTo(3);
    }

    @Test
    void aRenewalIsCountedFromBeforeItsWriteReachedTheServer() throws Exception {
        Claim claim = claim("leader");
        Moment last = lead(one, claim).sentAt();

        for (int renewal = 0; renewal < 10; renewal++) {
            Answer.Granted renewed = granted(renew(one, claim));
            assertThat(last.isBefore(renewed.sentAt())).isTrue();
            assertThat(renewed.sentAt().wall().toEpochMilli())
                    .isLessThanOrEqualTo(heartbeat().getMtime());
            last = renewed.sentAt();
        }
    }

    @Test
    void aRenewalRepeatsTheTokenOfItsAcquire() throws Exception {
        Claim claim = claim("leader");
        FencingToken token = lead(one, claim).token();

        assertThat(granted(renew(one, claim)).token()).isEqualTo(token);
        assertThat(granted(renew(one, claim)).token()).isEqualTo(token);
    }

    /**
     * The client library says of a session that it is expired when it has not reached a server for 4/3 of the timeout, too.
     * So Expired counts only if it was heard sooner than that.
     */
    @Test
    void aSessionIsKnownToBeGoneOnlyIfThatWasHeardSoonerThanTheLibrarySaysSoByItself() {
        CuratorClients clients = new CuratorClients(
                ZooKeeperBackend.builder(stage.server.getConnectString()).settings());
        List<KeeperState> found = new ArrayList<>();
        VirtualRuntime time = new VirtualRuntime();
        clients.end(4_711, new byte[16], Duration.ofSeconds(10), time, found::add);
        assertThat(found).containsExactly(KeeperState.Expired);

        time.passesAtEachLook(Duration.ofSeconds(10));
        clients.end(4_711, new byte[16], Duration.ofSeconds(10), time, found::add);
        assertThat(found).containsExactly(KeeperState.Expired, KeeperState.Disconnected);
    }

    @Test
    void aNodeDeletedByHandIsLostAtOnceAndNotRenewed() throws Exception {
        Claim claim = claim("leader");
        one.observe(ELECTION, Stage.TIMING, heard);
        lead(one, claim);

        stage.client.delete().forPath(PATH + "/" + stage.children().get(0));

        await().until(() -> heard.heard("lost leader"));
        refused(renew(one, claim));
        refused(acquire(one, claim));
        assertThat(stage.children()).isEmpty();
    }

    @Test
    void aStandbysNodeDeletedByHandIsLostAndItsClaimCanStandInLineAgain() throws Exception {
        Claim waiting = claim("waiting");
        lead(one, claim("leader"));
        other.observe(ELECTION, Stage.TIMING, heard);
        refused(acquire(other, waiting));

        String node = stage.children().stream()
                .filter(name -> name.contains(waiting.nonce()))
                .findFirst()
                .orElseThrow();
        stage.client.delete().forPath(PATH + "/" + node);

        await().until(() -> heard.heard("lost waiting"));
        refused(acquire(other, waiting));
        assertThat(stage.children()).hasSize(2);
    }

    @Test
    void anObserverHearsOfEveryLeaderAndOfTheVacancy() throws Exception {
        ZooKeeperBackend onlooker = stage.backend();
        onlooker.observe(ELECTION, Stage.PATIENT, heard);
        await().until(() -> heard.heard("vacant"));
        Claim first = Stage.claim(ELECTION, "first", Stage.PATIENT);
        Claim second = Stage.claim(ELECTION, "second", Stage.PATIENT);

        lead(one, first);
        await().until(() -> heard.heard("held first"));
        refused(acquire(other, second));
        withdraw(one, first);
        await().until(() -> heard.heard("held second"));
        withdraw(other, second);

        await().until(() -> heard.count("vacant") == 2);
        assertThat(heard.all)
                .containsExactly("vacant", "watching true", "held first", "held second", "vacant")
                .doesNotContain("watching false");
    }

    @Test
    void aLateObserverIsToldWhatIsKnown() throws Exception {
        lead(one, claim("leader"));
        one.observe(ELECTION, Stage.TIMING, new Stage.Heard());
        one.observe(ELECTION, Stage.TIMING, heard);

        await().until(() -> heard.heard("held leader") && heard.heard("watching true"));
    }

    @Test
    void aClosedObservationHearsNothingMore() throws Exception {
        Claim claim = claim("leader");
        var observation = one.observe(ELECTION, Stage.TIMING, heard);
        lead(one, claim);
        await().until(() -> heard.heard("held leader"));
        observation.close();
        observation.close();
        int before = heard.all.size();

        withdraw(one, claim);
        lead(one, claim("next"));

        assertThat(heard.all).hasSize(before);
    }

    @Test
    void aClaimNeverTriedIsWithdrawnAtOnceAndNeverRenewed() throws Exception {
        withdraw(one, claim("nobody"));
        refused(renew(one, claim("nobody")));
    }

    @Test
    void twoCandidatesOfOneInstanceStandInLineTogether() throws Exception {
        Claim first = claim("first");
        Claim second = claim("second");
        one.observe(ELECTION, Stage.TIMING, heard);
        lead(one, first);
        refused(acquire(one, second));

        withdraw(one, first);

        await().until(() -> heard.heard("turn second"));
        lead(one, second);
        assertThat(heard.count("turn")).isEqualTo(1);
    }

    @Test
    void aHundredElectionsWriteNoMoreThanOne() throws Exception {
        List<Claim> claims = new ArrayList<>();
        for (int number = 0; number < 100; number++) {
            Claim claim = Stage.claim(new ElectionName("orders", "shard-" + number), "leader", Stage.PATIENT);
            lead(one, claim);
            claims.add(claim);
        }

        Stat heartbeat = heartbeat();
        long before = zxid();
        for (int round = 0; round < 5; round++) {
            for (Claim claim : claims) {
                granted(renew(one, claim));
            }
        }
        long writes = zxid() - before - 1;
        int beats = heartbeat().getVersion() - heartbeat.getVersion();

        assertThat(beats).as("for five hundred renewals").isBetween(4, 250);
        assertThat(writes).isBetween(beats - 1L, beats + 1L);
        assertThat(stage.client.getChildren().forPath("/baton/.heartbeat")).hasSize(1);
    }

    @Test
    void theHeartbeatGoesOnWithANewNodeWhenItsOwnIsDeleted() throws Exception {
        Claim claim = claim("leader");
        lead(one, claim);
        granted(renew(one, claim));
        long old = heartbeat().getCzxid();

        stage.client.delete().forPath(heartbeatPath());

        for (int renewal = 0; renewal < 3; renewal++) {
            granted(renew(one, claim));
        }
        assertThat(heartbeat().getCzxid()).isGreaterThan(old);
    }

    @Test
    void closingLeavesNothingBehind() throws Exception {
        lead(one, claim("leader"));

        one.close();
        one.close();

        assertThat(stage.children()).isEmpty();
        assertThat(one.acquire(claim("late"), Stage.in(one, Duration.ofSeconds(1))))
                .failsWithin(Waits.LIMIT)
                .withThrowableThat()
                .withMessageContaining("closed");
    }

    private String heartbeatPath() throws Exception {
        return "/baton/.heartbeat/"
                + stage.client.getChildren().forPath("/baton/.heartbeat").get(0);
    }

    private Stat heartbeat() throws Exception {
        return stage.client.checkExists().forPath(heartbeatPath());
    }

    /** The number of the newest write, which is one of our own. */
    private long zxid() throws Exception {
        Stat stat = new Stat();
        stage.client.create().orSetData().storingStatIn(stat).forPath("/probe");
        return stat.getMzxid();
    }
}
