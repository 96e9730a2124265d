package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;

/** The annotation of a ConfigMap keeps every rule. */
class ConfigMapConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.CONFIG_MAP.harness();
    }
}
