package dev.baton.campaign;

import dev.baton.campaign.candidate.Store;
import dev.baton.campaign.process.Elector;
import dev.baton.spi.ElectionTiming;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What to do.
 *
 * @param store where the election is decided
 * @param elector how the candidates elect
 * @param candidates how many
 * @param timing of all of them
 * @param length how long faults are made
 * @param seed of the faults
 * @param faults which are made
 * @param folder for diaries and reports; exists
 */
record CampaignPlan(
        Store store,
        Elector elector,
        int candidates,
        ElectionTiming timing,
        Duration length,
        long seed,
        FaultChoice faults,
        Path folder) {
    static final String NAMESPACE = "default";
    static final String NAME = "reconciler";
    static final String ELECTION = NAMESPACE + "/" + NAME;

    /** Short, so that there are many failovers; whole seconds, as two of the stores keep them. */
    static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofMillis(500));

    CampaignPlan {
        if (!elector.electsOn(store)) {
            throw new IllegalArgumentException(elector.text() + " does not elect on " + store.text());
        }
        if (candidates < 1 || candidates > Candidate.MOST) {
            throw new IllegalArgumentException(
                    "there must be 1 to " + Candidate.MOST + " candidates, not " + candidates);
        }
        if (length.isNegative() || length.isZero() || length.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(
                    "a campaign must last longer than nothing and at most a day, not " + length);
        }
    }
}
