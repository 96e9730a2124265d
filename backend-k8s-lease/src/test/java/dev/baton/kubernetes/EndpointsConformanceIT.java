package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** The annotation of Endpoints keeps every rule. */
@Tag("long")
class EndpointsConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return new KubernetesHarness(
                "kubernetes endpoints",
                config -> KubernetesBackend.endpoints()
                        .config(config)
                        .shutdownHook(false)
                        .build(),
                LockObject.ENDPOINTS);
    }
}
