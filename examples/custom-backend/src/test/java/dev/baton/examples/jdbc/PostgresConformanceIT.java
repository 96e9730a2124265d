package dev.baton.examples.jdbc;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.testing.servers.FullLane;
import java.io.IOException;

@FullLane("the kit on a real store takes minutes")
class PostgresConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return new PostgresHarness(PostgresServer.start());
    }
}
