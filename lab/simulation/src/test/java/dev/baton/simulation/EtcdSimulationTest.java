package dev.baton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The etcd backend's own code, on a cluster and channels to it in virtual time. */
class EtcdSimulationTest extends StoreKindTest {
    EtcdSimulationTest() {
        super(EtcdMutant.NONE, SEEDS);
    }

    @Override
    List<String> tooRare() {
        return List.of("taking-over>withdrawing × rack-lost");
    }

    /** After a restore the deletion of a claim's former key, of a greater revision, was taken for that of the next, over and over. */
    @Test
    void aKeyInARestoredStoreIsNotTakenForTheOneDeletedBefore() {
        assertThat(Simulation.run(1_073_478, production).violation()).isNull();
    }
}
