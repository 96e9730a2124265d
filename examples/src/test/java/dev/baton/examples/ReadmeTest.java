package dev.baton.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents say of files is true: the program, the commands, the links. */
class ReadmeTest {
    private static final Path ROOT = root();
    private static final Path PROGRAM = Path.of("examples/src/main/java/dev/baton/examples/TwelveLines.java");
    private static final Path TESTS = Path.of("examples/src/test/java/dev/baton/examples/ReconcilerTest.java");
    private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern MARKED = Pattern.compile("(?s)// begin: README\\.md\\n(.*?)\\s*// end: README\\.md");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");

    @Test
    void programInReadmeIsTheExample() {
        Matcher marked = MARKED.matcher(text(ROOT.resolve(PROGRAM)));
        assertThat(marked.find()).isTrue();
        String example = marked.group(1).stripIndent().strip();

        assertThat(example.lines()).hasSize(12);
        assertThat(blocks("java")).contains(example);
    }

    /** What is marked there is found here, and the other way round. */
    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/testing.md"})
    void testsInTheDocumentsAreTheExamples(String document) {
        String marks = "(?s)// begin: " + Pattern.quote(document) + "\\n(.*?)\\s*// end: " + Pattern.quote(document);
        List<String> examples = Pattern.compile(marks)
                .matcher(text(ROOT.resolve(TESTS)))
                .results()
                .map(found -> found.group(1).stripIndent().strip())
                .toList();
        List<String> shown = blocks(document, "java")
                .filter(block -> block.contains("@Test"))
                .toList();

        assertThat(examples).isNotEmpty();
        assertThat(shown).containsExactlyElementsOf(examples);
    }

    @Test
    void commandsInReadmeExist() {
        List<String> commands = blocks("sh").stream().flatMap(String::lines).toList();

        assertThat(commands).containsExactly("./baton demo", "mvn verify");
        assertThat(ROOT.resolve("pom.xml")).isRegularFile();
        assertThat(ROOT.resolve("baton")).isExecutable();
    }

    @Test
    void continuousIntegrationRunsTheCommandsOfReadme() {
        assertThat(text(ROOT.resolve(".ci/run")))
                .contains(" ./baton demo\n", " mvn verify\n", " mvn verify -Pfull\n", " .ci/release\n");
        assertThat(text(ROOT.resolve(".github/workflows/ci.yml"))).contains("- run: .ci/run\n");
    }

    @Test
    void linksToFilesAndHeadingsResolve() {
        List<String> broken = documents().stream()
                .flatMap(document -> links(document)
                        .filter(link -> !resolves(document, link))
                        .map(link -> ROOT.relativize(document) + ": " + link))
                .toList();

        assertThat(broken).isEmpty();
    }

    private static boolean resolves(Path document, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
        if (!target.startsWith(ROOT) || !Files.exists(target)) {
            return false;
        }
        return hash < 0 || anchors(target).contains(link.substring(hash + 1));
    }

    /** The links of a document that are not addresses. */
    private static Stream<String> links(Path document) {
        String prose = FENCE.matcher(text(document)).replaceAll("");
        return LINK.matcher(prose).results().map(found -> found.group(1)).filter(link -> !link.contains("://"));
    }

    private static List<String> anchors(Path document) {
        return HEADING.matcher(text(document))
                .results()
                .map(found -> anchor(found.group(1)))
                .toList();
    }

    private static String anchor(String heading) {
        return heading.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static List<String> blocks(String language) {
        return blocks("README.md", language).toList();
    }

    private static Stream<String> blocks(String document, String language) {
        return FENCE.matcher(text(ROOT.resolve(document)))
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2).strip());
    }

    private static List<Path> documents() {
        List<Path> documents = new ArrayList<>(markdown(ROOT, 1));
        documents.addAll(markdown(ROOT.resolve("docs"), 9));
        documents.addAll(markdown(ROOT.resolve("backend-etcd"), 1));
        documents.addAll(markdown(ROOT.resolve("backend-k8s-lease"), 1));
        return documents;
    }

    private static List<Path> markdown(Path folder, int depth) {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> file.toString().endsWith(".md")).collect(Collectors.toList());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The folder that holds this module's. */
    private static Path root() {
        Path module = Path.of("").toAbsolutePath();
        return Files.isDirectory(module.resolve("examples"))
                ? module
                : module.resolveSibling("").normalize();
    }
}
