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
import org.junit.jupiter.params.provider.CsvSource;

/** What the documents say of files is true: the program, the commands, the links. */
class ReadmeTest {
    private static final Path ROOT = root();
    private static final Path PROGRAM = Path.of("examples/src/main/java/dev/baton/examples/TwelveLines.java");
    private static final Path TESTS = Path.of("examples/src/test/java/dev/baton/examples");
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
    @CsvSource({"docs/testing.md,ReconcilerTest", "docs/guide.md,GuideTest"})
    void snippetsOfTheDocumentsAreTheExamples(String document, String test) {
        String marks = "(?s)// begin: " + Pattern.quote(document) + "\\n(.*?)\\s*// end: " + Pattern.quote(document);
        List<String> examples = Pattern.compile(marks)
                .matcher(text(ROOT.resolve(TESTS).resolve(test + ".java")))
                .results()
                .map(found -> found.group(1).stripIndent().strip())
                .toList();
        List<String> shown = blocks(document, "java")
                .filter(block -> document.endsWith("guide.md") || block.contains("@Test"))
                .toList();

        assertThat(examples).isNotEmpty();
        assertThat(shown).containsExactlyElementsOf(examples);
    }

    /** So that a reader comes to the end of it. */
    @Test
    void readmeIsShort() {
        assertThat(text(ROOT.resolve("README.md")).lines().count()).isLessThanOrEqualTo(150);
    }

    /** What a dependency on Baton takes is in its bill of materials, and at this version. */
    @Test
    void dependencyInReadmeExists() {
        String bom = text(ROOT.resolve("bom/pom.xml"));
        String version = Pattern.compile("<version>(.*?)</version>")
                .matcher(bom)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        String shown = String.join("\n", blocks("xml"));
        assertThat(shown).contains("<version>" + version + "</version>");
        for (String artifact : List.of("baton-backend-k8s-lease", "baton-backend-etcd", "baton-backend-zookeeper")) {
            assertThat(shown).contains(artifact);
            assertThat(bom).contains("<artifactId>" + artifact + "</artifactId>");
        }
        assertThat(text(ROOT.resolve("README.md"))).contains("puts `" + version + "` into");
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
