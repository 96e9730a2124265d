package dev.baton.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import dev.baton.cli.status.Status.Election;
import dev.baton.cli.status.Status.EtcdMember;
import dev.baton.cli.status.Status.Place;
import dev.baton.cli.status.Status.State;
import dev.baton.cli.status.Status.ZooKeeperMember;
import dev.baton.spi.Printable;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of what a store says, without a store. */
class StatusTest {
    private static final Instant RENEWED = Instant.parse("2026-01-02T03:04:05.123456Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String LEASE = """
            {"spec": {"holderIdentity": "ada", "leaseDurationSeconds": 15, "acquireTime": "2026-01-02T03:00:00.000000Z",
             "renewTime": "2026-01-02T03:04:05.123456Z", "leaseTransitions": 3}}""";

    @Test
    void leaseIsLedUntilItsDurationHasPassedSinceItsRenewal() throws IOException {
        LeaderRecord record = LeaderRecord.ofLease(JSON.readTree(LEASE));

        Election led = record.at("orders/x", RENEWED.plusSeconds(15));
        assertThat(led.state()).isEqualTo(State.LED);
        assertThat(led.holder()).isEqualTo("ada");
        assertThat(led.transitions()).isEqualTo(3);
        assertThat(led.since()).isEqualTo(Instant.parse("2026-01-02T03:00:00Z"));
        assertThat(led.remarks()).isEmpty();

        Election expired = record.at("orders/x", RENEWED.plusSeconds(15 + 180));
        assertThat(expired.state()).isEqualTo(State.EXPIRED);
        assertThat(expired.remarks())
                .containsExactly(
                        "no leader: the lease of ada ran out 3 m ago; its holder did not renew it, and no standby took over");
    }

    @Test
    void leaseThatSaysLessIsReadAsFarAsItGoes() throws IOException {
        for (String free :
                List.of("{}", "{\"spec\": {\"holderIdentity\": \"\"}}", "{\"spec\": {\"holderIdentity\": null}}")) {
            assertThat(LeaderRecord.ofLease(JSON.readTree(free))
                            .at("a/b", RENEWED)
                            .state())
                    .isEqualTo(State.VACANT);
        }
        Election vague = LeaderRecord.ofLease(JSON.readTree("{\"spec\": {\"holderIdentity\": \"ada\"}}"))
                .at("a/b", RENEWED);
        assertThat(vague.state()).isEqualTo(State.UNKNOWN);
        assertThat(vague.holder()).isEqualTo("ada");
        assertThat(vague.remarks()).singleElement().asString().contains("does not say when it was renewed");
    }

    @Test
    void holderWhoseClockIsAheadIsSaidToBe() throws IOException {
        Election ahead = LeaderRecord.ofLease(JSON.readTree(LEASE)).at("a/b", RENEWED.minusSeconds(60));

        assertThat(ahead.state()).isEqualTo(State.LED);
        assertThat(ahead.remarks()).singleElement().asString().startsWith("renewed 60 s in the future");
    }

    /** An annotation may say any time; Kubernetes' own clock, and this one, may not be able to add to it. */
    @ParameterizedTest
    @CsvSource({
        "+999999999-12-31T23:59:59Z, 15, LED",
        "-999999999-01-01T00:00:00Z, 15, EXPIRED",
        "+999999999-12-31T23:59:59Z, 2147483647, LED",
        "9999-12-31T23:59:59Z, 15, LED",
        "1677-01-01T00:00:00Z, 15, EXPIRED",
        "2026-01-02T03:04:05Z, 99999999999, UNKNOWN",
        "2026-01-02T03:04:05Z, -15, UNKNOWN",
        "2026-01-02T03:04:05Z, 0, UNKNOWN"
    })
    void timesAndDurationsOfAnySizeAreShown(String renewed, String seconds, State state) {
        LeaderRecord record =
                Objects.requireNonNull(LeaderRecord.ofAnnotation(annotated("""
                {"holderIdentity":"bob","leaseDurationSeconds":%s,"renewTime":"%s","acquireTime":"%s",
                "leaderTransitions":99999999999}""".formatted(seconds, renewed, renewed))));
        Election shown = record.at("a/b", RENEWED);
        assertThat(shown.state()).isEqualTo(state);
        assertThat(shown.transitions()).isNull();
        Status status = new Status("configmap", "here", RENEWED, List.of(shown), null, List.of());
        assertThat(StatusText.of(status)).contains("bob");
        assertThat(StatusTree.json(status)).contains("bob");
    }

    @Test
    void leaseThatNeverEndsIsRemarkedOn() throws IOException {
        LeaderRecord record = LeaderRecord.ofLease(JSON.readTree(LEASE.replace("15,", "2147483647,")));
        Election led = record.at("a/b", RENEWED);
        assertThat(led.state()).isEqualTo(State.LED);
        assertThat(led.remarks()).singleElement().asString().contains("ada has a lease of 24855 d 3 h", "blank");
        assertThat(LeaderRecord.ofLease(JSON.readTree(LEASE.replace("15,", "86400,")))
                        .at("a/b", RENEWED)
                        .remarks())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10, 4, 6",
        "10, 10, 0",
        "10, 11, 0",
        "9000000000, 1, 8999999999",
        "9223372036854775807, 1, 8999999999",
        "-9223372036854775808, 1, 0"
    })
    void whatALeaseHasUsedUpIsNoMoreThanAnyLeaseHas(long granted, long left, long used) {
        LeaseTimeToLiveResponse lease =
                new LeaseTimeToLiveResponse(io.etcd.jetcd.api.LeaseTimeToLiveResponse.newBuilder()
                        .setGrantedTTL(granted)
                        .setTTL(left)
                        .build());
        assertThat(EtcdReader.used(lease)).isEqualTo(used);
    }

    /** As a LeaderLatch without an id, or {@code etcdctl elect} with nothing to say. */
    @Test
    void candidateThatWroteNothingIsCalledByItsKeyOrNode() {
        KeyValue blank = new KeyValue(
                io.etcd.jetcd.api.KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8("/baton/orders/x/5"))
                        .build(),
                ByteSequence.EMPTY);
        assertThat(EtcdReader.called(blank)).isEqualTo("/baton/orders/x/5");
        assertThat(new ZooKeeperReader.Node("_c_aa-latch-0000000001", "", new Stat()).called())
                .isEqualTo("_c_aa-latch-0000000001");
    }

    @Test
    void annotationIsReadWithAnyWidthOfFractions() throws IOException {
        LeaderRecord record = Objects.requireNonNull(LeaderRecord.ofAnnotation(annotated("""
                {"holderIdentity":"bob","leaseDurationSeconds":15,"acquireTime":"2026-01-02T03:04:05Z",
                "renewTime":"2026-01-02T03:04:05.123Z","leaderTransitions":7}""")));

        assertThat(record.at("a/b", RENEWED).transitions()).isEqualTo(7);
        assertThat(record.at("a/b", RENEWED).state()).isEqualTo(State.LED);
        assertThat(LeaderRecord.ofAnnotation(annotated("no record"))).isNull();
    }

    private static ObjectNode annotated(String text) {
        var object = JSON.createObjectNode();
        object.putObject("metadata").putObject("annotations").put(LeaderRecord.ANNOTATION, text);
        return object;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            4711 nonce-1 | nonce-1 2026-01-02T03:04:05.123456Z ada pod | 4711
            4711 nonce-0 | nonce-1 2026-01-02T03:04:05.123456Z ada pod | none
            4711         | nonce-1 2026-01-02T03:04:05.123456Z ada pod | none
            -1 nonce-1   | nonce-1 2026-01-02T03:04:05.123456Z ada pod | none
            4711 nonce-1 | nonce-1 2026-01-02T03:04:05.123457Z ada pod | none
            4711 nonce-1 | nonce-1 2026-01-02T03:04:05.123456Z bob     | none
            4711 nonce-1 | nonce-1 then ada pod                        | none
            4711 nonce-1 | nonce-1                                     | none
            """)
    void tokenIsShownBesideTheRecordThatItWasWrittenWithAlone(String token, String claim, @Nullable Long shown) {
        ObjectNode lease = JSON.createObjectNode();
        lease.putObject("metadata")
                .putObject("annotations")
                .put("baton.dev/fencing-token", token)
                .put("baton.dev/claim", claim);
        lease.putObject("spec")
                .put("holderIdentity", "ada pod")
                .put("leaseDurationSeconds", 15)
                .put("renewTime", "2026-01-02T03:04:05.123456Z");

        assertThat(LeaderRecord.ofLease(lease).at("a/b", RENEWED).token()).isEqualTo(shown);
    }

