package dev.baton.simulation;

import dev.baton.simulation.exhaustive.Bounds;
import dev.baton.simulation.exhaustive.Exploration;
import dev.baton.simulation.exhaustive.Mistake;
import dev.baton.simulation.threads.SimulateThreads;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line: many seeds, or one again. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description =
                "Runs elections in seeded worlds full of faults and checks that no two leaders ever lead at once.",
        subcommands = SimulateThreads.class,
        sortOptions = false)
public final class Simulate implements Callable<Integer> {
    private static final long PROGRESS = 1_000;
    private static final int MOST_GAPS = 20;

    @Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Option(names = "--seeds", paramLabel = "N", description = "How many seeds to run (default: ${DEFAULT-VALUE}).")
    private long seeds = 10_000;

    @Option(names = "--first", paramLabel = "S", description = "The first of them (default: ${DEFAULT-VALUE}).")
    private long first;

    @Option(names = "--seed", paramLabel = "S", description = "Run this seed only, and tell what happened last.")
    private @Nullable Long seed;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            description = "How many candidates contend (default: two to nine, by seed).")
    private int candidates;

    @Option(
            names = "--mutant",
            paramLabel = "NAME",
            description = "Plant this mistake, of those there are for the store (default: ${DEFAULT-VALUE}).")
    private String mutant = Mutant.NONE.text();

    @Option(
            names = "--store",
            paramLabel = "KIND",
            description = "register, zookeeper, etcd, or resilient: a register, with the Resilience4j decorator"
                    + " (default: ${DEFAULT-VALUE}).")
    private String store = Mutant.NONE.store();

    @Option(
            names = "--rho",
            paramLabel = "X",
            description =
                    "Search for two leaders with clocks that err by X, and a timing that tolerates about as much.")
    private double rho;

    @Option(
            names = "--only",
            paramLabel = "FAULT:N,...",
            description = "Let only these faults strike, of those that the seed draws; or none.")
    private @Nullable String only;

    @Option(
            names = "--timeline",
            paramLabel = "FILE.svg",
            description = "Draw the world of --seed, or of the first seed that fails, shrunk.")
    private @Nullable Path timeline;

    @Option(names = "--hunt", description = "Hunt every mutant, and print the seeds it took to catch it.")
    private boolean hunts;

    @Option(
            names = "--mutants-table",
            paramLabel = "FILE.md",
            description = "Write all mutants, with the rules they break, between the marks in this document.")
    private @Nullable Path mutantsTable;

    @Option(
            names = "--exhaustive",
            paramLabel = "BOUND,...",
            arity = "0..1",
            fallbackValue = "",
            description = "Go through every history of a small world instead, within depth:N, units:N and faults:N (of"
                    + " time, and of pauses, broken calls, crashes, step-downs and closes), watched, longest-jitter.")
    private @Nullable String exhaustive;

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "Worlds to run side by side (default: one a processor).")
    private int threads = Runtime.getRuntime().availableProcessors();

    /** Exits 0 when every invariant held, 1 when one did not, 2 when the arguments make no sense. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Simulate());
    }

    @Override
    public Integer call() throws IOException {
        CommandLine.Model.CommandSpec command = java.util.Objects.requireNonNull(spec);
        PrintWriter out = command.commandLine().getOut();
        if (exhaustive != null) {
            return exhaust(bounds(exhaustive, command.commandLine()), out);
        }
        Options options = new Options(candidates, planted(command.commandLine()), rho, strikes());
        if (mutantsTable != null) {
            MutantsTable.write(mutantsTable);
            return 0;
        }
        if (hunts) {
            return hunt(options, out);
        }
        return seed == null ? all(options, out) : one(seed, options, out);
    }

    private static Bounds bounds(String text, CommandLine commandLine) {
        try {
            return Bounds.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(commandLine, e.getMessage(), e);
        }
    }

    private static int exhaust(Bounds bounds, PrintWriter out) {
        Exploration.Report report = Exploration.run(bounds, Mistake.NONE, line -> {
            out.println(line);
            out.flush();
        });
        out.println(report.text());
        out.println(report.violation() == null ? "every property held" : "a property broke");
        out.flush();
        return report.violation() == null ? 0 : 1;
    }

    private Planted planted(CommandLine commandLine) {
        try {
            return Planted.at(store, mutant);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(commandLine, e.getMessage(), e);
        }
    }

    private int hunt(Options options, PrintWriter out) {
        List<MutantsTable.Row> rows = MutantsTable.run(options, threads, row -> {
            out.printf("%-32s %s %s%n", row.name(), row.seeds(), row.violation());
            out.flush();
        });
        long survivors = rows.stream().filter(row -> !row.isCaught()).count();
        out.printf("%d mutants, %d survived%n", rows.size(), survivors);
        out.flush();
        return survivors == 0 ? 0 : 1;
    }

    private @Nullable List<Strike> strikes() {
        if (only == null) {
            return null;
        }
        return only.equals("none")
                ? List.of()
                : Arrays.stream(only.split(",", -1)).map(Strike::parse).toList();
    }

    private void draw(long number, Options options, PrintWriter out) throws IOException {
        if (timeline != null) {
            Files.writeString(timeline, Simulation.draw(number, options), StandardCharsets.UTF_8);
            out.println("drawn: " + timeline);
        }
    }

    private void shrink(Outcome failure, PrintWriter out) throws IOException {
        Outcome shrunk = Shrinking.of(failure);
        out.printf(
                "shrunk: %d of %d faults are needed: %s%n",
                shrunk.struck().size(), failure.struck().size(), shrunk.struck());
        shrunk.lastEvents().forEach(event -> out.println("  " + event));
        out.println("shrunk: " + shrunk.violation());
        Options needed = failure.options().only(shrunk.struck());
        out.println("replay shrunk: " + needed.replay(failure.seed()));
        draw(failure.seed(), needed, out);
    }

    private int one(long number, Options options, PrintWriter out) throws IOException {
        Outcome outcome = Simulation.run(number, options);
        out.println(outcome.report());
        draw(number, options, out);
        out.printf(
                "%,d events, %d terms, %.1f s of virtual time, history %016x%n",
                outcome.events(), outcome.terms(), outcome.simulatedNanos() / 1e9, outcome.history());
        out.flush();
        return outcome.isGood() ? 0 : 1;
    }

    private int all(Options options, PrintWriter out) throws IOException {
        AtomicLong done = new AtomicLong();
        long began = System.nanoTime();
        Simulation.Summary summary = Simulation.runAll(first, seeds, options, threads, outcome -> {
            if (done.incrementAndGet() % PROGRESS == 0) {
                out.printf("%,d seeds%n", done.get());
                out.flush();
            }
        });
        double seconds = (System.nanoTime() - began) / 1e9;
        Outcome failure = summary.failure();
        if (failure != null) {
            out.println(failure.report());
            shrink(failure, out);
        }
        out.printf(
                "%,d seeds, %,.1f hours of virtual time, %,d events, %,d terms in %.1f s: %,.0f hours a minute%n",
                summary.seeds(),
                summary.simulatedNanos() / 3.6e12,
                summary.events(),
                summary.terms(),
                seconds,
                summary.simulatedNanos() / 6e10 / seconds);
        out.printf(
                "%,.0f simulated hours a minute on one core: %.1f s of processor time%n",
                summary.simulatedNanos() / 6e10 / (summary.cpuNanos() / 1e9), summary.cpuNanos() / 1e9);
        out.printf(
                "longest recovery %.1f s; most calls in 30 retryPeriods %d; without fencing %,d seeds lost an update%n",
                summary.longestRecoveryNanos() / 1e9, summary.mostCalls(), summary.corruptedSeeds());
        Map<Fault, Long> faults = new TreeMap<>(summary.faults());
        faults.forEach((fault, count) -> out.printf("  %-24s %,12d%n", fault.text(), count));
        out.print(summary.coverage().matrix());
        List<String> gaps = summary.coverage().gaps();
        gaps.stream().limit(MOST_GAPS).forEach(gap -> out.println("uncovered: " + gap));
        out.printf("%,d pairs of transition and fault uncovered%n", gaps.size());
        out.printf("histories %016x%n", summary.histories());
        out.println(failure == null ? "every invariant held" : "an invariant broke");
        out.flush();
        return failure == null ? 0 : 1;
    }
}
