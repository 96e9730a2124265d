package dev.baton;

import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.baton.register.InMemoryRegister;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every mistake is refused before anything is sent, with the value, the rule and a way out. */
class BadInputTest {
    private final LockBackend backend = InMemoryRegister.open();

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    private LeaderElection.Builder builder() {
        return LeaderElection.on(backend, "orders/reconciler");
    }

    @Test
    void candidateWithNothingToLead() {
        assertThatIllegalStateException()
                .isThrownBy(builder()::start)
                .withMessageContainingAll("orders/reconciler", "has no onStartedLeading", "use LeaderElection.observe");
    }

    @Test
    void closedBackend() {
        backend.close();
        assertThatIllegalStateException()
                .isThrownBy(builder().onStartedLeading(term -> {})::start)
                .withMessageContainingAll("memory backend is closed", "open a new one for orders/reconciler");
    }

    @Test
    void wrongName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeaderElection.on(backend, "reconciler"))
                .withMessageContaining("exactly one slash");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeaderElection.observe(backend, "orders/Reconciler"))
                .withMessageContaining("lower-case");
    }

    @Test
    void wrongIdentity() {
        assertThatIllegalArgumentException().isThrownBy(() -> builder().identity(""));
    }

    @Test
    void drainTimeoutOutOfRange() {
        for (Duration value :
                new Duration[] {Duration.ZERO, seconds(-1), Duration.ofDays(1).plusNanos(1)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().drainTimeout(value))
                    .withMessageContainingAll(
                            "drainTimeout " + value, "greater than zero and at most a day", "halfway through it");
        }
    }

    @Test
    void takeoverDelayOutOfRange() {
        for (Duration value : new Duration[] {seconds(-1), Duration.ofDays(1).plusNanos(1)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().takeoverDelay(value))
                    .withMessageContainingAll(
                            "takeoverDelay " + value, "between zero and a day", "leaseDuration is enough");
        }
    }
}
