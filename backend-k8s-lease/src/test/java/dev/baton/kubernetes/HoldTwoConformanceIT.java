package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.migration.HoldTwo;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** A fleet that moves from Endpoints to a Lease holds both, and keeps every rule meanwhile. */
@Tag("long")
class HoldTwoConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return new KubernetesHarness(
                "kubernetes endpoints and lease",
                config -> HoldTwo.of(
                        KubernetesBackend.endpoints()
                                .config(config)
                                .shutdownHook(false)
                                .build(),
                        KubernetesBackend.lease()
                                .config(config)
                                .shutdownHook(false)
                                .epoch(1)
                                .build(),
                        0),
                LockObject.ENDPOINTS,
                LockObject.LEASE);
    }
}
