package dev.baton.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.Printable;
import dev.baton.verify.picture.SvgTimeline;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

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

    /** What a terminal would obey, a log would take for a line, and XML cannot have. */
    private static final String EVIL = "eve\u001b[2J\n\u2714 0 violations\u0000\u009b\u202e\u2028";

    private static Verification forged() {
        Diary log = new Diary(EVIL, 0)
                .says(0, Type.STARTED)
                .sees(0.5, EVIL + "2")
                .leads(1, 41, 11)
                .handsOver(5, 41)
                .says(20, Type.STOPPED);
        return Verification.of(
                List.of(new EventLog(EVIL + ".jsonl", log.log().events(), List.of("a remark on " + EVIL))),
                Premises.DEFAULT);
    }

    private static void assertPrintable(String text) {
        assertThat(text.replace("\n", "").codePoints()).as(text).allMatch(Printable::isPrintable);
    }

    @Test
    void terminalShowsStrangersNamesEscapedOnTheirLines() {
        String text = TextReport.of(forged(), true);
        assertPrintable(text);
        assertThat(text).contains("eve\\u{1b}[2J\\u{a}\u2714 0 violations\\u{0}\\u{9b}\\u{202e}\\u{2028}");
        assertThat(text.lines()).noneMatch(line -> line.startsWith("\u2714 0 violations"));
    }

    @Test
    void pageAndPictureShowStrangersNamesEscapedAndAreXml() throws Exception {
        Verification forged = forged();
        assertPrintable(HtmlReport.of(forged));
        String svg = SvgTimeline.draw(
                ElectionPicture.of(forged.histories().get(0), Premises.DEFAULT), "of " + EVIL, "below");
        assertPrintable(svg);
        assertThat(svg).contains("eve\\u{1b}[2J\\u{a}\u2714 0 violations");
        assertThat(svg).as("who was seen to lead, and left no log").contains(Printable.value(EVIL + "2"));
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    @Test
    void complaintAboutALogIsPrintable() {
        String line = "{\"at\":\"x\\u001b[2J\\n\",\"mono\":1,\"type\":\"\\u001b\",\"election\":\"a/b\\u001b\","
                + "\"identity\":\"a\"}";
        assertThatThrownBy(() -> EventLog.readJsonLines(EVIL, new StringReader(line)))
                .isInstanceOf(UnreadableLogException.class)
                .satisfies(thrown -> assertPrintable(String.valueOf(thrown.getMessage())))
                .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("\n"));
    }
}
