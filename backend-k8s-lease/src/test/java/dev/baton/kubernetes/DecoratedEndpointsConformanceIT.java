package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.testing.servers.FullLane;
import java.io.IOException;

/** The annotation of Endpoints keeps every rule behind a circuit breaker, too. */
@FullLane("the kit on a real store takes minutes")
class DecoratedEndpointsConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.ENDPOINTS.decorated();
    }
}
