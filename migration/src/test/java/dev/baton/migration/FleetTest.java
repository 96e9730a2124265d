package dev.baton.migration;

import static dev.baton.fixture.Samples.TIMING;
import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.migration.Fleet.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fleets move from one store to the other, a process at a time: one leader, growing tokens, no more than a failover. */
@Timeout(120)
class FleetTest {
    private static final long RAISE_FROM = 50_000;
    private static final int SEEDS = Integer.getInteger("baton.fleets", 60);

    /** What one dead leader costs: a leaseDuration on the slowest clock, and three retryPeriods to notice and to ask. */
    private static final Duration FAILOVER =
            TIMING.leaseDuration().plus(TIMING.retryPeriod().multipliedBy(3));

    private static Fleet roll(long seed, int newEpoch, long raiseFrom, boolean faults, Duration failover) {
        Fleet fleet = new Fleet(seed, newEpoch, raiseFrom, failover);
        try {
            fleet.run(seconds(5));
            fleet.roll(Kind.BOTH, faults);
            fleet.raise();
            fleet.roll(Kind.NEW, faults);
            fleet.run(seconds(30));
            return fleet;
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    @Test
    void handsOverThroughAllStepsWhenNothingFails() {
        long longest = 0;
        for (long seed = 1; seed <= 20; seed++) {
            Fleet fleet = roll(seed, 4, RAISE_FROM, false, seconds(3));
            longest = Math.max(longest, fleet.longestGapNanos);
        }
        assertThat(Duration.ofNanos(longest)).isLessThan(TIMING.retryPeriod());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void movesWhileProcessesCrashAndAreCutOff(int part) {
        int terms = 0;
        for (long seed = part; seed < SEEDS; seed += 3) {
            terms += roll(seed, 4, RAISE_FROM, true, FAILOVER).terms;
        }
        assertThat(terms).isGreaterThan(SEEDS);
    }
}
