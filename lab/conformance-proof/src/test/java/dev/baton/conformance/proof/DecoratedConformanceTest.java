package dev.baton.conformance.proof;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.register.Register;
import dev.baton.resilience4j.ResilientBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.LockBackend;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.Set;

/** A backend keeps every rule behind a circuit breaker and a rate limiter, whatever its store. */
class DecoratedConformanceTest extends LockBackendConformance {
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
    protected BackendHarness harness() {
        return new MemoryHarness() {
            @Override
            public String name() {
                return "in memory, decorated";
            }

            @Override
            LockBackend open(Register shared, Link link, BackendRuntime runtime) {
                return ResilientBackend.around(super.open(shared, link, runtime))
                        .rateLimiter(LIMITER)
                        .circuitBreaker(BREAKER)
                        .build();
            }

            @Override
            public Set<String> packages() {
                return Set.of(getClass().getPackageName(), "dev.baton.resilience4j");
            }
        };
    }
}
