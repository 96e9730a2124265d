package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.testing.servers.FullLane;
import java.io.IOException;

/** Both stores together keep every rule behind a circuit breaker, too. */
@FullLane("the kit on a real store takes minutes")
class DecoratedDualBackendConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.HOLD_TWO.decorated();
    }
}
