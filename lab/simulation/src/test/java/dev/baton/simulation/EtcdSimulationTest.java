package dev.baton.simulation;

import java.util.List;

/** The etcd backend's own code, on a cluster and channels to it in virtual time. */
class EtcdSimulationTest extends StoreKindTest {
    EtcdSimulationTest() {
        super(EtcdMutant.NONE, SEEDS);
    }

    @Override
    List<String> tooRare() {
        return List.of("taking-over>withdrawing × rack-lost");
    }
}
