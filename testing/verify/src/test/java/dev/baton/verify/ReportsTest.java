package dev.baton.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.ElectionEvent.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private static final Verification BROKEN = Verification.of(
            List.of(
                    new Diary("ada", 0)
                            .says(0, Type.STARTED)
                            .leads(1, 41, 11)
                            .says(3, Type.UNREACHABLE)
                            .log(),
                    new Diary("ben<", 0)
                            .says(0, Type.STARTED)
                            .leads(6, 43, 16)
                            .handsOver(10, 43)
                            .says(20, Type.STOPPED)
                            .log()),
            Premises.DEFAULT);

    @Test
    void terminalShowsTheLanesTheTermsAndTheVerdict() {
        assertThat(TextReport.of(BROKEN, true))
                .contains(
                        "orders/reconciler  2 candidates, 2 terms, 20.000 s",
                        "✘ one leader at a time: ada's term with token 41 and ben<'s term with token 43 were both valid for",
                        "✘ 1 violation in 2 terms of 2 candidates in 1 election")
                .containsPattern("(?m)^  ada +·+█+░+▓+")
                .containsPattern("(?m)^  ben< +·+▓+·+$");
    }

    @Test
    void asciiIsEnough() {
        String text = TextReport.of(BROKEN, false);
        assertThat(text.chars()).allMatch(letter -> letter < 128);
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(104));
    }

    @Test
    void pageShowsTheSameAndEscapesNames() {
        assertThat(HtmlReport.of(BROKEN))
                .startsWith("<!DOCTYPE html>")
                .contains(
                        "ben&lt;'s term",
                        "1 violation in 2 terms",
                        "<svg",
                        "class=\"band wrong\"",
                        "prefers-color-scheme")
                .doesNotContain("ben<");
    }

    @Test
    void pageShowsWhatWasDoneInTheLaneOfWhomItWasDoneTo() {
        long begin = BROKEN.histories().get(0).begin();
        Staging staging = new Staging(
                name -> "everybody",
                List.of(
                        new Disturbance("everybody", begin + 1_000_000_000L, begin + 9_000_000_000L, "paused"),
                        new Disturbance("store", begin + 1_000_000_000L, begin + 2_000_000_000L, "killed")));

        assertThat(HtmlReport.of(BROKEN, staging))
                .contains(
                        "class=\"disturbed\"",
                        ">everybody</text>",
                        ">store</text>",
                        "paused for 8.000 s",
                        "something is done to it")
                .doesNotContain(">ada</text>");
        assertThat(HtmlReport.of(BROKEN)).doesNotContain("class=\"disturbed\"", "something is done to it");
    }
}
