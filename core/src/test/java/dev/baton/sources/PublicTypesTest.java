package dev.baton.sources;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The public types of what ships are those that {@code docs/surface.md} defends, each in a line. */
class PublicTypesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

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
        for (Path file : PublicJavadocTest.sources()) {
            String name = file.toString()
                    .replace('\\', '/')
                    .replaceFirst(".*/src/main/java/dev/baton/", "")
                    .replaceFirst("\\.java$", "")
                    .replace('/', '.');
            if (!HIDDEN.matcher(name).find()
                    && PUBLIC.matcher(Files.readString(file)).find()) {
                types.add(name);
            }
        }
        return types;
    }
}
