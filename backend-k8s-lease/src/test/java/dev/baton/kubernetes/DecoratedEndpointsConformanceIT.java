package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;

/** The annotation of Endpoints keeps every rule behind a circuit breaker, too. */
class DecoratedEndpointsConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.ENDPOINTS.decorated();
    }
}
