package dev.baton.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SimulationTest {
    private static final int SEEDS = 20_000;
    private static final int MEDIAN_SEEDS_TO_CATCH_A_MUTANT = 500;
    private static final int THREADS = 2;
    private static final Path SPECIFICATION = Path.of("../../docs/spi-specification.md");

    @Test
    void twentyThousandSeedsMakeNoTwoLeaders() {
        Simulation.Summary summary = Simulation.runAll(0, SEEDS, Options.DEFAULT, THREADS, outcome -> {});
        Outcome failure = summary.failure();
        if (failure != null) {
            fail(failure.report());
        }
        assertThat(summary.seeds()).isEqualTo(SEEDS);
        assertThat(summary.terms()).as("terms begun").isGreaterThan(SEEDS);
        assertThat(summary.faults().keySet()).as("faults injected").isEqualTo(Fault.ofRegisters());
        assertThat(summary.coverage().gaps())
                .as("transitions that never met a fault")
                .isEmpty();
        System.out.printf(
                Locale.ROOT,
                "%d seeds, %.1f hours of virtual time, %d events, %d terms: every invariant held%n",
                summary.seeds(),
                summary.simulatedNanos() / 3.6e12,
                summary.events(),
                summary.terms());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyMutantIsCaught(Mutant mutant) {
        MutantsTable.Row row = MutantsTable.hunt(Options.DEFAULT.with(mutant));
        assertThat(row.isCaught())
                .as("%s: seeds to catch %s", mutant.text(), row.seeds())
                .isTrue();
        assertThat(row.median()).as("median of %s", row.seeds()).isLessThanOrEqualTo(MEDIAN_SEEDS_TO_CATCH_A_MUTANT);
    }

    @Test
    void everyNumberedRuleHasAMutant() throws IOException {
        Set<String> rules = Pattern.compile("^\\| (\\d\\.\\d) \\|", Pattern.MULTILINE)
                .matcher(Files.readString(SPECIFICATION, StandardCharsets.UTF_8))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(rules).as("rules in %s", SPECIFICATION).contains("1.1", "8.4");
        Set<String> broken = Stream.of(
                        Arrays.stream(Mutant.values()).map(Mutant::mistake),
                        Arrays.stream(ZooKeeperMutant.values()).map(ZooKeeperMutant::mistake),
                        Arrays.stream(EtcdMutant.values()).map(EtcdMutant::mistake))
                .flatMap(each -> each)
                .flatMap(mistake -> Mutant.rulesIn(mistake).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(rules).as("rules that mutants name").containsAll(broken);
        rules.removeAll(broken);
        assertThat(rules).as("rules without a mutant").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 4_711, -1, Long.MAX_VALUE})
    void sameSeedSameHistory(long seed) {
        Outcome first = Simulation.run(seed, Options.DEFAULT);
        Outcome again = Simulation.run(seed, Options.DEFAULT);
        assertThat(again).usingRecursiveComparison().isEqualTo(first);
        assertThat(Simulation.run(seed + 1, Options.DEFAULT).history()).isNotEqualTo(first.history());
    }

    @Test
    void theUnfencedRegisterIsCorruptedInSomeSeed() {
        Simulation.Summary summary = Simulation.runAll(0, SEEDS / 20, Options.DEFAULT, THREADS, outcome -> {});
        assertThat(summary.corruptedSeeds())
                .as("seeds in which a deposed leader overwrote its successor's update")
                .isPositive();
    }

    @Test
    void aFailingSeedPrintsItsReplayCommand() {
        StringWriter printed = new StringWriter();
        String mutant = Mutant.WITHDRAW_WITHOUT_RECHECK.text();
        int exit = commandLine(printed)
                .execute("--seeds", "500", "--threads", "1", "--candidates", "3", "--mutant", mutant);
        assertThat(exit).isEqualTo(1);
        String replay = printed.toString()
                .lines()
                .filter(line -> line.startsWith("replay: testing/simulate --seed "))
                .findFirst()
                .orElseThrow();
        assertThat(replay).endsWith(" --candidates 3 --mutant " + mutant);

        StringWriter replayed = new StringWriter();
        String[] arguments =
                replay.substring("replay: testing/simulate ".length()).split(" ", -1);
        assertThat(commandLine(replayed).execute(arguments)).isEqualTo(1);
        assertThat(replayed.toString()).contains(replay, "blanked the record of");
    }

    @Test
    void aShrunkFailureStillFailsAndIsDrawn() {
        Options options = Options.DEFAULT.with(Mutant.MONOTONIC_CLOCK_ONLY);
        Outcome failure = Objects.requireNonNull(
                Simulation.runAll(0, 100, options, 1, outcome -> {}).failure());
        Outcome shrunk = Shrinking.of(failure);
        assertThat(shrunk.struck().size()).isLessThan(failure.struck().size());
        Options needed = options.only(shrunk.struck());
        assertThat(Simulation.run(failure.seed(), needed).violation()).isEqualTo(shrunk.violation());
        assertThat(needed.replay(failure.seed())).contains(" --only ");
        assertThat(Simulation.draw(failure.seed(), needed)).startsWith("<svg").contains("seed " + failure.seed());
    }

    @ParameterizedTest
    @CsvSource({"15, 10", "6, 4", "5, 4.85", "3, 2.9", "4, 1.5"})
    void directedSearchFindsTheTheoremsBound(double lease, double renew) {
        double tolerated = (lease - renew) / (lease + renew);
        assertThat(directed(0.999 * tolerated)).as("just within").isNull();
        assertThat(directed(1.05 * tolerated))
                .as("5 %% beyond")
                .isNotNull()
                .satisfies(outcome -> assertThat(outcome.violation()).contains("two leaders at once"));
    }

    private static @Nullable Outcome directed(double rho) {
        return Simulation.runAll(0, 200, Options.DEFAULT.withRho(rho), 1, outcome -> {})
                .failure();
    }

    @Test
    void anUnknownMutantIsRefusedWithTheNamesOfThoseThereAre() {
        StringWriter printed = new StringWriter();
        CommandLine commandLine = commandLine(new StringWriter()).setErr(new PrintWriter(printed, true));
        assertThat(commandLine.execute("--mutant", "unheard-of")).isEqualTo(2);
        assertThat(printed.toString()).contains("unheard-of", Mutant.VALIDITY_FROM_RECEIPT.text());
    }

    private static CommandLine commandLine(StringWriter printed) {
        return Simulate.commandLine().setOut(new PrintWriter(printed, true));
    }
}
