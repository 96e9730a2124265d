package dev.baton.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The etcd backend's own code, on a cluster and channels to it in virtual time. */
class EtcdSimulationTest {
    private static final Options PRODUCTION = Options.DEFAULT.with(EtcdMutant.NONE);
    private static final int SEEDS = 20_000;
    private static final int THREADS = 2;
    private static final int MEDIAN_SEEDS_TO_CATCH_A_MUTANT = 500;

    @Test
    void twentyThousandSeedsMakeNoTwoLeaders() {
        Simulation.Summary summary = Simulation.runAll(0, SEEDS, PRODUCTION, THREADS, outcome -> {});
        Outcome failure = summary.failure();
        if (failure != null) {
            fail(failure.report());
        }
        assertThat(summary.seeds()).isEqualTo(SEEDS);
        assertThat(summary.terms()).as("terms begun").isGreaterThan(SEEDS);
        assertThat(summary.faults().keySet()).as("faults injected").isEqualTo(EtcdStore.FAULTS);
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
    void everyMutantIsCaught(EtcdMutant mutant) {
        MutantsTable.Row row = MutantsTable.hunt(Options.DEFAULT.with(mutant));
        assertThat(row.isCaught())
                .as("%s: seeds to catch %s", mutant.text(), row.seeds())
                .isTrue();
        assertThat(row.median()).as("median of %s", row.seeds()).isLessThanOrEqualTo(MEDIAN_SEEDS_TO_CATCH_A_MUTANT);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 4_711, -1, Long.MAX_VALUE})
    void sameSeedSameHistory(long seed) {
        Outcome first = Simulation.run(seed, PRODUCTION);
        Outcome again = Simulation.run(seed, PRODUCTION);
        assertThat(again.history()).isEqualTo(first.history());
        assertThat(again.lastEvents()).isEqualTo(first.lastEvents());
        assertThat(Simulation.run(seed + 1, PRODUCTION).history()).isNotEqualTo(first.history());
    }

    @Test
    void theReplayCommandNamesTheStoreAndItsMutant() {
        assertThat(Options.DEFAULT.with(EtcdMutant.KEEP_ALIVE_TRUSTED).replay(7))
                .isEqualTo("testing/simulate --seed 7 --store etcd:keep-alive-trusted");
    }
}
