package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.testing.servers.ControlPlane.Topology;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ControlPlaneIT {
    @ParameterizedTest
    @EnumSource
    void everyPartIsReadyAndBothPairsHaveOneLeader(Topology topology) throws Exception {
        try (ControlPlane plane = ControlPlane.start(topology)) {
            assertThat(plane.parts()).hasSize(10).allMatch(plane::isReady);
        }
    }
}
