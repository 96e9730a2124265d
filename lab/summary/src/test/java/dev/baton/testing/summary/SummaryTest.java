package dev.baton.testing.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {
    private static final Path ROOT = Path.of("../..");
    private static final String MISSING =
            Summary.FOR_THE_FULL_LANE + "the program etcd is missing: it was not compiled before";

    @TempDir
    private Path root;

    @BeforeEach
    void aBuildLeavesItsReports() throws IOException {
        report("core/target/surefire-reports", "a.FirstTest", """
                <testcase name="one" classname="a.FirstTest" time="1.5"/>
                <testcase name="two" classname="a.FirstTest" time="1,000.5"><failure message="no">at</failure></testcase>
                """);
        report("deep/er/target/failsafe-reports", "b.SecondIT", """
                <testcase name="" classname="b.SecondIT" time="0"><skipped message="%s"/></testcase>
                <testcase name="x" classname="b.SecondIT" time="0">
                  <skipped><![CDATA[org.opentest4j.TestAbortedException: %s
                	at b.SecondIT.x]]></skipped>
                </testcase>
                <testcase name="y" classname="b.SecondIT" time="0"><skipped/></testcase>
                """.formatted(MISSING, MISSING));
        report("deep/er/target/elsewhere", "c.ThirdIT", "<testcase name=\"z\" classname=\"c.ThirdIT\" time=\"0\"/>");
    }

    @Test
    void countsTheTestsAndSecondsOfEachModule() throws IOException {
        assertThat(printed(Instant.EPOCH))
                .containsPattern("\ncore \\(Surefire\\) +2 +1 +0 +1002\\.0\n")
                .containsPattern("\ndeep/er \\(Failsafe\\) +3 +0 +3 +0\\.0\n")
                .containsPattern("\n +1002\\.0 s  a\\.FirstTest\n")
                .endsWith("\n1 passed, 1 failed, 3 skipped\n");
    }

    @Test
    void saysOnceWhyTestsWereSkippedAndWhatRunsThem() throws IOException {
        assertThat(printed(Instant.EPOCH))
                .containsSubsequence(
                        "Skipped in every lane, and why\n     1  no reason given\n        in SecondIT 1\n",
                        "Skipped in this lane, and why\n     2  the program etcd is missing",
                        "\n        in SecondIT 2\nIt runs with\n        mvn verify -Pfull\n")
                .containsOnlyOnce("the program etcd is missing")
                .doesNotContain(Summary.FOR_THE_FULL_LANE);
    }

    @Test
    void breaksALongReasonBetweenWords() throws IOException {
        report("core/target/surefire-reports", "a.LongTest", """
                <testcase name="one" classname="a.LongTest" time="0"><skipped message="%s"/></testcase>
                """.formatted(
                        "seven sevens ".repeat(20).strip()));
        assertThat(printed(Instant.EPOCH).lines().filter(line -> line.contains("sevens")))
                .hasSize(3)
                .allSatisfy(
                        line -> assertThat(line).hasSizeLessThanOrEqualTo(118).doesNotEndWith(" "));
    }

    @Test
    void leavesOutWhatAnEarlierBuildReported() throws IOException {
        Instant began = Instant.parse("2026-01-31T12:00:00Z");
        Files.setLastModifiedTime(
                root.resolve("core/target/surefire-reports/TEST-a.FirstTest.xml"),
                FileTime.from(began.minusSeconds(1)));
        assertThat(printed(began)).doesNotContain("FirstTest").endsWith("\n0 passed, 0 failed, 3 skipped\n");
    }

    @Test
    void namesAReportThatIsNone() throws IOException {
        report("core/target/surefire-reports", "a.Broken", "<testcase");
        assertThatThrownBy(() -> printed(Instant.EPOCH))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("TEST-a.Broken.xml is no report");
    }

    /** Maven builds this module after those that it depends on; one left out would be missing from the summary. */
    @Test
    void waitsForEveryModuleOfTheBuild() throws IOException {
        String own = Files.readString(Path.of("pom.xml"), StandardCharsets.UTF_8);
        assertThat(Pattern.compile("<module>(.*)</module>")
                        .matcher(Files.readString(ROOT.resolve("pom.xml"), StandardCharsets.UTF_8))
                        .results()
                        .map(found -> found.group(1))
                        .filter(module -> !module.equals("bom") && !module.equals("lab/summary")))
                .isNotEmpty()
                .allSatisfy(module -> assertThat(own).contains("<artifactId>" + artifact(module) + "</artifactId>"));
    }

    @Test
    void knowsTheFullLanesTestsByWhatTheySay() throws IOException {
        Path lane = ROOT.resolve("lab/servers/src/main/java/dev/baton/testing/servers/Lane.java");
        assertThat(Files.readString(lane, StandardCharsets.UTF_8))
                .contains("SKIPPED = \"" + Summary.FOR_THE_FULL_LANE + "\";");
    }

    private static String artifact(String module) throws IOException {
        String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"), StandardCharsets.UTF_8);
        return Pattern.compile("</parent>\\s*<artifactId>(.*)</artifactId>")
                .matcher(pom)
                .results()
                .map(MatchResult::group)
                .map(found -> found.replaceAll("(?s).*<artifactId>|</artifactId>", ""))
                .findFirst()
                .orElseThrow();
    }

    private String printed(Instant since) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            Summary.print(Summary.read(root, since), out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private void report(String folder, String type, String cases) throws IOException {
        Path file = Files.createDirectories(root.resolve(folder)).resolve("TEST-" + type + ".xml");
        Files.writeString(file, "<testsuite name=\"" + type + "\" tests=\"1\">\n" + cases + "</testsuite>\n");
    }
}
