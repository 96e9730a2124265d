package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class RequiresTest {
    private static final Map<String, String> FULL = Map.of("BATON_LANE", "full");

    @Test
    void whatIsPresentLetsTheTestGoOn() {
        Requires.that(true, "a server", FULL);
        assertThat(Requires.program("sh")).isExecutable();
    }

    @Test
    void whatIsMissingAbortsTheTestWithItsReason() {
        assertThatThrownBy(() -> Requires.that(false, "no server here", Map.of()))
                .isInstanceOf(TestAbortedException.class)
                .hasMessage("no server here");
    }

    @Test
    void whatIsMissingInTheFastLaneIsForTheFullOne() {
        assertThatThrownBy(() -> Requires.that(false, "no server here", Map.of("BATON_LANE", "fast")))
                .isInstanceOf(TestAbortedException.class)
                .hasMessage("for the full lane: no server here");
    }

    @Test
    void whatIsMissingInTheFullLaneFailsTheTest() {
        assertThatThrownBy(() -> Requires.that(false, "no server here", FULL))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no server here");
    }

    @Test
    void aLaneThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> Requires.that(false, "no server here", Map.of("BATON_LANE", "slow")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("BATON_LANE is \"slow\"; it is fast, full, or not set");
    }

    @Test
    void whatCanBeLeftOutIsAskedFor() {
        assertThat(Requires.hasProgram("sh")).isTrue();
        assertThat(Requires.hasProgram("no-such-program")).isFalse();
    }

    @Test
    void aProgramThatIsNotOnThePathIsMissing() {
        assertThatThrownBy(() -> Requires.program("no-such-program", Map.of("PATH", "/usr/bin:/bin")))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("no-such-program");
    }
}
