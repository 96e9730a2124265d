package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.testing.servers.NullSetters;
import org.junit.jupiter.api.Test;

class NullArgumentsTest {
    @Test
    void settersRefuseNullByTheirName() throws IllegalAccessException {
        assertThat(NullSetters.takenBy(() -> EtcdBackend.builder("http://localhost:2379")))
                .isEmpty();
    }
}
