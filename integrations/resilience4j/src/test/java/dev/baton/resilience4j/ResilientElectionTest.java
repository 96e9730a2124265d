package dev.baton.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.test.TestBackend;
import dev.baton.test.TestBackendExtension;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whole elections around a store that goes down, in virtual time, at 15/10/2 s. */
@Timeout(120)
@ExtendWith(TestBackendExtension.class)
class ResilientElectionTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int STANDBYS = 100;

    private final TestBackend store;
    private final Counting counted;

    ResilientElectionTest(TestBackend store) {
        this.store = store;
        this.counted = new Counting(store);
    }

    /** Counts what reaches the store. */
    private static final class Counting extends ForwardingBackend {
        private int acquires;
        private int renewals;

        Counting(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            acquires++;
            return super.acquire(claim, deadline);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            renewals++;
            return super.renew(claim, deadline);
        }
    }

    private static LeaderElection candidate(LockBackend backend, String election) {
        return LeaderElection.on(backend, election).onStartedLeading(term -> {}).start();
    }

    private static List<LeaderElection> standbys(LockBackend backend, String namespace) {
        List<LeaderElection> standbys = new ArrayList<>();
        for (int i = 0; i < STANDBYS; i++) {
            standbys.add(candidate(backend, namespace + "/election-" + i));
        }
        return standbys;
    }

    /** What the standbys of a hundred elections ask of a store in a minute, once it has been down for one. */
    private int attemptsInAMinute(LockBackend backend, String namespace) {
        store.reachable();
        List<LeaderElection> standbys = standbys(backend, namespace);
        store.advance(MINUTE);
        store.unreachable();
        store.advance(MINUTE);
        int before = counted.acquires;
        store.advance(MINUTE);
        int attempts = counted.acquires - before;
        store.reachable();
        standbys.forEach(LeaderElection::close);
        return attempts;
    }

    @Test
    void storeThatIsDownIsAskedAFewTimesAMinuteInsteadOfHundreds() {
        int bare = attemptsInAMinute(counted, "bare");
        int decorated = attemptsInAMinute(ResilientBackend.around(counted).build(), "decorated");

        System.out.printf(
                "%d standbys, store down: %d attempts a minute bare, %d decorated%n", STANDBYS, bare, decorated);
        assertThat(decorated).as("two every ten seconds").isBetween(1, 14);
        assertThat(bare).as("each at 7.5 to 15 s, against " + decorated).isGreaterThanOrEqualTo(20 * decorated);
    }

    @Test
    void leaderIsRenewedWhileItsStandbysAreHeldBack() {
        ResilientBackend backend = ResilientBackend.around(counted)
                .rateLimiter(RateLimiterConfig.custom()
                        .limitForPeriod(2)
                        .limitRefreshPeriod(MINUTE)
                        .build())
                .build();
        LeaderElection leader = candidate(backend, "orders/reconciler");
        store.grant();
        standbys(backend, "others");
        store.advance(MINUTE);
        backend.circuitBreaker().transitionToForcedOpenState();
        counted.renewals = 0;

        store.advance(MINUTE);

        assertThat(counted.renewals).as("one each two seconds").isBetween(29, 31);
        assertThat(leader.leadership())
                .hasValueSatisfying(term -> assertThat(term.remaining()).isGreaterThan(Duration.ofSeconds(7)));
        assertThat(counted.acquires).as("two for the leader, two each minute").isLessThanOrEqualTo(8);
    }

    @Test
    void standbyLeadsOnceTheCircuitHasLetATryThrough() {
        ResilientBackend backend = ResilientBackend.around(counted)
                .circuitBreaker(CircuitBreakerConfig.custom()
                        .waitDurationInOpenState(Duration.ofSeconds(6))
                        .build())
                .build();
        LeaderElection standby = candidate(backend, "orders/reconciler");
        store.unreachable();
        backend.circuitBreaker().transitionToOpenState();
        store.advance(Duration.ofSeconds(5));
        assertThat(standby.health().healthy()).isFalse();
        assertThat(standby.health().detail()).contains("circuit breaker test is open");
        store.reachable();

        store.grant();

        assertThat(standby.leadership()).isPresent();
        assertThat(backend.circuitBreaker().getState()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void oneThatWasHeldBackAtFirstLeadsInTheEnd() {
        ResilientBackend backend = ResilientBackend.around(counted)
                .rateLimiter(RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofSeconds(5))
                        .build())
                .build();
        backend.rateLimiter().reservePermission();
        LeaderElection standby = candidate(backend, "orders/reconciler");

        store.grant();

        assertThat(standby.leadership()).isPresent();
    }
}
