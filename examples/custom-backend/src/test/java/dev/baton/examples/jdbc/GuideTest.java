package dev.baton.examples.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The guide is the code, and the code is the guide. */
class GuideTest {
    private static final Path GUIDE = Path.of("..", "..", "docs", "write-a-backend.md");
    private static final Path BACKEND = Path.of("src/main/java/dev/baton/examples/jdbc/JdbcRegister.java");
    private static final Pattern LISTING = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
    private static final Pattern NOT_SHOWN = Pattern.compile("|}|/\\*\\*.*|\\*.*");
    private static final int MOST_LINES = 190;

    @Test
    void everyListingIsAPartOfTheCode() {
        List<String> sources = sources();
        assertThat(listings("java"))
                .hasSizeGreaterThan(5)
                .allSatisfy(listing -> assertThat(sources)
                        .as("listing in %s:%n%s", GUIDE, listing)
                        .anyMatch(source -> source.contains(listing)));
    }

    @Test
    void everyLineOfTheBackendIsInAListing() {
        String shown = String.join("", listings("java"));
        List<String> missing = text(BACKEND)
                .lines()
                .dropWhile(line -> !line.startsWith("public final class"))
                .filter(line -> !NOT_SHOWN.matcher(line.strip()).matches())
                .filter(line -> !shown.contains(line + "\n"))
                .toList();

        assertThat(missing).isEmpty();
    }

    @Test
    void everyStatementRuns() {
        DataSource database = H2Test.empty("guide");
        List<String> statements = listings("sql");

        assertThat(statements).hasSizeGreaterThan(2).allSatisfy(sql -> Sql.execute(database, sql));
        assertThat(statements.stream().limit(2))
                .allSatisfy(sql -> assertThat(PostgresServer.schema()).contains(sql));
    }

    @Test
    void backendIsAsShortAsItIsSaidToBe() {
        assertThat(text(BACKEND).lines().count()).isLessThan(MOST_LINES);
    }

    private static List<String> listings(String language) {
        return LISTING.matcher(text(GUIDE))
                .results()
                .filter(listing -> listing.group(1).equals(language))
                .map(listing -> listing.group(2))
                .toList();
    }

    private static List<String> sources() {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(GuideTest::text)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
