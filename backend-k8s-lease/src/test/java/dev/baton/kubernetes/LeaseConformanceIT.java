package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;

/** A Lease keeps every rule. */
class LeaseConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.LEASE.harness();
    }
}
