package dev.baton.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.campaign.candidate.Store;
import dev.baton.campaign.process.Elector;
import dev.baton.verify.Finding;
import dev.baton.verify.Rule;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short campaigns on etcd: one that has to be without violation, and one in which the planted mistake has to be found. */
class CampaignIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void breaksNoPromiseThroughFaults() throws Exception {
        Judgement judgement = run(
                Elector.BATON,
                Duration.ofSeconds(40),
                Set.of("killed", "paused", "black hole", "etcd leader killed", "lease revoked"));
        assertThat(judgement.verification().of(Finding.Kind.VIOLATION)).isEmpty();
        assertThat(judgement.effects()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(judgement.fenced().done()).isPositive();
        assertThat(judgement.unfenced().done()).isPositive();
    }

    @Test
    void noticesALeaderThatDoesNotHeedItsEnd() throws Exception {
        Judgement judgement =
                run(Elector.HEEDLESS, Duration.ofSeconds(12), Set.of("lease revoked", "etcd leader moved"));
        assertThat(judgement.verification().of(Finding.Kind.VIOLATION))
                .anySatisfy(finding -> assertThat(finding.rule()).isEqualTo(Rule.ONE_LEADER));
        assertThat(judgement.fenced().isGood()).isTrue();
    }

    private Judgement run(Elector elector, Duration length, Set<String> faults) throws Exception {
        return Campaign.run(
                new CampaignPlan(
                        Store.ETCD,
                        elector,
                        3,
                        CampaignPlan.TIMING,
                        length,
                        7,
                        fault -> faults.contains(fault.name()),
                        folder),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    }
}
