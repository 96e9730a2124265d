package dev.baton.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final List<Fault> FAULTS = Scene.ofCandidates();

    @Test
    void drawsTheSameFromTheSameSeed() {
        assertThat(draws(7, 40)).isEqualTo(draws(7, 40)).isNotEqualTo(draws(8, 40));
    }

    @Test
    void drawsEachFaultBeforeAnyComesAgain() {
        assertThat(draws(7, FAULTS.size()).stream().map(Draw::fault)).containsExactlyInAnyOrderElementsOf(FAULTS);
    }

    @Test
    void drawsWhatMayHappenToAnyCandidate() {
        assertThat(draws(7, FAULTS.size()).stream().map(draw -> draw.fault().name()))
                .contains("killed", "paused", "cut off", "slow network", "stalls and resets");
    }

    @Test
    void strikesTheLeaderMoreOftenThanOthersForLongerAndShorterThanALease() {
        List<Draw> draws = draws(7, 1_000);
        assertThat(draws.stream().filter(Draw::leader).count()).isBetween(600L, 730L);
        assertThat(draws.stream().map(Draw::lasting))
                .allMatch(lasting -> lasting.compareTo(Duration.ofSeconds(1)) >= 0)
                .allMatch(lasting -> lasting.compareTo(Duration.ofSeconds(9)) < 0)
                .anyMatch(lasting -> lasting.compareTo(Duration.ofSeconds(3)) < 0)
                .anyMatch(lasting -> lasting.compareTo(Duration.ofSeconds(6)) > 0);
    }

    private static List<Draw> draws(long seed, int number) {
        Schedule schedule = new Schedule(FAULTS, 3, Duration.ofSeconds(5), seed);
        return Stream.generate(schedule::next).limit(number).toList();
    }
}
