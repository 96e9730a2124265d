package dev.baton.interleaving;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.SerialExecutorScenario;
import dev.baton.TermRunScenario;
import dev.baton.TermStartScenario;
import dev.baton.driver.LiveTermScenario;
import dev.baton.driver.ReportScenario;
import dev.baton.internal.session.InlineSerialExecutorScenario;
import dev.baton.spi.OutboxScenario;
import dev.baton.spi.RequestQueueScenario;
import dev.baton.testing.servers.FullLane;
import dev.baton.testing.servers.Lane;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the core's threads share holds in whatever order they come; and where it would not, that is found. */
class InterleavingsTest {
    private static final int ORDERS = Lane.current() == Lane.FULL ? 1_000 : 100;

    @ParameterizedTest
    @ValueSource(
            classes = {
                SerialExecutorScenario.class,
                InlineSerialExecutorScenario.class,
                RequestQueueScenario.class,
                OutboxScenario.class,
                LiveTermScenario.class,
                ReportScenario.class,
                TermRunScenario.class,
                TermStartScenario.class
            })
    void holdsInEveryOrder(Class<?> scenario) {
        Orders.explore(scenario, ORDERS);
    }

    /** Lincheck says nothing when it does not see what it was to watch. */
    @Test
    void mistakeIsFoundAtAll() throws ReflectiveOperationException {
        assertFound(Mistake.RUN_LOCKS_NOTHING.plant());
    }

    @ParameterizedTest
    @EnumSource(names = "RUN_LOCKS_NOTHING", mode = EnumSource.Mode.EXCLUDE)
    @FullLane("explores a mistake in each scenario, half a minute")
    void mistakeIsFound(Mistake mistake) throws ReflectiveOperationException {
        assertFound(mistake.plant());
    }

    /** What is found is the mistake, and not that a copy does not work. */
    @ParameterizedTest
    @EnumSource
    @FullLane("explores each scenario once more, half a minute")
    void copyWithoutAMistakeHolds(Mistake mistake) throws ReflectiveOperationException {
        Orders.explore(mistake.copy(), 30);
    }

    private static void assertFound(Class<?> planted) {
        assertThatThrownBy(() -> Orders.explore(planted, 1_000)).isInstanceOf(LincheckAssertionError.class);
    }
}
