package dev.baton.conformance;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts the reports of several backends into one table of rules and backends, in Markdown, between the lines {@value
 * #BEGIN} and {@value #END} of a document: {@code java -cp … dev.baton.conformance.ConformanceTable docs/conformance.md
 * REPORT.json…}, where a folder means all reports in it.
 */
public final class ConformanceTable {
    static final String BEGIN = "<!-- conformance: begin -->";
    static final String END = "<!-- conformance: end -->";

    private final Map<String, List<Map<String, String>>> testsByBackend = new TreeMap<>();

    private ConformanceTable() {}

    /** Writes the table; with wrong arguments, prints the usage and exits with status 2. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            PrintStream out = System.err;
            out.println("usage: ConformanceTable DOCUMENT.md REPORT.json|FOLDER...");
            Runtime.getRuntime().halt(2);
        }
        List<Path> reports = Arrays.stream(arguments).skip(1).map(Path::of).toList();
        write(reports, Path.of(arguments[0]));
    }

    /** Puts the table of {@code reports} between the marks in {@code document}. */
    static void write(List<Path> reports, Path document) throws IOException {
        ConformanceTable table = new ConformanceTable();
        for (Path report : reports) {
            for (Path file : files(report)) {
                table.add(Files.readString(file, StandardCharsets.UTF_8));
            }
        }
        String text = Files.readString(document, StandardCharsets.UTF_8);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(document + " has no lines " + BEGIN + " and " + END + " to put the table between");
        }
        Files.writeString(
                document,
                text.substring(0, begin + BEGIN.length()) + "\n\n" + table.markdown() + "\n" + text.substring(end),
                StandardCharsets.UTF_8);
    }

    private static List<Path> files(Path report) throws IOException {
        if (!Files.isDirectory(report)) {
            return List.of(report);
        }
        try (Stream<Path> files = Files.list(report)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private void add(String json) {
        List<Map<String, String>> tests = new ArrayList<>();
        String backend = "";
        for (String line : json.lines().toList()) {
            Map<String, String> fields = SmallJson.strings(line);
            backend = fields.getOrDefault("backend", backend);
            if (fields.containsKey("test")) {
                tests.add(fields);
            }
        }
        testsByBackend.put(backend, tests);
    }

    String markdown() {
        StringBuilder text = new StringBuilder(8192).append("| Rule | |");
        testsByBackend
                .keySet()
                .forEach(backend -> text.append(' ').append(backend).append(" |"));
        text.append("\n|---|---|").append("---|".repeat(testsByBackend.size())).append('\n');
        for (Rule rule : Rule.values()) {
            text.append("| ")
                    .append(rule.number())
                    .append(" | ")
                    .append(rule.title())
                    .append(" |");
            testsByBackend
                    .values()
                    .forEach(tests -> text.append(' ').append(cell(rule, tests)).append(" |"));
            text.append('\n');
        }
        testsByBackend.forEach((backend, tests) -> text.append(skipped(backend, tests)));
        return text.toString();
    }

    /** {@code 3}, {@code 2 (1 skipped)}, {@code **1 failed**}, or a dash for a rule that the kit does not test. */
    private static String cell(Rule rule, List<Map<String, String>> tests) {
        Map<String, Long> outcomes = tests.stream()
                .filter(test -> rule.number().equals(test.get("rule")))
                .collect(Collectors.groupingBy(test -> test.getOrDefault("outcome", ""), Collectors.counting()));
        long passed = outcomes.getOrDefault("passed", 0L);
        long failed = outcomes.getOrDefault("failed", 0L);
        long skipped = outcomes.getOrDefault("skipped", 0L);
        if (outcomes.isEmpty()) {
            return "–";
        }
        String all = failed > 0 ? "**" + failed + " failed**, " + passed + " passed" : passed + " passed";
        return skipped > 0 ? all + ", " + skipped + " skipped" : all;
    }

    private static String skipped(String backend, List<Map<String, String>> tests) {
        String reasons = tests.stream()
                .filter(test -> "skipped".equals(test.get("outcome")))
                .map(test -> "- `" + test.get("test") + "`: " + oneLine(test.getOrDefault("detail", "")) + "\n")
                .collect(Collectors.joining());
        return reasons.isEmpty() ? "" : "\nSkipped with " + backend + ":\n\n" + reasons;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
