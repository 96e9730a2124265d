package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;

/** A Lease keeps every rule. */
class LeaseConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return new KubernetesHarness(
                "kubernetes lease",
                config -> KubernetesBackend.lease()
                        .config(config)
                        .shutdownHook(false)
                        .build(),
                LockObject.LEASE);
    }
}
