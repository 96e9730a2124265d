package dev.baton.simulation;

/** The Resilience4j decorator's own code, around the backend of a register, among standbys of other elections. */
class ResilientSimulationTest extends StoreKindTest {
    ResilientSimulationTest() {
        super(ResilientMutant.NONE, SEEDS / 2);
    }
}
