package dev.baton.conformance;

/** The in-memory register keeps every rule. */
class InMemoryConformanceTest extends LockBackendConformance {
    @Override
    protected BackendHarness harness() {
        return new MemoryHarness();
    }
}
