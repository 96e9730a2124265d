package dev.baton.sources;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The public types of what ships are those that {@code docs/surface.md} defends, each in a line. */
class PublicTypesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final List<String> SHIPPED = List.of(
            "core",
            "backend-k8s-lease",
            "backend-etcd",
            "backend-zookeeper",
            "migration",
            "integrations/resilience4j",
            "kits/test",
            "kits/conformance",
            "kits/verify");

    private static final Pattern PUBLIC = Pattern.compile(
            "(?m)^public (static |final |abstract |sealed |non-sealed )*(class|interface|record|enum|@interface) ");

    /** Packages that their module's descriptor does not export, or that are there for Baton's own modules. */
    private static final Pattern HIDDEN = Pattern.compile("(^|\\.)internal\\.|^driver\\.|^machine\\.");

    private static final Pattern LINE = Pattern.compile("(?m)^\\| `([\\w.]+)` \\| \\S.* \\|$");

    @Test
    void eachIsDefendedInALine() throws IOException {
        assertThat(defended(Files.readString(ROOT.resolve("docs/surface.md"))))
                .containsExactlyInAnyOrderElementsOf(publicTypes());
    }

    @Test
    void lineWithoutAReasonIsNone() {
        assertThat(defended("| `a.B` | Somebody. |\n| `a.C` |  |\n")).containsExactly("a.B");
    }

    private static List<String> defended(String document) {
        return LINE.matcher(document).results().map(line -> line.group(1)).toList();
    }

    private static Set<String> publicTypes() throws IOException {
        Set<String> types = new TreeSet<>();
        for (String module : SHIPPED) {
            Path sources = ROOT.resolve(module).resolve("src/main/java/dev/baton");
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    String name = sources.relativize(file)
                            .toString()
                            .replace('/', '.')
                            .replace('\\', '.')
                            .replaceAll("\\.java$", "");
                    if (!HIDDEN.matcher(name).find()
                            && PUBLIC.matcher(Files.readString(file)).find()) {
                        types.add(name);
                    }
                }
            }
        }
        return types;
    }
}
