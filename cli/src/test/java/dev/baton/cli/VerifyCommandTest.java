package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyCommandTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolveSibling("");
    private static final Pattern EXAMPLE =
            Pattern.compile("(?ms)^```sh\\n\\./baton (verify .*?)^```\\n.*?^```text\\n(.*?)^```$");

    private final InProcess baton = new InProcess();

    @TempDir
    private Path folder;

    /** Each command of the page, with what the page says that it answers. */
    @Test
    void pageShowsWhatTheCommandsAnswer() throws IOException {
        List<MatchResult> examples = EXAMPLE.matcher(Files.readString(ROOT.resolve("docs/verify.md")))
                .results()
                .toList();
        assertThat(examples).hasSize(2);
        for (MatchResult example : examples) {
            run(example.group(1).replace("\\\n", " ").strip().split("\\s+", -1));
            assertThat(inOneLine(out())).contains(inOneLine(example.group(2)).strip());
        }
        assertThat(Files.readString(folder.resolve("incident.html")))
                .contains("were both valid for", Files.readString(ROOT.resolve("docs/incident/incident.svg")));
    }

    @Test
    void exitCodeTellsABrokenPromiseFromAGoodLog() {
        String incident = "docs/incident/";
        assertThat(run("verify", incident + "ada.jsonl", incident + "cleo.jsonl"))
                .isEqualTo(1);
        assertThat(run("verify", incident + "ben.jsonl")).isZero();
        assertThat(baton.err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            verify                                             | Missing required parameter
            verify none.jsonl                                  | none.jsonl: there is no such file
            verify pom.xml                                     | pom.xml, line 1: this is not one object of JSON
            verify docs/incident/ada.jsonl --election a/b      | --election a/b is in none of the files
            verify docs/incident/ada.jsonl --clock-uncertainty 2000m | must be at most one day
            verify docs/incident/ada.jsonl --lease-duration 0s --retry-period 0s | must be greater than zero
            verify docs/incident/ada.jsonl --report docs       | cannot be written
            """)
    void answersAWrongArgumentWithOneSentence(String arguments, String saying) {
        assertThat(run(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(baton.err()).contains(saying).startsWith("baton verify: ").hasLineCount(1);
    }

    @Test
    void fileWithoutEventsIsNoGoodLog() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.jsonl"));

        assertThat(run("verify", empty.toString())).isEqualTo(2);
        assertThat(baton.err()).contains("no event of an election is in").hasLineCount(1);
    }

    /** With files of the repository for files, and reports in a folder of this test. */
    private int run(String... arguments) {
        String[] resolved = Stream.of(arguments)
                .map(argument -> argument.startsWith("docs") || argument.equals("pom.xml")
                        ? ROOT.resolve(argument).toString()
                        : argument.endsWith(".html") ? folder.resolve(argument).toString() : argument)
                .toArray(String[]::new);
        return baton.run(resolved);
    }

    /** As the page has it: with paths from the root of the repository. */
    private String out() {
        return baton.out().replace(ROOT + "/", "");
    }

    /** Paths are longer here than on the page, and lines break elsewhere. */
    private static String inOneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
