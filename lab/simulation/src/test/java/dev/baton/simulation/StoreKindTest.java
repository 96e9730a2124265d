package dev.baton.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.baton.testing.servers.FullLane;
import dev.baton.testing.servers.Lane;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds at every kind of store: no seed makes two leaders, and every mistake is caught. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StoreKindTest {
    static final int SEEDS = Lane.current() == Lane.FAST ? 500 : 20_000;
    static final int THREADS = 2;
    private static final int SEEDS_TO_MEET_EVERYTHING = 10_000;
    private static final int MEDIAN_SEEDS_TO_CATCH_A_MUTANT = 1_000;

    final Options production;
    private final int seeds;

    /**
     * @param nothing the production code, at its store
     * @param seeds how many worlds
     */
    StoreKindTest(Planted nothing, int seeds) {
        this.production = Options.DEFAULT.with(nothing);
        this.seeds = seeds;
    }

    @Test
    void noSeedMakesTwoLeaders() {
        Simulation.Summary summary = Simulation.runAll(0, seeds, production, THREADS, outcome -> {});
        Outcome failure = summary.failure();
        if (failure != null) {
            fail(failure.report());
        }
        assertThat(summary.seeds()).isEqualTo(seeds);
        assertThat(summary.terms()).as("terms begun").isGreaterThan(seeds);
        assertThat(summary.faults().keySet())
                .as("faults injected")
                .isEqualTo(production.kind().faults());
        if (seeds >= SEEDS_TO_MEET_EVERYTHING) {
            assertThat(summary.coverage().gaps())
                    .as("transitions that never met a fault")
                    .isSubsetOf(tooRare());
        }
        System.out.printf(
                Locale.ROOT,
                "%d seeds, %.1f hours of virtual time, %d events, %d terms: every invariant held%n",
                summary.seeds(),
                summary.simulatedNanos() / 3.6e12,
                summary.events(),
                summary.terms());
    }

    /** Pairs of a transition and a fault that the worlds of this kind do not meet in so many seeds. */
    List<String> tooRare() {
        return List.of();
    }

    List<Planted> mistakes() {
        return Planted.all().stream()
                .filter(planted -> planted.store().equals(production.planted().store()) && !planted.isNothing())
                .toList();
    }

    @FullLane("hunts every mutant, for minutes")
    @ParameterizedTest
    @MethodSource("mistakes")
    void everyMutantIsCaught(Planted mutant) {
        MutantsTable.Row row = MutantsTable.hunt(Options.DEFAULT.with(mutant));
        assertThat(row.isCaught())
                .as("%s: seeds to catch %s", mutant.text(), row.seeds())
                .isTrue();
        assertThat(row.median()).as("median of %s", row.seeds()).isLessThanOrEqualTo(MEDIAN_SEEDS_TO_CATCH_A_MUTANT);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 4_711, -1, Long.MAX_VALUE})
    void sameSeedSameHistory(long seed) {
        Outcome first = Simulation.run(seed, production);
        Outcome again = Simulation.run(seed, production);
        assertThat(again).usingRecursiveComparison().isEqualTo(first);
        assertThat(Simulation.run(seed + 1, production).history()).isNotEqualTo(first.history());
    }

    @Test
    void theReplayCommandNamesTheStoreAndItsMutant() {
        Planted mutant = mistakes().get(0);
        String replay = Options.DEFAULT.with(mutant).replay(7);
        assertThat(replay)
                .isEqualTo("lab/simulate --seed 7"
                        + (mutant.store().equals("register") ? "" : " --store " + mutant.store()) + " --mutant "
                        + mutant.text());
        assertThat(Planted.at(mutant.store(), mutant.text())).isEqualTo(mutant);
    }
}
