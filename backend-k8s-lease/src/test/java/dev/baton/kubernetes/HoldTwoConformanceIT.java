package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;

/** A fleet that moves from Endpoints to a Lease holds both, and keeps every rule meanwhile. */
class HoldTwoConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.HOLD_TWO.harness();
    }
}
