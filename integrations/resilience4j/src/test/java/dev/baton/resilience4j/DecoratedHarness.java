package dev.baton.resilience4j;

import dev.baton.conformance.BackendHarness;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Any harness, with every backend that it opens decorated; what befalls one befalls the one inside. */
final class DecoratedHarness implements BackendHarness {
    /** The kit asks more than fifty times a second, and does not wait for ten. */
    private static final RateLimiterConfig LIMITER = RateLimiterConfig.custom()
            .limitForPeriod(1_000)
            .limitRefreshPeriod(Duration.ofSeconds(1))
            .build();

    private static final CircuitBreakerConfig BREAKER = CircuitBreakerConfig.custom()
            .slidingWindowSize(20)
            .waitDurationInOpenState(Duration.ofMillis(200))
            .build();

    private final BackendHarness right;
    private final Map<LockBackend, LockBackend> inside = new ConcurrentHashMap<>();

    DecoratedHarness(BackendHarness right) {
        this.right = right;
    }

    private LockBackend inside(LockBackend decorated) {
        return Objects.requireNonNull(inside.get(decorated));
    }

    @Override
    public String name() {
        return right.name() + ", decorated";
    }

    @Override
    public LockBackend open() throws Exception {
        LockBackend bare = right.open();
        LockBackend decorated = ResilientBackend.around(bare)
                .rateLimiter(LIMITER)
                .circuitBreaker(BREAKER)
                .build();
        inside.put(decorated, bare);
        return decorated;
    }

    @Override
    public ElectionTiming timing() {
        return right.timing();
    }

    @Override
    public Duration callTimeout() {
        return right.callTimeout();
    }

    @Override
    public Duration patience() {
        return right.patience();
    }

    @Override
    public String namespace() {
        return right.namespace();
    }

    @Override
    public Set<String> packages() {
        Set<String> packages = new TreeSet<>(right.packages());
        packages.add(getClass().getPackageName());
        return packages;
    }

    @Override
    public void kill(LockBackend backend) throws Exception {
        right.kill(inside(backend));
    }

    @Override
    public void silence(LockBackend backend) throws Exception {
        right.silence(inside(backend));
    }

    @Override
    public void loseAnswers(LockBackend backend) throws Exception {
        right.loseAnswers(inside(backend));
    }

    @Override
    public void slowDown(LockBackend backend, Duration delay) throws Exception {
        right.slowDown(inside(backend), delay);
    }

    @Override
    public void strand(LockBackend backend) throws Exception {
        right.strand(inside(backend));
    }

    @Override
    public void refuse(LockBackend backend) throws Exception {
        right.refuse(inside(backend));
    }

    @Override
    public void refuseReads(LockBackend backend) throws Exception {
        right.refuseReads(inside(backend));
    }

    @Override
    public void refuseWatches(LockBackend backend) throws Exception {
        right.refuseWatches(inside(backend));
    }

    @Override
    public void misroute(LockBackend backend) throws Exception {
        right.misroute(inside(backend));
    }

    @Override
    public void repeat(LockBackend backend) throws Exception {
        right.repeat(inside(backend));
    }

    @Override
    public void deafen(LockBackend backend) throws Exception {
        right.deafen(inside(backend));
    }

    @Override
    public void heal(LockBackend backend) throws Exception {
        right.heal(inside(backend));
    }

    @Override
    public void expire(LockBackend backend) throws Exception {
        right.expire(inside(backend));
    }

    @Override
    public void delete(ElectionName election) throws Exception {
        right.delete(election);
    }

    @Override
    public void touch(ElectionName election) throws Exception {
        right.touch(election);
    }

    @Override
    public void rewrite(ElectionName election, String identity, Instant when) throws Exception {
        right.rewrite(election, identity, when);
    }

    @Override
    public void restart() throws Exception {
        right.restart();
    }

    @Override
    public OptionalInt standing(ElectionName election) throws Exception {
        return right.standing(election);
    }

    @Override
    public OptionalInt sessions() throws Exception {
        return right.sessions();
    }

    @Override
    public OptionalInt watches() throws Exception {
        return right.watches();
    }

    @Override
    public void close() throws Exception {
        right.close();
    }
}
