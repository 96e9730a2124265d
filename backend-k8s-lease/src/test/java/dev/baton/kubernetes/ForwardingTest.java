package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.register.InMemoryRegister;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ForwardingBackend;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ForwardingTest {

    @Test
    void windDownBudgetIsThatOfTheElectionsInside() {
        ForwardingBackend inside = new ForwardingBackend(InMemoryRegister.open()) {
            @Override
            public Duration windDownBudget(ElectionTiming timing) {
                return Duration.ofMillis(42);
            }
        };
        try (KubernetesBackend backend = new KubernetesBackend(inside, event -> {})) {
            assertThat(backend.windDownBudget(ElectionTiming.DEFAULT)).isEqualTo(Duration.ofMillis(42));
        }
    }
}
