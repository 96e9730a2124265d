package dev.baton.cli.demo;

import dev.baton.cli.command.Durations;
import dev.baton.cli.command.ExitCode;
import dev.baton.cli.command.Terminal;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of the demo: prepares the store, plays the scenes, judges the facts, and cleans up. */
final class Demo {
    private static final int LOG_TAIL = 6;

    private final Plan plan;
    private final Screen screen;
    private final Journal journal;
    private final @Nullable PrintWriter events;

    private Demo(Plan plan, Screen screen, @Nullable PrintWriter events) {
        this.plan = plan;
        this.screen = screen;
        this.events = events;
        List<Consumer<Fact>> readers = new ArrayList<>(List.of(screen::tell));
        if (events != null) {
            readers.add(fact -> events.println(fact.toJson()));
        }
        this.journal = new Journal(readers);
    }

    /**
     * Runs the demo.
     *
     * @return the exit code
     * @throws IOException when the store could not be prepared
     */
    static int run(Plan plan, Terminal terminal) throws IOException, InterruptedException {
        PrintWriter events = plan.events() == null ? null : writer(plan.events());
        try (events;
                Screen screen = new Screen(terminal)) {
            return new Demo(plan, screen, events).run();
        }
    }

    private static PrintWriter writer(Path file) throws IOException {
        try {
            return new PrintWriter(Files.newBufferedWriter(file));
        } catch (IOException e) {
            throw new IOException("--events " + file + " cannot be written: " + e, e);
        }
    }

    private int run() throws IOException, InterruptedException {
        try (Leftovers leftovers = new Leftovers(this::interrupted)) {
            play(leftovers);
        }
        if (events != null && events.checkError()) {
            screen.say("  " + screen.bad("--events " + plan.events() + " could not be written to its end"));
        }
        List<Fact> facts = journal.all();
        List<Verdict> verdicts = plan.promises().judge(facts);
        screen.table(verdicts, footnote(facts));
        return verdicts.stream().allMatch(Verdict::kept) ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void play(Leftovers leftovers) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("baton-demo-");
        Guardian guardian = leftovers.add(Guardian.of(directory));
        leftovers.add(() -> Leftovers.delete(directory));
        leftovers.add(guardian::endAll);
        Venue.Stage stage =
                plan.venue().open(plan.timing(), new Backstage(directory, guardian, leftovers, journal::add));
        banner(stage.title());
        Ledger ledger = leftovers.add(Ledger.open(journal::add));
        Part part = stage.part().with(plan.timing(), ledger.port());
        Cast cast = leftovers.add(new Cast(part, directory, guardian, journal::add));
        try {
            new Scenes(plan, cast, journal, screen).play();
        } catch (BrokenScene e) {
            screen.hush();
            screen.say("");
            screen.say("  " + screen.bad(String.valueOf(e.getMessage())));
            showLogs(directory);
        }
    }

    private void interrupted() {
        screen.hush();
        screen.say("");
        screen.say("  interrupted; stopping the candidates and removing their data");
    }

    private void banner(String title) {
        ElectionTiming timing = plan.timing();
        screen.say("");
        screen.say("  " + screen.bold("Baton") + "  one leader at a time, and how it is kept");
        screen.say(screen.quiet("  " + title + ", leaseDuration " + ElectionTiming.text(timing.leaseDuration())
                + ", renewDeadline " + ElectionTiming.text(timing.renewDeadline())
                + ", retryPeriod " + ElectionTiming.text(timing.retryPeriod())));
    }

    private String footnote(List<Fact> facts) {
        if (plan.promisedFailover() != null) {
            return "the bound of failovers is --promise-failover, and not the timing's promise ("
                    + ElectionTiming.text(plan.promises().expiry()) + " and ten round trips)";
        }
        long[] trips = facts.stream()
                .filter(fact -> fact.is("round-trip"))
                .mapToLong(fact -> fact.number("nanos"))
                .sorted()
                .toArray();
        return String.format(
                Locale.ROOT,
                "failover: %s, ten of the slowest round trip meanwhile (median %s)",
                plan.venue().expiryText(plan.timing()),
                trips.length == 0 ? "unknown" : Durations.text(trips[trips.length / 2]));
    }

    /** Prints the last lines of the candidates' logs, because their directory is deleted at the end. */
    private void showLogs(Path directory) throws IOException {
        List<Path> logs;
        try (Stream<Path> files = Files.list(directory)) {
            logs = files.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path log : logs) {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            for (String line : lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size())) {
                screen.say(screen.quiet("  " + log.getFileName() + ": " + line));
            }
        }
    }
}
