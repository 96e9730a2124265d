package dev.baton.conformance.proof;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;

/** Two backends held together keep the rules as each of them does. */
class DualBackendConformanceTest extends LockBackendConformance {
    @Override
    protected BackendHarness harness() {
        return new DualBackendHarness();
    }
}
