package dev.baton.etcd;

import static dev.baton.etcd.Stage.TIMING;
import static dev.baton.etcd.Stage.acquire;
import static dev.baton.etcd.Stage.claim;
import static dev.baton.etcd.Stage.granted;
import static dev.baton.etcd.Stage.lead;
import static dev.baton.etcd.Stage.prefix;
import static dev.baton.etcd.Stage.refused;
import static dev.baton.etcd.Stage.renew;
import static dev.baton.etcd.Stage.withdraw;
import static dev.baton.etcd.Waits.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The rules of the SPI on one real member. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdBackendIT {
    @AutoClose
    private Stage stage;

    private ElectionName election = Stage.election();
    private EtcdBackend one;
    private EtcdBackend other;
    private Stage.Heard heard = new Stage.Heard();

    @BeforeAll
    void start() throws Exception {
        stage = new Stage(1);
        stage.warmUp();
    }

    @BeforeEach
    void begin() {
        election = Stage.election();
        heard = new Stage.Heard();
        one = stage.backend();
        other = stage.backend();
        one.check(election, TIMING);
    }

    @AfterEach
    void end() throws Exception {
        stage.closeWhatIsOpen();
    }

    private Claim by(String identity) {
        return claim(election, identity);
    }

    private List<String> keys() {
        return stage.keys(prefix(election));
    }

    @Test
    void theFirstIsGrantedAndTheNextIsRefusedWithItsName() throws Exception {
        Answer.Granted granted = lead(one, by("first"));
        other.observe(election, TIMING, heard);
        await().until(() -> heard.heard("watching true"));
        Answer.Refused refused = refused(acquire(other, by("second")));

        assertThat(granted.guaranteedFor()).isEqualTo(TIMING.leaseDuration());
        assertThat(Objects.requireNonNull(refused.holder()).identity()).isEqualTo("first");
        assertThat(refused.holder().token()).isEqualTo(granted.token());
        assertThat(refused.chance()).isEqualTo(Chance.whenTold());
    }

    @Test
    void whenTheLeaderWithdrawsTheNextIsToldAndGrantedWithAGreaterToken() throws Exception {
        Claim first = by("first");
        Claim second = by("second");
        FencingToken before = lead(one, first).token();
        other.observe(election, TIMING, heard);
        refused(acquire(other, second));

        withdraw(one, first);
        await().until(() -> heard.heard("turn second granted"));
        Answer.Granted after = lead(other, second);

        assertThat(after.token()).isGreaterThan(before);
        assertThat(refused(renew(one, first)).chance()).isEqualTo(Chance.now());
    }

    @Test
    void aTurnIsGivenOnlyToWhoHasNobodyLeftAhead() throws Exception {
        EtcdBackend third = stage.backend();
        Claim a = by("a");
        Claim b = by("b");
        Claim c = by("c");
        lead(one, a);
        refused(acquire(other, b));
        third.observe(election, TIMING, heard);
        refused(acquire(third, c));
        other.observe(election, TIMING, heard);

        withdraw(other, b);
        refused(acquire(third, c));
        assertThat(heard.all).noneMatch(event -> event.startsWith("turn"));
        withdraw(one, a);

        await().until(() -> heard.heard("turn c"));
        lead(third, c);
    }

    @Test
    void tokensGrowFromTermToTerm() throws Exception {
        List<FencingToken> tokens = new ArrayList<>();
        for (int term = 0; term < 4; term++) {
            Claim claim = by("again");
            tokens.add(lead(term % 2 == 0 ? one : other, claim).token());
            withdraw(term % 2 == 0 ? one : other, claim);
        }

        assertThat(tokens).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void theEpochComesBeforeTheNumber() throws Exception {
        EtcdBackend restored = stage.backend(builder -> builder.epoch(3));

        assertThat(lead(restored, by("restored")).token().epoch()).isEqualTo(3);
    }

    @Test
    void aRenewalRepeatsTheTokenAndIsCountedFromALaterSending() throws Exception {
        Claim claim = by("leader");
        Answer.Granted acquired = lead(one, claim);
        Moment last = acquired.sentAt();

        for (int renewal = 0; renewal < 5; renewal++) {
            Answer.Granted renewed = granted(renew(one, claim));
            assertThat(last.isBefore(renewed.sentAt())).isTrue();
            assertThat(renewed.sentAt().isBefore(one.runtime().timekeeper().now()))
                    .isTrue();
            assertThat(renewed.token()).isEqualTo(acquired.token());
            last = renewed.sentAt();
        }
    }

    @Test
    void aKeyIsLaidOutAsGosClientsDo() throws Exception {
        lead(one, by("leader"));

        assertThat(keys()).singleElement().asString().matches("/baton/" + election + "/[0-9a-f]{1,16}");
        assertThat(stage.cluster.etcdctl("get", "--print-value-only", keys().get(0)))
                .isEqualToIgnoringWhitespace("leader");
    }

    @Test
    void aKeyDeletedByHandIsLostAtOnceAndNotRenewed() throws Exception {
        Claim claim = by("leader");
        one.observe(election, TIMING, heard);
        lead(one, claim);

        stage.cluster.etcdctl("del", keys().get(0));

        await().until(() -> heard.heard("lost leader"));
        refused(renew(one, claim));
        refused(acquire(one, claim));
        assertThat(keys()).isEmpty();
    }

    @Test
    void aStandbysKeyDeletedByHandIsLostAndItsClaimCanStandInLineAgain() throws Exception {
        Claim waiting = by("waiting");
        lead(one, by("leader"));
        String leaders = keys().get(0);
        other.observe(election, TIMING, heard);
        refused(acquire(other, waiting));

        String key = keys().stream()
                .filter(each -> !each.equals(leaders))
                .findFirst()
                .orElseThrow();
        stage.cluster.etcdctl("del", key);

        await().until(() -> heard.heard("lost waiting"));
        refused(acquire(other, waiting));
        assertThat(keys()).hasSize(2);
    }

    @Test
    void aKeyOverwrittenByHandIsLostAndRemovedByItsWithdrawal() throws Exception {
        Claim claim = by("leader");
        one.observe(election, TIMING, heard);
        lead(one, claim);

        stage.cluster.etcdctl("put", keys().get(0), "usurper");

        await().until(() -> heard.heard("lost leader: its key"));
        refused(renew(one, claim));
        withdraw(one, claim);
        assertThat(keys()).isEmpty();
    }

    @Test
    void aLeaseRevokedBehindTheBackIsNoticedAndAnotherTakesItsPlace() throws Exception {
        Claim claim = by("leader");
        one.observe(election, TIMING, heard);
        lead(one, claim);
        String lease = keys().get(0).substring(prefix(election).length());

        stage.cluster.etcdctl("lease", "revoke", lease);

        await().until(() -> heard.heard("lost leader"));
        refused(renew(one, claim));
        withdraw(one, claim);
        Claim next = by("next");
        lead(one, next);
        assertThat(keys()).singleElement().asString().doesNotContain(lease);
        granted(renew(one, next));
    }

    @Test
    void aSentinelDeletedByHandEndsTheLeaseAndItsTerms() throws Exception {
        Claim claim = by("leader");
        one.observe(election, TIMING, heard);
        lead(one, claim);
        String lease = keys().get(0).substring(prefix(election).length());

        stage.cluster.etcdctl("del", "/baton/.session/" + lease);

        await().until(() -> heard.heard("lost leader"));
        await().untilAsserted(() -> assertThat(keys()).isEmpty());
        withdraw(one, claim);
        lead(one, by("next"));
    }

    @Test
    void anObserverHearsOfEveryLeaderAndOfTheVacancy() throws Exception {
        EtcdBackend onlooker = stage.backend();
        onlooker.observe(election, TIMING, heard);
        await().until(() -> heard.heard("vacant"));
        Claim first = by("first");
        Claim second = by("second");

        lead(one, first);
        await().until(() -> heard.heard("held first"));
        refused(acquire(other, second));
        withdraw(one, first);
        await().until(() -> heard.heard("held second"));
        withdraw(other, second);

        await().until(() -> heard.count("vacant") == 2);
        assertThat(heard.all.subList(0, 2)).containsExactly("watching true", "vacant");
    }

    @Test
    void candidatesOfOneBackendLeadOneAfterAnother() throws Exception {
        Claim first = by("first");
        Claim second = by("second");
        one.observe(election, TIMING, heard);
        FencingToken before = lead(one, first).token();
        assertThat(Objects.requireNonNull(refused(acquire(one, second)).holder())
                        .holds(first))
                .isTrue();

        withdraw(one, first);
        await().until(() -> heard.heard("turn second granted"));

        assertThat(lead(one, second).token()).isGreaterThan(before);
    }

    @Test
    void aClosedBackendLeavesNothingBehind() throws Exception {
        lead(one, by("leader"));
        String lease = keys().get(0).substring(prefix(election).length());

        one.close();

        assertThat(keys()).isEmpty();
        assertThat(stage.cluster.etcdctl("lease", "list")).doesNotContain(lease);
        lead(other, by("next"));
    }

    @Test
    void theLeaseIsRevokedWhenTheLastElectionEnds() throws Exception {
        Claim claim = by("leader");
        lead(one, claim);
        String lease = keys().get(0).substring(prefix(election).length());

        withdraw(one, claim);

        await().untilAsserted(
                        () -> assertThat(stage.cluster.etcdctl("lease", "list")).doesNotContain(lease));
    }

    @Test
    void hundredsOfElectionsShareOneLeaseAndOneWatch() throws Exception {
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Claim claim = claim(ElectionName.parse("many/" + election.name() + "-" + i), "leader");
            claims.add(claim);
            CompletionStage<Answer> all = one.acquire(claim, Stage.in(one, Duration.ofSeconds(20)));
            assertThat(all).isNotNull();
        }
        for (Claim claim : claims) {
            // What a busy machine did not answer in time is asked for again, as an election does.
            Stage.leadInTheEnd(one, claim);
        }
        List<String> leases = stage.keys("/baton/many/").stream()
                .map(key -> key.substring(key.lastIndexOf('/') + 1))
                .distinct()
                .toList();

        assertThat(leases).hasSize(1);
        assertThat(stage.keys("/baton/.session/")).contains("/baton/.session/" + leases.get(0));
        for (Claim claim : claims) {
            granted(renew(one, claim));
        }
    }

    @Test
    void aDeposedLeadersTransactionIsRefusedByEtcdItself() throws Exception {
        Claim claim = by("leader");
        FencingToken token = lead(one, claim).token();
        EtcdFence fence = one.fence(election, token);
        try (Client client =
                Client.builder().endpoints(stage.cluster.endpoint(0)).build()) {
            ByteSequence key = ByteSequence.from("/data/" + election, UTF_8);
            ByteSequence value = ByteSequence.from("x", UTF_8);
            assertThat(put(fence, client, key, value).isSucceeded()).isTrue();

            stage.cluster.etcdctl("del", keys().get(0));
            lead(other, by("next"));

            assertThat(put(fence, client, key, ByteSequence.from("late", UTF_8)).isSucceeded())
                    .isFalse();
            assertThat(stage.cluster.etcdctl("get", "--print-value-only", "/data/" + election))
                    .isEqualToIgnoringWhitespace("x");
        }
        await().untilAsserted(() -> assertThatIllegalStateException().isThrownBy(() -> one.fence(election, token)));
    }

    private static TxnResponse put(EtcdFence fence, Client client, ByteSequence key, ByteSequence value)
            throws Exception {
        return fence.guard(client.getKVClient())
                .Then(Op.put(key, value, PutOption.DEFAULT))
                .commit()
                .get(2, TimeUnit.MINUTES);
    }

    @Test
    void aLeaseShorterThanTheServersGrantIsCountedAsGranted() throws Exception {
        ElectionTiming brief = ElectionTiming.of(Duration.ofSeconds(1), Duration.ofMillis(700), Duration.ofMillis(200));
        Claim claim = new Claim(election, "brief", "nonce-brief", brief);

        assertThat(lead(one, claim).guaranteedFor()).isEqualTo(Duration.ofSeconds(2));
    }
}
