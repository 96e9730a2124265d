package dev.baton.simulation.threads;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line: many seeds, one again, or every mistake that a tool can make. */
@Command(
        name = "threads",
        mixinStandardHelpOptions = true,
        description = "Runs the threads of one process under a scheduler that decides every interleaving.",
        sortOptions = false)
public final class SimulateThreads implements Callable<Integer> {
    @Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Option(names = "--seeds", paramLabel = "N", description = "How many seeds to run (default: ${DEFAULT-VALUE}).")
    private long seeds = 1_000;

    @Option(names = "--first", paramLabel = "S", description = "The first of them (default: ${DEFAULT-VALUE}).")
    private long first;

    @Option(names = "--seed", paramLabel = "S", description = "Run this seed only, and tell what happened last.")
    private @Nullable Long seed;

    @Option(
            names = "--mistakes",
            paramLabel = "TEXT",
            arity = "0..1",
            fallbackValue = "",
            description = "Plant each mistake whose name contains the text, one after another, and hunt it.")
    private @Nullable String mistakes;

    /** Returns 0 when every invariant held, or every mistake was caught; 1 when not. */
    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        ThreadWorlds worlds = new ThreadWorlds();
        if (mistakes != null) {
            return hunt(worlds, mistakes, out);
        }
        if (seed != null) {
            Scheduler.Outcome outcome = worlds.run(seed);
            out.println(ThreadWorlds.report(seed, outcome));
            out.flush();
            return outcome.violation() == null ? 0 : 1;
        }
        ThreadWorlds.Found found = worlds.hunt(first, seeds);
        out.println(found == null ? seeds + " seeds: every invariant held" : found.report());
        out.flush();
        return found == null ? 0 : 1;
    }

    private int hunt(ThreadWorlds worlds, String text, PrintWriter out) {
        List<Mutation> planted = Mutation.all().stream()
                .filter(mutation -> mutation.text().contains(text))
                .toList();
        int survivors = 0;
        for (Mutation mutation : planted) {
            ThreadWorlds.Found found = worlds.with(mutation).hunt(first, seeds);
            survivors += found == null ? 1 : 0;
            String what = found == null ? "survived" : "caught by seed " + found.seed() + ": " + found.violation();
            out.println(mutation.text() + " (line " + mutation.line() + ") " + what);
            out.flush();
        }
        out.println(planted.size() + " mistakes, " + survivors + " survived");
        out.flush();
        return survivors == 0 ? 0 : 1;
    }
}