    @Test
    void tokenBesideAnAnnotationIsComparedInItsWholeSeconds() {
        ObjectNode object = annotated("""
                {"holderIdentity":"bob","leaseDurationSeconds":15,"renewTime":"2026-01-02T03:04:05Z"}""");
        ObjectNode annotations = (ObjectNode) object.path("metadata").path("annotations");
        annotations.put("baton.dev/fencing-token", "12 n").put("baton.dev/claim", "n 2026-01-02T03:04:05.999999Z bob");
        assertThat(Objects.requireNonNull(LeaderRecord.ofAnnotation(object)).token())
                .isEqualTo(12);

        annotations.put("baton.dev/claim", "n 2026-01-02T03:04:06.000000Z bob");
        assertThat(Objects.requireNonNull(LeaderRecord.ofAnnotation(object)).token())
                .isNull();
    }

    @Test
    void jsonAndYamlAreTheSameObject() throws IOException {
        Status status = status(election("orders/x", State.LED, "ada", 7));

        JsonNode json = JSON.readTree(StatusTree.json(status));

        assertThat(new YAMLMapper().readTree(StatusTree.yaml(status))).isEqualTo(json);
        assertThat(JSON.readTree(StatusTree.jsonLine(status))).isEqualTo(json);
        assertThat(StatusTree.jsonLine(status)).hasLineCount(1);
        JsonNode election = json.path("elections").get(0);
        assertThat(election.path("state").asText()).isEqualTo("LED");
        assertThat(election.path("renewed").asText()).isEqualTo(RENEWED.toString());
        assertThat(election.path("leaseDuration").asInt()).isEqualTo(15);
        assertThat(election.path("transitions").isNull()).isTrue();
        assertThat(json.path("members").get(0).path("leader").asBoolean()).isTrue();
    }

