package dev.baton.examples.activestandby;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

/** What the README says of files and flags is true; {@link ActiveStandbyIT} runs its commands. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(--[a-z-]+)` \\| ([^|]*) \\|");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)[^)]*\\)");

    private final String readme = Files.readString(Path.of("README.md"));

    ReadmeTest() throws IOException {}

    @Test
    void tellsAllFlagsAndTheirDefaultsKubeSchedulersFirst() {
        List<String> expected = new ArrayList<>();
        for (OptionSpec option : ActiveStandby.commandLine().getCommandSpec().options()) {
            if (!option.usageHelp()) {
                String value = option.defaultValue();
                expected.add(option.longestName() + (value == null ? "" : " " + value));
            }
        }
        List<String> shown = ROW.matcher(readme)
                .results()
                .map(row -> row.group(1) + (row.group(2).contains(" ") ? "" : " " + row.group(2)))
                .toList();

        assertThat(shown).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(shown.subList(0, 7)).allMatch(flag -> flag.startsWith("--leader-elect"));
    }

    @Test
    void linksToWhatIsThere() {
        assertThat(LINK.matcher(readme).results().map(link -> link.group(1)).toList())
                .hasSizeGreaterThan(2)
                .allSatisfy(link -> assertThat(Path.of(link)).exists());
    }

    @Test
    void buildsTheModuleThatItIsIn() throws IOException {
        assertThat(readme)
                .contains(
                        "$ mvn -q -pl examples/active-standby -am package -DskipTests\n$ cd examples/active-standby\n");
        assertThat(Files.readString(ROOT.resolve("pom.xml"))).contains("<module>examples/active-standby</module>");
        assertThat(Files.isSameFile(ROOT.resolve("examples/active-standby"), Path.of("")))
                .isTrue();
    }
}
