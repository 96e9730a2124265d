package dev.baton.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The specification and the kit say the same. */
class SpecificationTest {
    private static final Path SPECIFICATION = Path.of("../../docs/spi-specification.md");
    private static final String SHOWN_BY = "## What the kit shows";

    private static Map<String, Set<String>> testsOfTheKit() {
        return Stream.<Class<?>>iterate(
                        LockBackendConformance.class, type -> type != Object.class, Class::getSuperclass)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .collect(Collectors.groupingBy(
                        name -> Rule.of(name).orElseThrow().number(),
                        TreeMap::new,
                        Collectors.toCollection(TreeSet::new)));
    }

    private static String specification() throws IOException {
        return Files.readString(SPECIFICATION, StandardCharsets.UTF_8);
    }

    private static List<MatchResult> rows(String part) {
        return Pattern.compile("^\\| (\\d\\.\\d) \\| (.*) \\|$", Pattern.MULTILINE)
                .matcher(part)
                .results()
                .toList();
    }

    @Test
    void theKitKnowsEveryRuleAndNoOther() throws IOException {
        String rules = specification().split(SHOWN_BY, -1)[0];
        assertThat(rows(rules))
                .extracting(row -> row.group(1))
                .containsExactlyElementsOf(
                        Arrays.stream(Rule.values()).map(Rule::number).toList());
    }

    @Test
    void everyRuleHasATestInTheKitOrAReasonWhyNot() throws IOException {
        String shown = specification().split(SHOWN_BY, -1)[1];
        Map<String, Set<String>> written = new TreeMap<>();
        for (MatchResult row : rows(shown)) {
            Set<String> tests = Pattern.compile("`((?:required|optional|stochastic)_\\w+)`")
                    .matcher(row.group(2))
                    .results()
                    .map(test -> test.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (tests.isEmpty()) {
                assertThat(row.group(2)).startsWith("Not seen from outside: ");
            } else {
                written.put(row.group(1), tests);
            }
        }
        assertThat(written).isEqualTo(testsOfTheKit());
        assertThat(rows(shown)).hasSize(Rule.values().length);
    }
}