    @Test
    void tablesSayWhoLeadsWhoWaitsAndWhatIsWrong() {
        Status status = status(
                election("orders/x", State.LED, "ada", 7),
                Election.without("orders/y", State.VACANT, "no leader: there is no key below /baton/orders/y/"));

        String text = StatusText.of(status);

        assertThat(text.lines().map(line -> line.replaceAll(" {2,}", " | ")))
                .contains(
                        "ELECTION | LEADER | SINCE | RENEWED | TRANSITIONS | TOKEN | IN LINE",
                        "orders/x | ada | - | 3.0 s ago | - | 7 | 2",
                        "orders/y | (none) | - | - | - | - | -",
                        "orders/y: no leader: there is no key below /baton/orders/y/",
                        "orders/x | 2 | bob | 9 | - | /baton/orders/x/2",
                        "8e9e | one | http://etcd1:2379 | 3.6.5 | 20 kB | leader | 42 | false",
                        "8e9f | two | http://etcd2:2379 | - | - | unreachable | - | false",
                        "warning: something");
    }

    @Test
    void exitCodeIsOfTheWorst() {
        Election led = election("a/b", State.LED, "ada", 1);
        assertThat(StatusCommand.code(status(led))).isZero();
        assertThat(StatusCommand.code(status())).isEqualTo(3);
        assertThat(StatusCommand.code(status(led, election("a/c", State.EXPIRED, "bob", 2))))
                .isEqualTo(3);
        assertThat(StatusCommand.code(status(led, Election.without("a/c", State.ABSENT, "none"))))
                .isEqualTo(3);
        assertThat(StatusCommand.code(status(
                        Election.without("a/c", State.VACANT, "none"), Election.without("a/d", State.UNKNOWN, "?"))))
                .isEqualTo(1);
    }

    @Test
    void renewalIsNoChangeAndEverythingElseIs() {
        Status before = status(election("orders/x", State.LED, "ada", 7));
        Election renewed = new Election(
                "orders/x",
                State.LED,
                "ada",
                null,
                RENEWED.plusSeconds(2),
                Duration.ofSeconds(15),
                null,
                7L,
                before.elections().get(0).inLine(),
                List.of());
        assertThat(StatusChanges.between(before, status(renewed))).isEmpty();
        assertThat(StatusChanges.between(before, status(election("orders/x", State.LED, "bob", 9))))
                .containsExactly("orders/x  bob leads, token 9");
        assertThat(StatusChanges.between(before, status(Election.without("orders/x", State.VACANT, "no leader: none"))))
                .containsExactly("orders/x  no leader: none");
        assertThat(StatusChanges.between(before, status())).containsExactly("orders/x  no leader: it no longer exists");
        assertThat(StatusChanges.between(status(), before)).containsExactly("orders/x  ada leads, token 7");

        Election alone = new Election(
                "orders/x", State.LED, "ada", null, RENEWED, null, null, 7L, List.of(place("ada", 7)), List.of());
        assertThat(StatusChanges.between(before, status(alone))).containsExactly("orders/x  in line: ada");
        Status otherLeader = new Status(
                "etcd",
                "",
                RENEWED,
                before.elections(),
                List.of(member("8e9e", "one", false), member("8e9f", "two", true)),
                List.of("something", "more"));
        assertThat(StatusChanges.between(before, otherLeader))
                .containsExactly(
                        "member one (http://etcd1:2379)  unreachable",
                        "member two (http://etcd2:2379)  leader",
                        "warning: more");
    }

