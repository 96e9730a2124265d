package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.testing.servers.FullLane;
import java.io.IOException;

/** A Lease keeps every rule. */
@FullLane("the kit on a real store takes minutes")
class LeaseConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.LEASE.harness();
    }
}
