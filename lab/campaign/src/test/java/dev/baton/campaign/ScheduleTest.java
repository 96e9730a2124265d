package dev.baton.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.campaign.Fault.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    @Test
    void drawsOneBesideEveryFourthFaultOfACandidateAndNeverTwoOfTheStore() {
        List<Fault> faults = Stream.concat(
                        FAULTS.stream(),
                        Stream.of(of("store", Kind.STORE), of("hand", Kind.HAND), of("session", Kind.SESSION)))
                .toList();
        List<Draw> draws = draws(new Schedule(faults, true, 3, Duration.ofSeconds(5), 7), 1_300);
        List<Draw> pairs =
                draws.stream().filter(draw -> draw.beside().isPresent()).toList();
        assertThat(pairs).hasSizeBetween(210, 290).allMatch(draw -> draw.fault().strikesOne());
        assertThat(pairs.stream().map(draw -> draw.beside().orElseThrow().name()))
                .containsOnly("store", "hand");
        assertThat(draws(new Schedule(faults, false, 3, Duration.ofSeconds(5), 7), 1_300))
                .allMatch(draw -> draw.beside().isEmpty());
    }

    @Test
    void drawsTheSameWhetherThereArePairsOrNot() {
        List<Fault> faults = Stream.concat(FAULTS.stream(), Stream.of(of("store", Kind.STORE)))
                .toList();
        List<Draw> pairs = draws(new Schedule(faults, true, 3, Duration.ofSeconds(5), 7), 100);
        List<Draw> single = draws(new Schedule(faults, false, 3, Duration.ofSeconds(5), 7), 100);
        assertThat(pairs).isNotEqualTo(single);
        assertThat(pairs.stream().map(ScheduleTest::alone).toList()).isEqualTo(single);
    }

    private static Draw alone(Draw draw) {
        return new Draw(draw.fault(), Optional.empty(), draw.leader(), draw.victim(), draw.lasting(), draw.quiet());
    }

    private static Fault of(String name, Kind kind) {
        return new Fault(name, kind, true, victim -> Fault.Healing.NONE);
    }

    private static List<Draw> draws(long seed, int number) {
        return draws(new Schedule(FAULTS, true, 3, Duration.ofSeconds(5), seed), number);
    }

    private static List<Draw> draws(Schedule schedule, int number) {
        return Stream.generate(schedule::next).limit(number).toList();
    }
}
