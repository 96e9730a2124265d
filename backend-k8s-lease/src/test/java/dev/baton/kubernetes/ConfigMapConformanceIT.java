package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.testing.servers.FullLane;
import java.io.IOException;

/** The annotation of a ConfigMap keeps every rule. */
@FullLane("the kit on a real store takes minutes")
class ConfigMapConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.CONFIG_MAP.harness();
    }
}
