package dev.baton.zookeeper;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.resilience4j.ResilientBackend;
import dev.baton.testing.servers.FullLane;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.io.IOException;
import java.time.Duration;

/** The same rules hold of it behind a circuit breaker and a rate limiter. */
@FullLane("the kit on a real store takes minutes")
class DecoratedZooKeeperConformanceIT extends LockBackendConformance {
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
        return new ZooKeeperHarness(
                "zookeeper, decorated",
                backend -> ResilientBackend.around(backend)
                        .rateLimiter(LIMITER)
                        .circuitBreaker(BREAKER)
                        .build());
    }
}
