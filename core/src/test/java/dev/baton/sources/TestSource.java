package dev.baton.sources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The text of one test class, as the formatter leaves it, and what is wrong with it. Text, since classes of all modules
 * are never on one class path.
 *
 * @param name for messages
 * @param text without comments
 */
record TestSource(String name, String text) {
    /** What the busiest machine is given to do what an idle one does at once. */
    static final long GENEROUS_MILLIS = 60_000;

    private static final Pattern COMMENT = Pattern.compile("(?s:/\\*.*?\\*/)|(?m:^ *//.*$)");

    /** {@code await()} of Awaitility, up to the end of its statement. */
    private static final Pattern BARE_AWAIT = Pattern.compile("(?s)(?<![\\w.])(?:Awaitility\\.)?await\\([^;]*?;");

    /** Calls that wait, with their bound: a number and perhaps a unit, a Duration, or the name of a constant. */
    private static final Pattern WAIT = Pattern.compile("\\b(?<call>atMost|failsWithin|succeedsWithin|get|await|waitFor"
            + "|orTimeout|completeOnTimeout|awaitTermination|tryAcquire|poll|join|setSoTimeout|Timeout)"
            + "\\((?:value = |[a-z]\\w*, )?(?:"
            + "(?<number>\\d[\\d_]*)(?:, (?:unit = )?(?:TimeUnit\\.)?(?<unit>[A-Z]+))?"
            + "|(?:Duration\\.of)?(?<kind>[sS]econds|[mM]illis|[mM]inutes)\\((?<amount>\\d[\\d_]*)\\)"
            + "|(?<constant>[A-Z][A-Z_]+)(?:\\.to\\w+\\(\\))?)[,)]");

    /** A time that was measured on the spot and must not be long. */
    private static final Pattern SPEED = Pattern.compile(
            "(?s)assertThat\\((?:(?!assertThat)[^;])*?(?:nanoTime\\(\\)|[eE]lapsed)(?:(?!assertThat)[^;])*?isLessThan[^;]*?;");

    /** A limit by its name, however it comes to be used. */
    private static final Pattern LIMIT = Pattern.compile(
            "\\b(?:[A-Z]+_)?(?:PATIENCE|LIMIT)(?:_MILLIS)? = "
                    + "(?:(?:Duration\\.of)?(?<kind>[sS]econds|[mM]illis|[mM]inutes)\\((?<amount>\\d[\\d_]*)\\)|(?<number>\\d[\\d_]*));");

    private static final Pattern METHOD = Pattern.compile(
            "(?m)^(?<indent> +)(?<head>(?:@[^\\n]*\\n +)*)(?:[\\w<>,.\\[\\]? ]+ )?(?<name>\\w+)\\([^;{}]*\\)[^;{}=]*\\{\\n"
                    + "(?<body>(?s:.*?))^\\k<indent>\\}");

    private static final Pattern ASSIGNED = Pattern.compile("(?m)^\\s+(?:this\\.)?(\\w+) = ");

