package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class RequiresTest {
    @Test
    void whatIsPresentLetsTheTestGoOn() {
        Requires.that(true, "a server", Map.of("CI", "true"));
        assertThat(Requires.program("sh")).isExecutable();
    }

    @Test
    void whatIsMissingAbortsTheTestWithItsReason() {
        assertThatThrownBy(() -> Requires.that(false, "no server here", Map.of()))
                .isInstanceOf(TestAbortedException.class)
                .hasMessage("no server here");
    }

    @Test
    void whatIsMissingInContinuousIntegrationFailsTheTest() {
        assertThatThrownBy(() -> Requires.that(false, "no server here", Map.of("CI", "true")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no server here");
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
