package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.migration.DualBackend;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.time.Duration;

/** The backends with records on an API server, as the conformance kit opens them. */
enum KubernetesKit {
    LEASE("kubernetes lease", LockObject.LEASE) {
        @Override
        LockBackend open(Config config) {
            return opened(KubernetesBackend.lease(), config);
        }
    },
    ENDPOINTS("kubernetes endpoints", LockObject.ENDPOINTS) {
        @Override
        LockBackend open(Config config) {
            return opened(KubernetesBackend.endpoints(), config);
        }
    },
    CONFIG_MAP("kubernetes configmap", LockObject.CONFIG_MAP) {
        @Override
        LockBackend open(Config config) {
            return opened(KubernetesBackend.configMap(), config);
        }
    },
    HOLD_TWO("kubernetes endpoints and lease", LockObject.ENDPOINTS, LockObject.LEASE) {
        @Override
        LockBackend open(Config config) {
            return DualBackend.of(
                    ENDPOINTS.open(config), opened(KubernetesBackend.lease().epoch(1), config), 0);
        }

        /** Who does not get the second store within a retryPeriod gives the first one back: long enough on a busy machine. */
        @Override
        ElectionTiming timing() {
            return ElectionTiming.of(Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofSeconds(2));
        }
    };

    private final String text;
    private final LockObject first;
    private final LockObject last;

    KubernetesKit(String text, LockObject only) {
        this(text, only, only);
    }

    KubernetesKit(String text, LockObject first, LockObject last) {
        this.text = text;
        this.first = first;
        this.last = last;
    }

    abstract LockBackend open(Config config);

    /** In whole seconds, as records have them, and retryPeriod as mixed fleets need it. */
    ElectionTiming timing() {
        return ElectionTiming.of(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofSeconds(1));
    }

    BackendHarness harness() throws IOException {
        return new KubernetesHarness(text, timing(), this::open, kinds());
    }

    private LockObject[] kinds() {
        return first == last ? new LockObject[] {first} : new LockObject[] {first, last};
    }

    private static LockBackend opened(KubernetesBackend.Builder builder, Config config) {
        return builder.config(config).shutdownHook(false).build();
    }
}
