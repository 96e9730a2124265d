package dev.baton.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.conformance.ConformanceReport.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a run: two files a backend, and a table of all. */
class ReportTest {
    @TempDir
    private Path folder = Path.of("");

    private void report(String backend, Outcome second) throws IOException {
        ConformanceReport report = new ConformanceReport(backend);
        report.add(Rule.R2_1, "required_rule2_1_a", Outcome.PASSED, "");
        report.add(Rule.R2_1, "required_rule2_1_b", second, "said \"no\"\n  at C:\\1\t|");
        report.write(folder);
    }

    @Test
    void aReportTellsPeopleTheOutcomeOfEachTestAndProgramsToo() throws IOException {
        report("My Store, v2", Outcome.FAILED);

        assertThat(folder.resolve("my-store-v2.txt"))
                .content()
                .startsWith("Conformance of My Store, v2: 1 passed, 1 failed, 0 skipped\n")
                .contains("\n  passed  required_rule2_1_a\n  failed  required_rule2_1_b\n          said \"no\"\n");
        assertThat(folder.resolve("my-store-v2.json"))
                .content()
                .contains("{\"backend\":\"My Store, v2\"", "said \\\"no\\\"\\n  at C:\\\\1\\u0009|");
    }

    /** A green build does not show how much was skipped. */
    @Test
    void aSentenceSaysHowMuchIsUnprovedAndWhereTheReasonsAre() throws IOException {
        ConformanceReport report = new ConformanceReport("My Store, v2");
        report.add(Rule.R2_1, "required_rule2_1_a", Outcome.PASSED, "");
        report.add(Rule.R2_1, "required_rule2_1_b", Outcome.SKIPPED, "cannot");
        Path written = report.write(folder);
        assertThat(written).isRegularFile();
        assertThat(report.summary(written))
                .isEqualTo(
                        "Conformance of My Store, v2: 1 passed, 0 failed, 1 skipped, which proves nothing of what they"
                                + " are about; " + written + " has each test with its reason");
    }

    @Test
    void reportsOfSeveralBackendsBecomeOneTableBetweenTheMarks() throws IOException {
        report("one", Outcome.FAILED);
        report("other", Outcome.SKIPPED);
        Path document = folder.resolve("table.md");
        Files.writeString(
                document,
                "before\n" + ConformanceTable.BEGIN + "\nthe table before\n" + ConformanceTable.END + "\nafter\n");

        ConformanceTable.write(List.of(folder), document);

        assertThat(document)
                .content()
                .startsWith("before\n" + ConformanceTable.BEGIN + "\n\n| Rule | | one | other |\n|---|---|---|---|\n")
                .endsWith(ConformanceTable.END + "\nafter\n")
                .contains("| 2.1 | " + Rule.R2_1.title() + " | **1 failed**, 1 passed | 1 passed, 1 skipped |\n")
                .contains("| 4.3 | " + Rule.R4_3.title() + " | – | – |\n")
                .contains("Skipped with other:\n\n- `required_rule2_1_b`: said \"no\" at C:\\1 |\n")
                .doesNotContain("the table before");
    }

    @Test
    void aDocumentWithoutMarksIsLeftAlone() throws IOException {
        Path document = Files.writeString(folder.resolve("table.md"), "nothing");

        assertThatThrownBy(() -> ConformanceTable.write(List.of(), document))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(ConformanceTable.BEGIN);
        assertThat(document).content().isEqualTo("nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "three", "NaN", "1e9"})
    void aFactorThatIsNoneIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Timeouts.factor(text))
                .withMessageContaining("\"" + text + "\"")
                .withMessageContaining(Timeouts.FACTOR);
    }

    @Test
    void withoutAFactorTimeoutsAreTheHarnesss() {
        assertThat(Timeouts.factor(null)).isEqualTo(1);
        assertThat(Timeouts.factor(" 2.5 ")).isEqualTo(2.5);
    }
}
