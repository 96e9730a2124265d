package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.testing.servers.FullLane;
import java.io.IOException;

/** The annotation of Endpoints keeps every rule. */
@FullLane("the kit on a real store takes minutes")
class EndpointsConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.ENDPOINTS.harness();
    }
}
