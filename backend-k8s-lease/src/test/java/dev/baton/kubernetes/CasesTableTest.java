package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation says which test shows what: each that it names is there. */
class CasesTableTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:IT|Test))\\.(\\w+)`");
    private static final List<String> FOLDERS = List.of("backend-k8s-lease", "core", "lab/simulation");

    @Test
    void everyTestThatTheTableNamesExists() throws IOException {
        Set<String> named = NAMED.matcher(Files.readString(ROOT.resolve("docs/backends/kubernetes.md")))
                .results()
                .map(match -> match.group(1) + "." + match.group(2))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).hasSizeGreaterThan(30);
        Set<String> missing = new TreeSet<>();
        for (String name : named) {
            String[] parts = name.split("\\.", 2);
            if (!declares(parts[0], parts[1])) {
                missing.add(name);
            }
        }
        assertThat(missing)
                .as("tests that the documentation names and nobody wrote")
                .isEmpty();
    }

    private static boolean declares(String type, String method) throws IOException {
        for (String folder : FOLDERS) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder).resolve("src/test/java"))) {
                for (Path file :
                        files.filter(path -> path.endsWith(type + ".java")).toList()) {
                    if (Files.readString(file).contains("void " + method + "(")) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