    /** What a terminal, or a reader of a log, would take for more than a name. */
    private static final String EVIL = "ada\u001b[2J\norders/z   eve   3.0 s ago\u009b\u202e\u2028\\u{1b}";

    private static final String SHOWN =
            "ada\\u{1b}[2J\\u{a}orders/z \\u{20}\\u{20}eve \\u{20}\\u{20}3.0 s ago\\u{9b}\\u{202e}\\u{2028}\\u{5c}u{1b}";

    private static Status told(String by) {
        Election led = new Election(
                by,
                State.LED,
                by,
                null,
                RENEWED,
                null,
                null,
                7L,
                List.of(place(by, 7), new Place("bob", by, 9, null)),
                List.of("the key " + by));
        EtcdMember member = new EtcdMember("8e9e", by, by, true, by, 1L, true, 42L, false);
        return new Status(
                "etcd", by, RENEWED.plusSeconds(3), List.of(led), List.of(member), List.of("member says " + by));
    }

    private static void assertPrintable(String text) {
        assertThat(text.lines().count())
                .isEqualTo(text.chars().filter(c -> c == '\n').count());
        assertThat(text.replace("\n", "").codePoints()).as(text).allMatch(Printable::isPrintable);
    }

    @Test
    void strangersTextIsEscapedInTables() {
        String text = StatusText.of(told(EVIL));

        assertPrintable(text);
        assertThat(text.lines())
                .hasSameSizeAs(StatusText.of(told("ada")).lines().toList());
        assertThat(text).contains(SHOWN + "   " + SHOWN + "   -");
        assertPrintable(StatusText.of(new Status("etcd", EVIL, RENEWED, List.of(), null, List.of())));
    }

    @Test
    void strangersTextIsEscapedInChanges() {
        List<String> changes = StatusChanges.between(told("bob"), told(EVIL));

        assertThat(changes).anyMatch(change -> change.startsWith(SHOWN + "  " + SHOWN + " leads"));
        assertThat(changes).allSatisfy(change -> assertThat(change.codePoints()).allMatch(Printable::isPrintable));
    }

    @Test
    void strangersTextIsEscapedInChangesOfALine() {
        Status after = told(EVIL);
        Election led = after.elections().get(0);
        Election alone = new Election(
                led.name(),
                led.state(),
                led.holder(),
                led.since(),
                led.renewed(),
                led.leaseDuration(),
                led.transitions(),
                led.token(),
                List.of(),
                led.remarks());
        Status before = new Status(
                "etcd", after.address(), RENEWED, List.of(alone), after.members(), List.of("member says " + EVIL));

        assertThat(StatusChanges.between(before, after)).containsExactly(SHOWN + "  in line: " + SHOWN + ", bob");
    }

    @Test
    void strangersTextIsWholeInJsonAndYamlAndPrintableThere() throws IOException {
        Status status = told(EVIL + "\u007f\udb40\udc41é漢");
        for (String text : List.of(StatusTree.json(status), StatusTree.jsonLine(status), StatusTree.yaml(status))) {
            assertPrintable(text);
            JsonNode read = text.startsWith("{") ? JSON.readTree(text) : new YAMLMapper().readTree(text);
            assertThat(read.path("elections").get(0).path("holder").asText()).isEqualTo(status.address());
        }
        assertThat(StatusTree.json(status)).contains("é漢");
    }

    @Test
    void strangersTextIsEscapedInRemarksOfALease() throws IOException {
        ObjectNode lease = (ObjectNode) JSON.readTree(LEASE);
        ((ObjectNode) lease.get("spec")).put("holderIdentity", EVIL);
        LeaderRecord record = LeaderRecord.ofLease(lease);

        assertThat(record.holder()).isEqualTo(EVIL);
        assertThat(record.at("orders/x", RENEWED.plusSeconds(60)).remarks())
                .singleElement()
                .asString()
                .startsWith("no leader: the lease of " + SHOWN + " ran out");
    }

