package dev.baton.simulation;

/** The etcd backend's own code, on a cluster and channels to it in virtual time. */
class EtcdSimulationTest extends StoreKindTest {
    EtcdSimulationTest() {
        super(EtcdMutant.NONE, SEEDS);
    }
}