    /** Every test of the project, from a module's folder. */
    static List<TestSource> all() {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/test/java/"))
                    .filter(file -> !file.toString().contains("/dev/baton/sources/"))
                    .sorted()
                    .map(TestSource::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TestSource of(String name, String text) {
        return new TestSource(name, COMMENT.matcher(text).replaceAll(""));
    }

    private static TestSource read(Path file) {
        try {
            return of(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tear-downs that use what a set-up that was skipped has not made. */
    List<String> unsafeTearDowns() {
        Map<String, String> bodies = new HashMap<>();
        Set<String> beforeEach = new HashSet<>();
        Set<String> beforeAny = new HashSet<>();
        List<MatchResult> methods = METHOD.matcher(text).results().toList();
        for (MatchResult method : methods) {
            bodies.merge(method.group(3), method.group(4), String::concat);
            if (method.group(2).contains("@BeforeEach")) {
                beforeEach.addAll(bareFields(method.group(4)));
            }
            if (method.group(2).contains("@Before")) {
                beforeAny.addAll(bareFields(method.group(4)));
            }
        }
        List<String> found = new ArrayList<>();
        for (MatchResult method : methods) {
            Set<String> missing = method.group(2).contains("@AfterAll")
                    ? beforeAny
                    : method.group(2).contains("@AfterEach") ? beforeEach : Set.of();
            String used = withCallees(method.group(3), bodies, new HashSet<>());
            missing.stream()
                    .filter(field -> mentions(used, field))
                    .sorted()
                    .forEach(field -> found.add(name + ": " + method.group(3) + " uses " + field
                            + ", which is not there when the set-up was skipped; make it @AutoClose"));
        }
        return found;
    }

    /** Assigned there, and neither given a value where it is declared nor checked for null by the compiler. */
    private Set<String> bareFields(String body) {
        Set<String> fields = new TreeSet<>();
        Matcher assigned = ASSIGNED.matcher(body);
        while (assigned.find()) {
            String field = assigned.group(1);
            if (Pattern.compile("(?m)^ +(?!.*@Nullable)[\\w<>,.\\[\\]? ]+ " + field + ";$")
                    .matcher(text)
                    .find()) {
                fields.add(field);
            }
        }
        return fields;
    }

    private static String withCallees(String method, Map<String, String> bodies, Set<String> seen) {
        String body = bodies.getOrDefault(method, "");
        if (!seen.add(method)) {
            return "";
        }
        StringBuilder all = new StringBuilder(body);
        for (String callee : bodies.keySet()) {
            if (Pattern.compile("(?<![\\w.])" + callee + "\\(").matcher(body).find()) {
                all.append(withCallees(callee, bodies, seen));
            }
        }
        return all.toString();
    }

    private static boolean mentions(String body, String field) {
        return Pattern.compile("(?<![\\w.])" + field + "\\b").matcher(body).find();
    }

    /** Waits that give up while a busy machine is still at it. */
    List<String> shortWaits() {
        List<String> found = new ArrayList<>();
        if (text.contains("org.awaitility.Awaitility.await") || text.contains("Awaitility.await(")) {
            BARE_AWAIT
                    .matcher(text)
                    .results()
                    .map(MatchResult::group)
                    .filter(statement -> !statement.contains(".atMost("))
                    .forEach(statement -> found.add(name + ": no bound, so 10 s: " + oneLine(statement)));
        }
        Matcher wait = WAIT.matcher(text);
        while (wait.find()) {
            if (boundMillis(wait) < GENEROUS_MILLIS) {
                found.add(name + ": less than a minute: " + wait.group());
            }
        }
        Matcher limit = LIMIT.matcher(text);
        while (limit.find()) {
            long bound = limit.group("kind") == null
                    ? millis(limit.group("number"), "millis")
                    : millis(limit.group("amount"), limit.group("kind"));
            if (bound < GENEROUS_MILLIS) {
                found.add(name + ": less than a minute: " + limit.group());
            }
        }
        return found;
    }

    /** Assertions that measure the machine. */
    List<String> speeds() {
        return SPEED.matcher(text)
                .results()
                .map(found -> name + ": a limit for the machine: " + oneLine(found.group()))
                .toList();
    }

    private long boundMillis(Matcher wait) {
        if (wait.group("kind") != null) {
            return millis(wait.group("amount"), wait.group("kind"));
        }
        if (wait.group("constant") != null) {
            return constantMillis(wait.group("constant"));
        }
        String unit = wait.group("unit");
        String call = wait.group("call");
        boolean isBound = unit != null
                || Set.of("Timeout", "setSoTimeout").contains(call)
                || wait.group().matches("join\\(\\d.*");
        if (!isBound || wait.group("number").equals("0")) {
            // get(0) of a list; and 0 is for ever
            return Long.MAX_VALUE;
        }
        return millis(wait.group("number"), unit != null ? unit : call.equals("Timeout") ? "seconds" : "millis");
    }

    /** Of a constant of the same class; one that tells how long nothing must happen, QUIET…, is no limit. */
    private long constantMillis(String constant) {
        if (constant.startsWith("QUIET")) {
            return Long.MAX_VALUE;
        }
        Matcher value = Pattern.compile("\\b" + constant
                        + " = (?:(?:Duration\\.of)?([sS]econds|[mM]illis|[mM]inutes)\\((\\d[\\d_]*)\\)|(\\d[\\d_]*));")
                .matcher(text);
        if (!value.find()) {
            return Long.MAX_VALUE;
        }
        return value.group(1) != null
                ? millis(value.group(2), value.group(1))
                : millis(value.group(3), constant.endsWith("MILLIS") ? "millis" : "seconds");
    }

    private static long millis(String number, String unit) {
        long amount = Long.parseLong(number.replace("_", ""));
        return switch (unit.toLowerCase(java.util.Locale.ROOT)) {
            case "seconds" -> amount * 1_000;
            case "minutes" -> amount * 60_000;
            default -> amount;
        };
    }

    private static String oneLine(String statement) {
        return statement.replaceAll("\\s+", " ");
    }
}
