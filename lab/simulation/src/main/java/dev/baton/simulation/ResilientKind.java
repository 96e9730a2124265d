package dev.baton.simulation;

import dev.baton.resilience4j.ResilientBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A register, with the Resilience4j decorator around its backend, and a crowd of standbys of other elections who use that too.
 * What the decorator lets through is so little that it is short of permissions, open, or half open, much of the time.
 *
 * @param mutant which variant of the decorator runs
 */
record ResilientKind(ResilientMutant mutant) implements StoreKind {
    private static final CircuitBreakerConfig BREAKER = CircuitBreakerConfig.custom()
            .slidingWindowSize(10)
            .minimumNumberOfCalls(4)
            .failureRateThreshold(40)
            .waitDurationInOpenState(Duration.ofSeconds(1))
            .permittedNumberOfCallsInHalfOpenState(2)
            .build();

    private static final RateLimiterConfig LIMITER = RateLimiterConfig.custom()
            .limitForPeriod(5)
            .limitRefreshPeriod(Duration.ofMillis(500))
            .build();

    private static final TimeLimiterConfig PATIENCE =
            TimeLimiterConfig.custom().timeoutDuration(Duration.ofSeconds(1)).build();

    @Override
    public Set<Fault> faults() {
        return Fault.ofRegisters();
    }

    @Override
    public Set<Fault> refusals() {
        return Set.of();
    }

    @Override
    public Store open(World world, SplittableRandom random, List<ElectionTiming> timings) {
        return new Decorated(new RegisterKind().open(world, random, timings), world, mutant);
    }

    private record Decorated(Store right, World world, ResilientMutant mutant) implements Store {
        @Override
        public LockBackend backend(Node node, BackendRuntime runtime) {
            Crowd crowd = new Crowd(node, runtime, node.random().split());
            Unhindered.Inside inside = new Unhindered.Inside(crowd.new Elsewhere(right.backend(node, runtime)), node);
            ResilientBackend resilient = ResilientBackend.around(inside)
                    .circuitBreaker(BREAKER)
                    .rateLimiter(LIMITER)
                    .timeLimiter(PATIENCE)
                    .build();
            LockBackend decorated = new Unhindered(mutant.around(resilient, inside), inside, node);
            crowd.ask(decorated);
            return decorated;
        }

        @Override
        public void begin() {
            right.begin();
        }

        /** A try that an open circuit kept from the store comes after two more backoffs, of up to a lease each. */
        @Override
        public long patience() {
            return right.patience() + 2 * world.leaseNanos();
        }

        @Override
        public void restore() {
            right.restore();
        }

        @Override
        public void checkNothingIsLeft() {
            right.checkNothingIsLeft();
        }
    }
}
