package dev.baton.examples.jdbc;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;

class PostgresConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return new PostgresHarness(PostgresServer.start());
    }
}
