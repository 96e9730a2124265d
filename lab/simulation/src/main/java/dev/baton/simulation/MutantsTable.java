package dev.baton.simulation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** All mutants, and how many seeds it takes to catch each: by several runs from different first seeds. */
final class MutantsTable {
    static final int RUNS = 5;

    /** After so many seeds a mutant counts as having survived. */
    static final int MOST_SEEDS = 3_000;

    private static final long APART = 1_000_000;
    private static final String BEGIN = "<!-- mutants: begin -->";
    private static final String END = "<!-- mutants: end -->";

    private MutantsTable() {}

    /** At ZooKeeper and etcd, and in the decorator, a mutant's name says so. */
    private static String name(Planted planted) {
        return planted instanceof Mutant ? planted.text() : planted.store() + ":" + planted.text();
    }

    /**
     * How one mutant fared.
     *
     * @param seeds to catch it, in ascending order; {@link #MOST_SEEDS} + 1 where it survived
     * @param violation what the first run caught
     */
    record Row(Options options, List<Integer> seeds, String violation) {
        String name() {
            return MutantsTable.name(options.planted());
        }

        int median() {
            return seeds.get(seeds.size() / 2);
        }

        boolean isCaught() {
            return seeds.get(seeds.size() - 1) <= MOST_SEEDS;
        }
    }

    /** Runs every mutant, and tells {@code watcher} of each. */
    static List<Row> run(Options options, int threads, Consumer<Row> watcher) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Row>> pending = Planted.all().stream()
                    .filter(planted -> !planted.isNothing())
                    .map(options::with)
                    .map(mutated -> pool.submit(() -> hunt(mutated)))
                    .toList();
            List<Row> rows = new ArrayList<>();
            for (Future<Row> row : pending) {
                rows.add(row.get());
                watcher.accept(row.get());
            }
            return rows;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while mutants ran", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a world could not be run", e);
        } finally {
            pool.shutdownNow();
        }
    }

    /** Hunts the mutant in {@code options}. */
    static Row hunt(Options options) {
        List<Integer> seeds = new ArrayList<>();
        String violation = "nothing";
        for (int run = 0; run < RUNS; run++) {
            int tried = 0;
            boolean caught = false;
            while (!caught && tried < MOST_SEEDS) {
                Outcome outcome = Simulation.run(run * APART + tried++, options);
                caught = !outcome.isGood();
                if (caught && seeds.isEmpty()) {
                    violation = String.valueOf(outcome.violation());
                }
            }
            seeds.add(caught ? tried : MOST_SEEDS + 1);
        }
        Collections.sort(seeds);
        return new Row(options, List.copyOf(seeds), violation);
    }

    /** The table in Markdown: what there is to hunt, and which rules it breaks; the same in every run. */
    static String markdown() {
        StringBuilder text = new StringBuilder(8192)
                .append("| Mutant | The mistake | Rules |\n")
                .append("|---|---|---|\n");
        for (Planted planted : Planted.all()) {
            if (!planted.isNothing()) {
                String rules =
                        Mutant.rulesIn(planted.mistake()).stream().sorted().collect(Collectors.joining(", "));
                text.append(String.format(
                        Locale.ROOT,
                        "| `%s` | %s | %s |\n",
                        name(planted),
                        planted.mistake(),
                        rules.isEmpty() ? "–" : rules));
            }
        }
        return text.toString();
    }

    /** Puts the table where the marks are in {@code document}. */
    static void write(Path document) throws IOException {
        Files.writeString(
                document,
                updated(Files.readString(document, StandardCharsets.UTF_8), document),
                StandardCharsets.UTF_8);
    }

    /** {@code text}, of {@code document}, with the table as it has to be. */
    static String updated(String text, Path document) throws IOException {
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(document + " has no lines " + BEGIN + " and " + END + " to put the table between");
        }
        return text.substring(0, begin + BEGIN.length()) + "\n\n" + markdown() + "\n" + text.substring(end);
    }
}
