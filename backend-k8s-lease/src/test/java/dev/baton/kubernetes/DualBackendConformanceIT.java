package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.testing.servers.FullLane;
import java.io.IOException;

/** A fleet that moves from Endpoints to a Lease holds both, and keeps every rule meanwhile. */
@FullLane("the kit on a real store takes minutes")
class DualBackendConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.HOLD_TWO.harness();
    }
}
