package dev.baton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.verify.Clocks;
import dev.baton.verify.Finding;
import dev.baton.verify.Finding.Kind;
import dev.baton.verify.Premises;
import dev.baton.verify.Rule;
import dev.baton.verify.Verification;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The checkers that judge logs do not cry wolf: in worlds with every fault there is, in which no invariant broke, they find
 * each term and nothing against what the candidates told, but that two led at once where an operator took a claim away.
 */
class VerifiedWorldsTest {
    private static final int SEEDS = 500;

    /** Long enough for everything that the weather of a world delays. */
    private static final Premises PREMISES = new Premises(Clocks.ofOneHost(), Duration.ofDays(7));

    private static List<Finding> violations(long seed, Options options, Timeline timeline) {
        Outcome outcome = new World(seed, options, timeline).run();
        Verification verification = Verification.of(List.of(timeline.log()), PREMISES);
        assertThat(verification.histories().stream()
                        .mapToLong(history -> history.terms().size())
                        .sum())
                .as("terms of seed %d", seed)
                .isEqualTo(outcome.terms());
        boolean excused = outcome.faults().keySet().stream().anyMatch(Fault::breaksThePremise);
        return verification.of(Kind.VIOLATION).stream()
                .filter(finding -> !excused || finding.rule() != Rule.ONE_LEADER)
                .toList();
    }

    @Test
    void whatCandidatesToldOfGoodWorldsIsGood() {
        Options options = Options.DEFAULT.with(ZooKeeperMutant.NONE);
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(violations(seed, options, new Timeline()))
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }
}
