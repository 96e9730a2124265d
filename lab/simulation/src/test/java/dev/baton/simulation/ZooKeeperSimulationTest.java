package dev.baton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The ZooKeeper backend's own code, on servers and a client library in virtual time. */
class ZooKeeperSimulationTest extends StoreKindTest {
    ZooKeeperSimulationTest() {
        super(ZooKeeperMutant.NONE, SEEDS);
    }

    @Override
    List<String> tooRare() {
        return List.of("taking-over>withdrawing × work-returns-early");
    }

    /** A claim first in line whose acquire had timed out was never tried again. */
    @Test
    void theOneFirstInLineLeadsThoughItsAcquireTimedOut() {
        assertThat(Simulation.run(1721, production).violation()).isNull();
    }
}
