package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;

/** The annotation of a ConfigMap keeps every rule behind a circuit breaker, too. */
class DecoratedConfigMapConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return KubernetesKit.CONFIG_MAP.decorated();
    }
}
