package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.resilience4j.ResilientBackend;
import dev.baton.spi.LockBackend;
import io.fabric8.kubernetes.client.Config;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.io.IOException;
import java.time.Duration;

/** A Lease keeps every rule with a circuit breaker, a rate limiter and time limits around it, too. */
class DecoratedConformanceIT extends LockBackendConformance {
    /** The kit asks more than fifty times a second, and does not wait for ten. */
    private static final RateLimiterConfig LIMITER = RateLimiterConfig.custom()
            .limitForPeriod(1_000)
            .limitRefreshPeriod(Duration.ofSeconds(1))
            .build();

    private static final CircuitBreakerConfig BREAKER = CircuitBreakerConfig.custom()
            .slidingWindowSize(20)
            .waitDurationInOpenState(Duration.ofMillis(200))
            .build();

    @Override
    protected BackendHarness harness() throws IOException {
        return new KubernetesHarness("kubernetes lease, decorated", DecoratedConformanceIT::open, LockObject.LEASE);
    }

    private static LockBackend open(Config config) {
        return ResilientBackend.around(KubernetesBackend.lease()
                        .config(config)
                        .shutdownHook(false)
                        .build())
                .rateLimiter(LIMITER)
                .circuitBreaker(BREAKER)
                .build();
    }
}
