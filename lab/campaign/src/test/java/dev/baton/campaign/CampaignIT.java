package dev.baton.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.campaign.candidate.Store;
import dev.baton.campaign.process.Elector;
import dev.baton.testing.servers.Program;
import dev.baton.verify.Finding;
import dev.baton.verify.Rule;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Short campaigns on etcd: two have to be without violation, in one the planted mistake has to be found, one cannot be. */
class CampaignIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void breaksNoPromiseThroughFaults() throws Exception {
        Judgement judgement = run(
                Elector.BATON,
                Duration.ofSeconds(40),
                List.of("killed", "paused", "black hole", "etcd leader killed", "lease revoked"));
        assertThat(judgement.verification().of(Finding.Kind.VIOLATION)).isEmpty();
        assertThat(judgement.effects()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(judgement.fenced().done()).isPositive();
        assertThat(judgement.unfenced().done()).isPositive();
    }

    @Test
    void breaksNoPromiseAmongCodeOfOthersThatMisbehaves() throws Exception {
        Judgement judgement = run(
                Elector.UNRULY,
                Duration.ofSeconds(40),
                List.of("killed", "paused", "black hole", "etcd leader moved", "lease revoked"));
        assertThat(judgement.verification().of(Finding.Kind.VIOLATION)).isEmpty();
        assertThat(judgement.effects()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(judgement.fenced().done()).isPositive();
    }

    @Test
    void noticesALeaderThatDoesNotHeedItsEnd() throws Exception {
        Judgement judgement =
                run(Elector.HEEDLESS, Duration.ofSeconds(12), List.of("lease revoked", "etcd leader moved"));
        assertThat(judgement.verification().of(Finding.Kind.VIOLATION))
                .anySatisfy(finding -> assertThat(finding.rule()).isEqualTo(Rule.ONE_LEADER));
        assertThat(judgement.fenced().isGood()).isTrue();
    }

    @Test
    void endsWithOneSentenceWhenThereIsNoSuchFault() {
        Program.ETCD.path();
        StringWriter said = new StringWriter();
        int code = new CommandLine(new Faults())
                .setErr(new PrintWriter(said, true))
                .execute("--backend", "etcd", "--only", "killed,earthquake", "--report", folder.toString());
        assertThat(code).isEqualTo(2);
        assertThat(said.toString().lines())
                .singleElement()
                .asString()
                .startsWith("there is no fault \"earthquake\"; there are killed, paused,")
                .contains("etcd leader isolated");
    }

    private Judgement run(Elector elector, Duration length, List<String> faults) throws Exception {
        return Campaign.run(
                new CampaignPlan(
                        Store.ETCD,
                        elector,
                        3,
                        CampaignPlan.TIMING,
                        length,
                        7,
                        new FaultChoice(faults, true, true),
                        folder),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    }
}
