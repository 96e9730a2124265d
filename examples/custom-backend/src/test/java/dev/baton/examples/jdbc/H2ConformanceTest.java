package dev.baton.examples.jdbc;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;

class H2ConformanceTest extends LockBackendConformance {
    @Override
    protected BackendHarness harness() {
        return new JdbcHarness("h2", H2Test.create("conformance"));
    }
}
