package dev.baton.testing.summary;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What a build's tests came to: for each module the tests and the seconds, then the slowest classes, then what was skipped,
 * why, and the one command that would run it.
 *
 * <p>Reads the reports that Surefire and Failsafe leave. It has no dependency, so that {@code java Summary.java} runs it
 * from its source.
 */
public final class Summary {
    private static final Pattern REPORT = Pattern.compile("(.*)/target/(surefire|failsafe)-reports/TEST-[^/]*\\.xml");
    private static final int DEPTH = 8;
    private static final int SLOWEST = 10;
    private static final int WIDTH = 110;
    private static final String REMEDY = "mvn verify -Pfull";

    /** As the tests say it: {@code Lane.SKIPPED} of the servers' module, which this one must do without. */
    static final String FOR_THE_FULL_LANE = "for the full lane: ";

    /** One test that was run or skipped; {@code skipped} and {@code failed} say why, or are empty. */
    record Case(String module, String kind, String type, double seconds, String skipped, boolean failed) {}

    private Summary() {}

    /**
     * Prints the summary.
     *
     * @param arguments the root of the source tree, and the time at which the build began, before which a report is an
     *     earlier build's ({@code 2026-01-31T12:00:00Z}; without it all count)
     */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments.length > 0 ? arguments[0] : ".");
        Instant since = arguments.length > 1 ? Instant.parse(arguments[1]) : Instant.EPOCH;
        print(read(root, since), System.out);
    }

    /** Prints what {@code cases} came to; the last line counts them. */
    static void print(List<Case> cases, PrintStream out) {
        out.printf("%n%-62s %6s %7s %8s %9s%n", "Where the minutes went", "tests", "failed", "skipped", "seconds");
        grouped(cases, test -> test.module() + " (" + test.kind() + ")")
                .forEach((name, group) -> out.printf(
                        Locale.ROOT,
                        "%-62s %6d %7d %8d %9.1f%n",
                        name,
                        group.size(),
                        failed(group),
                        skipped(group),
                        seconds(group)));
        printSlowest(cases, out);
        printSkipped(cases, out);
        long bad = failed(cases);
        long over = skipped(cases);
        out.printf("%n%d passed, %d failed, %d skipped%n", cases.size() - bad - over, bad, over);
    }

    private static void printSlowest(List<Case> cases, PrintStream out) {
        out.printf("%nThe slowest classes%n");
        grouped(cases, Case::type).entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, List<Case>> entry) -> -seconds(entry.getValue())))
                .limit(SLOWEST)
                .forEach(entry -> out.printf(Locale.ROOT, "%8.1f s  %s%n", seconds(entry.getValue()), entry.getKey()));
    }

    /** First what no lane runs, last what the full one would: the end of the output is what is read. */
    private static void printSkipped(List<Case> cases, PrintStream out) {
        Map<Boolean, List<Case>> skipped = cases.stream()
                .filter(test -> !test.skipped().isEmpty())
                .collect(Collectors.partitioningBy(test -> test.skipped().startsWith(FOR_THE_FULL_LANE)));
        printSkipped("Skipped in every lane, and why", skipped.getOrDefault(false, List.of()), out);
        List<Case> left = skipped.getOrDefault(true, List.of());
        printSkipped("Skipped in this lane, and why", left, out);
        if (!left.isEmpty()) {
            out.printf("It runs with%n        %s%n", REMEDY);
        }
    }

    private static void printSkipped(String heading, List<Case> skipped, PrintStream out) {
        if (skipped.isEmpty()) {
            return;
        }
        out.printf("%n%s%n", heading);
        grouped(skipped, Case::skipped).forEach((reason, group) -> {
            out.printf("%6d  %s%n", group.size(), wrapped(reason.replaceFirst("^" + FOR_THE_FULL_LANE, "")));
            out.printf(
                    "        in %s%n",
                    wrapped(grouped(group, test -> simple(test.type())).entrySet().stream()
                            .map(entry ->
                                    entry.getKey() + " " + entry.getValue().size())
                            .collect(Collectors.joining(", "))));
        });
    }

    private static Map<String, List<Case>> grouped(List<Case> cases, Function<Case, String> by) {
        return cases.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()));
    }

    private static long failed(List<Case> cases) {
        return cases.stream().filter(Case::failed).count();
    }

    private static long skipped(List<Case> cases) {
        return cases.stream().filter(test -> !test.skipped().isEmpty()).count();
    }

    private static double seconds(List<Case> cases) {
        return cases.stream().mapToDouble(Case::seconds).sum();
    }

    private static String simple(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /** In lines of at most {@link #WIDTH} characters, where words allow it, all but the first indented. */
    private static String wrapped(String text) {
        return text.replaceAll("(.{1," + WIDTH + "})(?: |$)", "$1\n        ").strip();
    }

    /** The tests in the reports under {@code root} that were written at {@code since} or later, by file name. */
    static List<Case> read(Path root, Instant since) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.find(
                root,
                DEPTH,
                (file, attributes) -> !attributes.lastModifiedTime().toInstant().isBefore(since))) {
            files = found.sorted().toList();
        }
        List<Case> cases = new ArrayList<>();
        for (Path file : files) {
            Matcher report = REPORT.matcher(root.relativize(file).toString());
            if (report.matches()) {
                cases.addAll(read(file, report.group(1), report.group(2).equals("failsafe") ? "Failsafe" : "Surefire"));
            }
        }
        return cases;
    }

    private static List<Case> read(Path report, String module, String kind) throws IOException {
        try (InputStream in = Files.newInputStream(report)) {
            return parse(in, module, kind);
        } catch (XMLStreamException e) {
            throw new IOException(report + " is no report of Surefire or Failsafe: " + e.getMessage(), e);
        }
    }

    private static List<Case> parse(InputStream in, String module, String kind) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        XMLStreamReader xml = factory.createXMLStreamReader(in);
        List<Case> cases = new ArrayList<>();
        while (xml.hasNext()) {
            if (xml.next() == XMLStreamConstants.START_ELEMENT
                    && xml.getLocalName().equals("testcase")) {
                cases.add(parseCase(xml, module, kind));
            }
        }
        return cases;
    }

    private static Case parseCase(XMLStreamReader xml, String module, String kind) throws XMLStreamException {
        String type = attribute(xml, "classname");
        double seconds = number(attribute(xml, "time"));
        String skipped = "";
        boolean failed = false;
        while (xml.next() != XMLStreamConstants.END_ELEMENT
                || !xml.getLocalName().equals("testcase")) {
            if (xml.isStartElement() && xml.getLocalName().equals("skipped")) {
                skipped = reason(attribute(xml, "message"), xml.getElementText());
            } else if (xml.isStartElement()) {
                failed |= xml.getLocalName().equals("failure")
                        || xml.getLocalName().equals("error");
            }
        }
        return new Case(module, kind, type, seconds, skipped, failed);
    }

    /** The reason is an attribute, or follows the name of the exception. */
    private static String reason(String message, String text) {
        String said = message.isBlank()
                ? text.strip().lines().findFirst().orElse("").replaceFirst("^[A-Za-z0-9_.$]*: ", "")
                : message;
        return said.isBlank() ? "no reason given" : said.strip().replaceAll("\\s+", " ");
    }

    private static String attribute(XMLStreamReader xml, String name) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? "" : value;
    }

    private static double number(String text) {
        return text.isEmpty() ? 0 : Double.parseDouble(text.replace(",", ""));
    }
}
