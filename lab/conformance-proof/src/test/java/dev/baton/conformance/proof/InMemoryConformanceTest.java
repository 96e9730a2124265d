package dev.baton.conformance.proof;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;

/** The in-memory register keeps every rule. */
class InMemoryConformanceTest extends LockBackendConformance {
    @Override
    protected BackendHarness harness() {
        return new MemoryHarness();
    }
}
