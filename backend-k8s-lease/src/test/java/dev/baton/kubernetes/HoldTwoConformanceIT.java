package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.migration.HoldTwo;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.time.Duration;

/** A fleet that moves from Endpoints to a Lease holds both, and keeps every rule meanwhile. */
class HoldTwoConformanceIT extends LockBackendConformance {
    /** Who does not get the second store within a retryPeriod gives the first one back: long enough on a busy machine. */
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofSeconds(2));

    @Override
    protected BackendHarness harness() throws IOException {
        return new KubernetesHarness(
                "kubernetes endpoints and lease",
                TIMING,
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
