package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** A Lease keeps every rule. */
@Tag("long")
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
