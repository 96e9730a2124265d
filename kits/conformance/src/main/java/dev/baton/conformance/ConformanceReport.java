package dev.baton.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The outcome of each test of one backend: {@code NAME.json} for programs, {@code NAME.txt} for people, in {@code
 * target/conformance} or the folder in the system property {@value #FOLDER}.
 *
 * <p>The JSON is an object of {@code backend} and {@code tests}, each of which has {@code rule}, {@code test},
 * {@code outcome} ({@code passed}, {@code failed} or {@code skipped}) and {@code detail}, one a line.
 */
public final class ConformanceReport {
    /** The system property that names the folder of the reports. */
    public static final String FOLDER = "baton.conformance.reports";

    private final String backend;
    private final List<Line> lines = new ArrayList<>();

    /** The outcome of a test. */
    enum Outcome {
        PASSED,
        FAILED,
        SKIPPED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One test. */
    record Line(Rule rule, String test, Outcome outcome, String detail) {}

    ConformanceReport(String backend) {
        this.backend = backend;
    }

    static Path folder() {
        return Path.of(System.getProperty(FOLDER, "target/conformance"));
    }

    void add(Rule rule, String test, Outcome outcome, String detail) {
        synchronized (lines) {
            lines.add(new Line(rule, test, outcome, detail));
        }
    }

    private List<Line> sorted() {
        synchronized (lines) {
            return lines.stream()
                    .sorted(Comparator.comparing(Line::rule).thenComparing(Line::test))
                    .toList();
        }
    }

    /** Writes both files; answers the one for people. */
    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        String file = backend.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]+", "-");
        Files.writeString(folder.resolve(file + ".json"), json(), StandardCharsets.UTF_8);
        return Files.writeString(folder.resolve(file + ".txt"), text(), StandardCharsets.UTF_8);
    }

    /** The counts in one sentence, and where to read on. */
    String summary(Path written) {
        long skipped = count(Outcome.SKIPPED);
        return "Conformance of " + backend + ": " + count(Outcome.PASSED) + " passed, " + count(Outcome.FAILED)
                + " failed, " + skipped + " skipped"
                + (skipped == 0 ? "" : ", which proves nothing of what they are about")
                + "; " + written + " has each test with its reason";
    }

    String json() {
        StringBuilder json = new StringBuilder(8192)
                .append("{\"backend\":")
                .append(SmallJson.quoted(backend))
                .append(",\"tests\":[");
        String separator = "\n";
        for (Line line : sorted()) {
            json.append(separator)
                    .append("{\"rule\":")
                    .append(SmallJson.quoted(line.rule.number()))
                    .append(",\"test\":")
                    .append(SmallJson.quoted(line.test))
                    .append(",\"outcome\":")
                    .append(SmallJson.quoted(line.outcome.text()))
                    .append(",\"detail\":")
                    .append(SmallJson.quoted(line.detail))
                    .append('}');
            separator = ",\n";
        }
        return json.append("\n]}\n").toString();
    }

    String text() {
        StringBuilder text = new StringBuilder(8192)
                .append("Conformance of ")
                .append(backend)
                .append(": ")
                .append(count(Outcome.PASSED))
                .append(" passed, ")
                .append(count(Outcome.FAILED))
                .append(" failed, ")
                .append(count(Outcome.SKIPPED))
                .append(" skipped\n");
        for (Rule rule : Rule.values()) {
            List<Line> ofRule =
                    sorted().stream().filter(line -> line.rule == rule).toList();
            text.append('\n')
                    .append(rule.number())
                    .append(' ')
                    .append(rule.title())
                    .append('\n');
            for (Line line : ofRule) {
                text.append("  ")
                        .append(line.outcome.text())
                        .append("  ")
                        .append(line.test)
                        .append('\n');
                if (!line.detail.isEmpty()) {
                    text.append(line.detail.indent(10));
                }
            }
            if (ofRule.isEmpty()) {
                text.append("  kept by core or not seen from outside; see docs/spi-specification.md\n");
            }
        }
        return text.toString();
    }

    private long count(Outcome outcome) {
        return sorted().stream().filter(line -> line.outcome == outcome).count();
    }
}
