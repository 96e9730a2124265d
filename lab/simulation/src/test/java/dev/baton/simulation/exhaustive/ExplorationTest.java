package dev.baton.simulation.exhaustive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.testing.servers.FullLane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplorationTest {
    private static final String WITHIN_WHICH_MISTAKES_ARE_FOUND = "depth:10,units:3,faults:1";

    /** The numbers of states change with the algorithm, and with nothing else; what is printed is the new number. */
    @FullLane("explores tens of thousands of states")
    @ParameterizedTest
    @CsvSource(
            delimiterString = "|",
            value = {
                "units:3                   | 10662 |     0 | 24288",
                "depth:10,units:3,faults:1 | 24752 | 10090 | 48092",
                "depth:6,faults:1,watched  |  7723 |  5359 | 12857",
                "depth:6,faults:2,longest-jitter | 8215 | 5659 | 13294",
            })
    void everyPropertyHoldsInEveryState(String bounds, int states, int frontier, long transitions) {
        Exploration.Report report = explore(bounds, Mistake.NONE);
        System.out.println(report.text());
        assertThat(report.violation()).as(report.text()).isNull();
        assertThat(report.states()).as("distinct states").isEqualTo(states);
        assertThat(report.frontier()).as("states not gone on from").isEqualTo(frontier);
        assertThat(report.transitions()).as("transitions").isEqualTo(transitions);
    }

    @Test
    void everyPropertyHoldsInTheFirstStates() {
        Exploration.Report report = explore("depth:5,units:3,faults:1", Mistake.NONE);
        assertThat(report.violation()).as(report.text()).isNull();
        assertThat(report.states()).as("distinct states").isGreaterThan(100);
    }

    @FullLane("explores half a million states")
    @ParameterizedTest
    @CsvSource({
        "VALIDITY_FROM_RECEIPT, 10, two leaders at once",
        "TAKEOVER_TOO_SOON, 8, took over",
        "WITHDRAW_WITHOUT_RECHECK, 5, landed after its withdrawal had been confirmed",
        "WRITE_WITHOUT_COMPARING, 4, took over",
        "EXPIRED_TERM_REVIVED, 6, says that it is ACTIVE",
        "IDENTITY_INSTEAD_OF_NONCE, 4, took over",
        "ACQUIRE_LEFT_BEHIND, 4, left its record behind",
        "WRITE_UNDER_WAY_FORGOTTEN, 5, landed after its withdrawal had been confirmed",
        "CONFLICT_TAKEN_FOR_SUCCESS, 6, began a term with token 1 after a term with token 2",
        "RELEASE_BEFORE_WORK_RETURNED, 5, while it was RUNNING",
        "RELEASE_BEFORE_WORK_STOPPED, 7, was released while its work is STOPPING",
    })
    void everyMistakeIsFoundByAShortestHistory(Mistake mistake, int length, String sentence) {
        Exploration.Report report = explore(WITHIN_WHICH_MISTAKES_ARE_FOUND, mistake);
        System.out.println(mistake.text() + ": " + mistake.sentence() + '\n' + report.text());
        assertThat(report.violation()).isNotNull().contains(sentence);
        assertThat(report.length()).as("steps of a shortest history").isEqualTo(length);
        assertThat(report.history()).anySatisfy(line -> assertThat(line).startsWith("t="));
    }

    @FullLane("explores half a million states")
    @ParameterizedTest
    @CsvSource(
            delimiterString = "|",
            value = {"depth:11 | 23", "depth:7,faults:1,watched | 211", "depth:6,faults:2 | 41"})
    void theSameFollowsWorldsThatAreTakenForOne(String bounds, int every) {
        assertThat(Exploration.compareWorldsTakenForOne(Bounds.parse(bounds), every))
                .isGreaterThan(50);
    }

    @Test
    void refusesABoundThatIsNone() {
        assertThatThrownBy(() -> Bounds.parse("depth:3,deep"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"deep\"");
        assertThat(Bounds.parse("depth:3,units:2,faults:1,watched,longest-jitter"))
                .isEqualTo(new Bounds(3, 2, 1, true, true));
        assertThat(Bounds.parse("")).isEqualTo(Bounds.DEFAULT);
    }

    private static Exploration.Report explore(String bounds, Mistake mistake) {
        return Exploration.run(Bounds.parse(bounds), mistake, line -> {});
    }
}
