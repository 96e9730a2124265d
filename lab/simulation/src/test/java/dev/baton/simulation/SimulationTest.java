package dev.baton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The register backend's own code, and what the simulation is made of. */
class SimulationTest extends StoreKindTest {
    private static final Path DOCUMENT = Path.of("../../docs/simulation.md");
    private static final Path SPECIFICATION = Path.of("../../docs/spi-specification.md");

    SimulationTest() {
        super(Mutant.NONE, SEEDS);
    }

    @Test
    void everyNumberedRuleHasAMutant() throws IOException {
        Set<String> rules = Pattern.compile("^\\| (\\d\\.\\d) \\|", Pattern.MULTILINE)
                .matcher(Files.readString(SPECIFICATION, StandardCharsets.UTF_8))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(rules).as("rules in %s", SPECIFICATION).contains("1.1", "8.4");
        Set<String> broken = Planted.all().stream()
                .map(Planted::mistake)
                .flatMap(mistake -> Mutant.rulesIn(mistake).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(rules).as("rules that mutants name").containsAll(broken);
        rules.removeAll(broken);
        assertThat(rules).as("rules without a mutant").isEmpty();
    }

    @Test
    void theDocumentNamesEveryMutantAndItsRules() throws IOException {
        String text = Files.readString(DOCUMENT, StandardCharsets.UTF_8);
        assertThat(text)
                .as("written anew by lab/simulate --mutants-table docs/simulation.md")
                .isEqualTo(MutantsTable.updated(text, DOCUMENT));
    }

    @Test
    void theUnfencedRegisterIsCorruptedInSomeSeed() {
        Simulation.Summary summary = Simulation.runAll(0, 1_000, Options.DEFAULT, THREADS, outcome -> {});
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
                .filter(line -> line.startsWith("replay: lab/simulate --seed "))
                .findFirst()
                .orElseThrow();
        assertThat(replay).endsWith(" --candidates 3 --mutant " + mutant);

        StringWriter replayed = new StringWriter();
        String[] arguments = replay.substring("replay: lab/simulate ".length()).split(" ", -1);
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