    @Test
    void agesAreForPeople() {
        assertThat(Ages.text(Duration.ofMillis(1_260))).isEqualTo("1.2 s");
        assertThat(Ages.text(Duration.ofSeconds(-5))).isEqualTo("0.0 s");
        assertThat(Ages.text(Duration.ofSeconds(119))).isEqualTo("119 s");
        assertThat(Ages.text(Duration.ofSeconds(185))).isEqualTo("3 m");
        assertThat(Ages.text(Duration.ofMinutes(125))).isEqualTo("2 h 5 m");
        assertThat(Ages.text(Duration.ofHours(50))).isEqualTo("2 d 2 h");
    }

    @Test
    void serverOfZooKeeperIsWhatItSaysToSrvr() {
        ZooKeeperMember leader = ZooKeeperMembers.read("zk1:2181", """
                Zookeeper version: 3.9.5-abc, built on 2026-01-01 00:00 UTC
                Latency min/avg/max: 0/0.0/0
                Zxid: 0x100000007
                Mode: leader
                """);
        assertThat(leader).isEqualTo(new ZooKeeperMember("zk1:2181", true, "leader", "3.9.5", "0x100000007"));
        assertThat(ZooKeeperMembers.read("a:1", "This ZooKeeper instance is not currently serving requests\n")
                        .state())
                .isEqualTo("not serving");
        assertThat(ZooKeeperMembers.read("a:1", "srvr is not executed because it is not in the whitelist.\n")
                        .state())
                .isEqualTo("srvr not allowed");
    }

    @Test
    void ensembleIsCountedByItsOwnConfiguration() {
        ZooKeeperMembers members = new ZooKeeperMembers("zk1:2181,zk2:2181", Duration.ofSeconds(1));
        List<ZooKeeperMember> seen = List.of(zooKeeper("leader"), zooKeeper("follower"));
        String two = "server.1=zk1:2888:3888:participant\nserver.2=zk2:2888:3888:participant;0.0.0.0:2181\n";

        assertThat(members.judge(seen, two + "version=0"))
                .singleElement()
                .asString()
                .contains("2 voters, an even number");
        assertThat(members.judge(seen, two + "server.3=zk3:2888:3888:participant\nversion=0"))
                .singleElement()
                .asString()
                .contains("3 voters", "--endpoints names 2");
        assertThat(members.judge(
                        List.of(zooKeeper("leader"), zooKeeper("follower"), zooKeeper("unreachable")),
                        two + "server.3=zk3:2888:3888\nserver.4=zk4:2888:3888:observer\nversion=0"))
                .containsExactly(
                        "server zk:2181: unreachable",
                        "the ensemble has 3 voters and 1 observers, of which --endpoints names 3; name the others to see"
                                + " them");
        assertThat(members.judge(List.of(zooKeeper("standalone")), "")).isEmpty();
        assertThat(ZooKeeperMembers.withoutSession(List.of(zooKeeper("not serving"), zooKeeper("unreachable"))))
                .hasSize(2)
                .first()
                .asString()
                .contains("lost its quorum", "of 2 servers named 1 answers, and none serves");
    }

    @Test
    void sinceWhenALeaderLeadsIsToldOnceItIsKnown() {
        Status before = status(election("orders/x", State.LED, "ada", 7));
        Election known = new Election(
                "orders/x",
                State.LED,
                "ada",
                RENEWED,
                RENEWED,
                null,
                null,
                7L,
                before.elections().get(0).inLine(),
                List.of());
        assertThat(StatusChanges.between(before, status(known)))
                .containsExactly("orders/x  ada leads, token 7, since 2026-01-02T03:04:05Z");
    }

    private static ZooKeeperMember zooKeeper(String state) {
        return new ZooKeeperMember("zk:2181", !state.equals("unreachable"), state, null, null);
    }

    private static Status status(Election... elections) {
        return new Status(
                "etcd",
                "http://etcd1:2379",
                RENEWED.plusSeconds(3),
                List.of(elections),
                List.of(member("8e9e", "one", true), member("8e9f", "two", false)),
                List.of("something"));
    }

    private static EtcdMember member(String id, String name, boolean up) {
        String address = "http://etcd" + (name.equals("one") ? 1 : 2) + ":2379";
        return up
                ? new EtcdMember(id, name, address, true, "3.6.5", 20_480L, true, 42L, false)
                : new EtcdMember(id, name, address, false, null, null, false, null, false);
    }

    private static Election election(String name, State state, String holder, long token) {
        return new Election(
                name,
                state,
                holder,
                null,
                RENEWED,
                Duration.ofSeconds(15),
                null,
                token,
                List.of(place(holder, token), new Place("bob", "/baton/orders/x/2", 9, null)),
                List.of());
    }

    private static Place place(String identity, long token) {
        return new Place(identity, "/baton/orders/x/1", token, null);
    }
}
