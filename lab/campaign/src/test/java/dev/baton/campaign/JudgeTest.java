package dev.baton.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.campaign.Fault.Kind;
import dev.baton.campaign.candidate.Store;
import dev.baton.campaign.process.Elector;
import dev.baton.verify.Finding;
import dev.baton.verify.HtmlReport;
import dev.baton.verify.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the judge makes of diaries in which everything is right, and of such in which one thing is not. */
class JudgeTest {
    private static final Duration SLACK = Duration.ofSeconds(2);

    private final List<Struck> struck = new ArrayList<>();
    private final List<Registers.Applied> history = new ArrayList<>();
    private final StringBuilder ada = new StringBuilder();
    private final StringBuilder adaAgain = new StringBuilder();
    private final StringBuilder ben = new StringBuilder();
    private Elector elector = Elector.BATON;

    @Test
    void findsNothingWrongWithAHandOver() throws IOException {
        handOver();
        Judgement judgement = judgement();
        assertThat(judgement.verification().findings()).isEmpty();
        assertThat(judgement.fenced().done()).isEqualTo(2);
        assertThat(judgement.effects().get(0).changed()).isTrue();
        assertThat(judgement.effects().get(0).leaderless()).isEqualTo(Duration.ofSeconds(6));
        assertThat(judgement.effects().get(0).afterHealing()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void findsTwoThatLead() throws IOException {
        handOver();
        claims(ada, 9, 11);
        assertBroken(Rule.ONE_LEADER, "ada-1 and ben-1 both said that they led for 1.000 s");
    }

    @Test
    void explainsTwoThatLeadByAHandWithinARetryPeriodOfIt() throws IOException {
        handOver();
        claims(ada, 9, 10.1);
        struck.add(hand());
        assertExplained("\"lease revoked\"), and is within 500ms of it");
    }

    @Test
    void doesNotExplainByAHandWhatLastsLongerThanARetryPeriodWhileTheLeaderIsConnected() throws IOException {
        handOver();
        claims(ada, 9, 10.2);
        struck.add(hand());
        assertBroken(Rule.ONE_LEADER, "both said that they led for 200.0 ms");
    }

    @Test
    void explainsByAHandWhatIsWithinRenewDeadlineWhereTheLeaderWasCutOff() throws IOException {
        handOver();
        claims(ada, 9, 11);
        struck.add(blackHole("ada"));
        struck.add(hand());
        assertExplained("\"lease revoked\"), and is within 3s of it");
    }

    @Test
    void explainsByAHandWhatIsWithinRenewDeadlineWhereTheStoreWasStruck() throws IOException {
        handOver();
        claims(ada, 9, 11);
        struck.add(Struck.alone("etcd leader killed", Kind.STORE, "store", false, seconds(9.4), seconds(12)));
        struck.add(hand());
        assertExplained("\"lease revoked\"), and is within 3s of it");
    }

    @Test
    void doesNotExplainByAHandAndWhatHappenedToAnother() throws IOException {
        handOver();
        claims(ada, 9, 11);
        struck.add(blackHole("cleo"));
        struck.add(hand());
        assertBroken(Rule.ONE_LEADER, "both said that they led for 1.000 s");
    }

    @Test
    void doesNotExplainByAHandAndWhatHadBeenHealedBefore() throws IOException {
        handOver();
        claims(ada, 9, 11);
        struck.add(Struck.alone("black hole", Kind.NETWORK, "ada", true, seconds(7), seconds(9)));
        struck.add(hand());
        assertBroken(Rule.ONE_LEADER, "both said that they led for 1.000 s");
    }

    @Test
    void explainsByTheEndOfASessionWhatIsWithinRenewDeadline() throws IOException {
        handOver();
        claims(ada, 9, 11);
        struck.add(Struck.alone("session ended", Kind.SESSION, "record", false, seconds(9.5), seconds(9.6)));
        assertExplained("\"session ended\"), and is within 3s of it");
    }

    @Test
    void explainsTwoRunsOfOneCandidateByAHandAndTheEndOfTheFirst() throws IOException {
        claims(ada, 1, 6);
        struck.add(Struck.alone("killed", Kind.CANDIDATE, "ada", true, seconds(4), seconds(5)));
        struck.add(Struck.alone("lease revoked", Kind.HAND, "record", false, seconds(4), seconds(4.1)));
        claims(adaAgain, 5, 8);
        assertExplained("\"lease revoked\"), and is within 3s of it");
    }

    @Test
    void doesNotExplainByAHandWhatLastsLongerThanRenewDeadline() throws IOException {
        handOver();
        claims(ada, 10, 14);
        struck.add(blackHole("ada"));
        struck.add(hand());
        assertBroken(Rule.ONE_LEADER, "both said that they led for 4.000 s");
    }

    @Test
    void countsFromTheHandAndNotFromTheEndOfWhatWasMadeBesideIt() throws IOException {
        handOver();
        claims(ada, 9, 14);
        struck.add(new Struck(
                "black hole", Kind.NETWORK, "ada", true, seconds(9), seconds(15), seconds(15), "lease revoked"));
        struck.add(new Struck(
                "lease revoked", Kind.HAND, "record", false, seconds(9.5), seconds(9.6), seconds(15), "black hole"));
        assertBroken(Rule.ONE_LEADER, "both said that they led for 4.000 s");
    }

    @Test
    void countsFromTheHealingOfBothWhenTwoThingsHappenedAtOnce() throws IOException {
        claims(ada, 1, 4);
        claims(ben, 17, 20);
        long healed = seconds(10);
        struck.add(new Struck("killed", Kind.CANDIDATE, "ada", true, seconds(4), seconds(6), healed, "etcd killed"));
        struck.add(new Struck("etcd killed", Kind.STORE, "store", false, seconds(4), healed, healed, "killed"));
        Judgement judgement = judgement();
        assertThat(judgement.isGood()).isTrue();
        assertThat(judgement.effects()).allMatch(effect -> effect.afterHealing().equals(Duration.ofSeconds(7)));
        assertThat(Summary.of(judgement))
                .contains("| two at once | 1 | 1 | 13.00 s | 7.00 s |")
                .doesNotContain("| killed", "| etcd killed");
    }

    @Test
    void findsALeaderThatComesTooLate() throws IOException {
        claims(ada, 1, 4);
        struck.add(Struck.alone("killed", Kind.CANDIDATE, "ada", true, seconds(4), seconds(6)));
        claims(ben, 15, 20);
        assertBroken(Rule.LEADER_WITHIN_BOUND, "nobody led for 9.000 s; the bound is 8s");
    }

    @Test
    void allowsThoseAmongMisbehavingCodeAClaimThatLapses() throws IOException {
        elector = Elector.UNRULY;
        claims(ada, 1, 4);
        struck.add(Struck.alone("killed", Kind.CANDIDATE, "ada", true, seconds(4), seconds(6)));
        claims(ben, 21, 25);
        assertThat(judgement().isGood()).isTrue();
        struck.add(Struck.alone("killed", Kind.CANDIDATE, "ben", true, seconds(25), seconds(26)));
        claims(ada, 43, 44);
        assertBroken(Rule.LEADER_WITHIN_BOUND, "nobody led for 17.000 s; the bound is 16s");
    }

    @Test
    void findsThatNobodyLeadsAnyMore() throws IOException {
        claims(ada, 1, 4);
        struck.add(Struck.alone("killed", Kind.CANDIDATE, "ada", true, seconds(4), seconds(6)));
        assertBroken(Rule.LEADER_WITHIN_BOUND, "nobody led any more");
    }

    @Test
    void findsAStaleWriteThatTheFenceLetIn() throws IOException {
        handOver();
        write(ada, "fenced", 9, 12, 4_001, 1_001, 13);
        assertBroken(Rule.FENCED_WRITES, "stale: ada-1's write of 4001 with token 9");
    }

    @Test
    void findsAnAcknowledgedWriteThatIsNotInTheHistory() throws IOException {
        handOver();
        history.remove(0);
        assertBroken(Rule.FENCED_WRITES, "was acknowledged, and is not in the register's history");
    }

    @Test
    void findsALostWrite() throws IOException {
        handOver();
        write(ben, "fenced", 17, 14, 2_002, 1_001, 14.5);
        history.add(new Registers.Applied(17L, 2_002));
        assertBroken(Rule.FENCED_WRITES, "were both made of 1001");
    }

    @Test
    void findsThatTheFenceForgot() throws IOException {
        handOver();
        history.add(new Registers.Applied(9L, 77));
        assertBroken(Rule.FENCED_WRITES, "took token 9 after token 17");
    }

    @Test
    void holdsStaleWritesAgainstNobodyWhereTokensAreNotCompared() throws IOException {
        handOver();
        write(ben, "unfenced", 17, 12, 2_900, 0, 12.5);
        write(ada, "unfenced", 9, 13, 1_900, 0, 13.5);
        Judgement judgement = judgement();
        assertThat(judgement.isGood()).isTrue();
        assertThat(judgement.unfenced().staleWrites()).hasSize(1);
        assertThat(judgement.unfenced().lostWrites()).hasSize(1);
        assertThat(Summary.of(judgement)).contains("tokens not compared: 2 writes done", "1 stale, 1 lost");
    }

    @Test
    void drawsTermsAndFaultsInTheLanesOfTheirCandidates() throws IOException {
        handOver();
        String page = HtmlReport.of(judgement().verification(), judgement().staging());
        assertThat(page).contains(">ada</text>", ">ben</text>", ">killed</text>", "something is done to it");
        assertThat(page).doesNotContain(">ada-1</text>");
    }

    private static Struck hand() {
        return Struck.alone("lease revoked", Kind.HAND, "record", false, seconds(9.5), seconds(9.6));
    }

    private static Struck blackHole(String whom) {
        return Struck.alone("black hole", Kind.NETWORK, whom, true, seconds(9.4), seconds(12));
    }

    /** Ada leads, is killed, and restarted; Ben leads. */
    private void handOver() {
        claims(ada, 1, 4);
        write(ada, "fenced", 9, 2, 1_001, 0, 2.5);
        struck.add(Struck.alone("killed", Kind.CANDIDATE, "ada", true, seconds(4), seconds(8)));
        claims(ben, 10, 20);
        write(ben, "fenced", 17, 11, 2_001, 1_001, 11.5);
        history.add(new Registers.Applied(9L, 1_001));
        history.add(new Registers.Applied(17L, 2_001));
    }

    private static void claims(StringBuilder diary, double from, double to) {
        diary.append("{\"mono\":%1$d,\"type\":\"claims\",\"from\":%2$d,\"to\":%1$d}%n"
                .formatted(seconds(to), seconds(from)));
    }

    /** Asked for at {@code from}, answered at {@code to}. */
    private static void write(
            StringBuilder diary, String register, long token, double from, long value, long basedOn, double to) {
        diary.append("""
                {"mono":%d,"type":"asked","call":%d,"register":"%s","kind":"write","token":%d,"value":%d,"basedOn":%d}
                {"mono":%d,"type":"answered","call":%d,"outcome":"done","value":%d}
                """.formatted(seconds(from), value, register, token, value, basedOn, seconds(to), value, value));
    }

    private static long seconds(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    private Judgement judgement() throws IOException {
        // Its candidates tell no events here, so it is judged by their claims alone.
        CampaignPlan plan = new CampaignPlan(
                Store.ETCD,
                elector,
                2,
                CampaignPlan.TIMING,
                Duration.ofMinutes(1),
                1,
                FaultChoice.ALL,
                Path.of("unused"));
        return new Judge(
                        plan,
                        SLACK,
                        List.of(
                                Account.parse("ada-1", ada.toString()),
                                Account.parse("ada-2", adaAgain.toString()),
                                Account.parse("ben-1", ben.toString())),
                        struck,
                        history)
                .judge();
    }

    private void assertExplained(String text) throws IOException {
        Judgement judgement = judgement();
        assertThat(judgement.isGood()).isTrue();
        assertThat(judgement.overlaps()).hasSize(1);
        assertThat(judgement.verification().of(Finding.Kind.NOTE).get(0).text()).contains(text);
    }

    private void assertBroken(Rule rule, String text) throws IOException {
        Judgement judgement = judgement();
        assertThat(judgement.isGood()).isFalse();
        assertThat(judgement.verification().of(Finding.Kind.VIOLATION)).anySatisfy(finding -> {
            assertThat(finding.rule()).isEqualTo(rule);
            assertThat(finding.text()).contains(text);
        });
    }
}
