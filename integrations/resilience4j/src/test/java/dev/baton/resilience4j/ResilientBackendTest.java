package dev.baton.resilience4j;

import static dev.baton.resilience4j.ScriptedBackend.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.baton.event.ElectionEvent;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.test.TestBackend;
import dev.baton.test.TestBackendExtension;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedRateLimiterMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedTimeLimiterMetrics;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Call by call: what is let through, and what is answered for what is not. */
@ExtendWith(TestBackendExtension.class)
class ResilientBackendTest {
    private static final ElectionName ELECTION = ElectionName.parse("orders/reconciler");
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration OPEN = Duration.ofSeconds(10);
    private static final int FAILURES = 5;

    private final TestBackend time;
    private final ScriptedBackend store;
    private int claims;

    ResilientBackendTest(TestBackend time) {
        this.time = time;
        this.store = new ScriptedBackend(time);
    }

    private static RateLimiterConfig aSecond(int permissions) {
        return RateLimiterConfig.custom()
                .limitForPeriod(permissions)
                .limitRefreshPeriod(SECOND)
                .timeoutDuration(Duration.ofHours(1))
                .build();
    }

    private ResilientBackend limited(int permissions) {
        return ResilientBackend.around(store).rateLimiter(aSecond(permissions)).build();
    }

    private Claim claim() {
        return new Claim(ELECTION, "app", "claim-" + ++claims, ElectionTiming.DEFAULT);
    }

    private Moment now() {
        return store.runtime().timekeeper().now();
    }

    private Moment deadline() {
        return now().plus(Duration.ofSeconds(5));
    }

    private CompletableFuture<Answer> acquire(LockBackend backend, Claim claim) {
        return backend.acquire(claim, deadline()).toCompletableFuture();
    }

    private void refused(LockBackend backend, Claim claim) {
        assertThat(acquire(backend, claim)).isCompletedWithValue(REFUSED);
    }

    private static String failure(CompletionStage<?> stage) {
        CompletableFuture<?> answer = stage.toCompletableFuture();
        assertThat(answer).isCompletedExceptionally();
        try {
            answer.join();
            throw new AssertionError("it did not fail");
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            assertThat(cause).isInstanceOf(BackendException.class);
            return cause == null ? "" : String.valueOf(cause.getMessage());
        }
    }

    private void open(ResilientBackend backend) {
        store.fails();
        while (backend.circuitBreaker().getState() == State.CLOSED) {
            assertThat(failure(acquire(backend, claim()))).isEqualTo("503");
        }
        store.take();
    }

    // -- settings of any size --------------------------------------------------------------------------------------

    /** What people write for "no limit". */
    @Test
    void timeLimitLongerThanAllClocksIsNone() {
        for (Duration endless : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofDays(100_000))) {
            ResilientBackend backend = ResilientBackend.around(store)
                    .timeLimiter(
                            TimeLimiterConfig.custom().timeoutDuration(endless).build())
                    .build();
            refused(backend, claim());
            assertThat(store.deadlines.get(store.deadlines.size() - 1)).isEqualTo(deadline());
        }
    }

    @Test
    void refreshPeriodOfCenturiesIsWaitedForAsLongAsClocksCount() {
        ResilientBackend backend = ResilientBackend.around(store)
                .rateLimiter(RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofDays(100_000))
                        .timeoutDuration(Duration.ZERO)
                        .build())
                .build();
        Claim claim = claim();
        refused(backend, claim);

        assertThat(acquire(backend, claim).join())
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(Duration.ofNanos(refused.chance().nanos()))
                                .isBetween(Duration.ofNanos(Long.MAX_VALUE / 4), Duration.ofNanos(Long.MAX_VALUE / 2)));
    }

    // -- the limiter ----------------------------------------------------------------------------------------------

    @Test
    void acquiresOfAllElectionsAreLimitedTogether() {
        ResilientBackend backend = limited(2);
        Claim elsewhere = new Claim(ElectionName.parse("orders/mailer"), "app", "elsewhere", ElectionTiming.DEFAULT);

        refused(backend, claim());
        refused(backend, elsewhere);
        String why = failure(acquire(backend, claim()));

        assertThat(store.take()).containsExactly("acquire claim-1", "acquire elsewhere");
        assertThat(why)
                .isEqualTo(
                        "no request was sent: the rate limiter scripted of this process holds standbys back; retrying");
        time.advance(SECOND);
        assertThat(acquire(backend, claim())).isCompletedWithValue(REFUSED);
    }

    @Test
    void claimThatTheStoreHasRefusedIsRefusedAgainWithoutBeingSent() {
        ResilientBackend backend = limited(1);
        Claim claim = claim();
        refused(backend, claim);

        Answer answer = acquire(backend, claim).join();

        assertThat(store.take()).hasSize(1);
        assertThat(answer).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.holder()).isNull();
            assertThat(Duration.ofNanos(refused.chance().nanos())).isBetween(SECOND, SECOND.multipliedBy(2));
        });
    }

    @Test
    void claimOfWhichAWriteIsUnknownIsNotCalledRefused() {
        ResilientBackend backend = limited(1);
        Claim claim = claim();
        refused(backend, claim);
        time.advance(SECOND);
        store.fails();
        assertThat(failure(acquire(backend, claim))).isEqualTo("503");

        assertThat(failure(acquire(backend, claim))).contains("rate limiter");
    }

    @Test
    void claimThatIsStillBeingAskedForIsNotCalledRefused() {
        ResilientBackend backend = limited(1);
        Claim claim = claim();
        refused(backend, claim);
        time.advance(SECOND);
        store.answers(new CompletableFuture<>());
        assertThat(acquire(backend, claim)).isNotDone();

        assertThat(failure(acquire(backend, claim))).contains("rate limiter");
    }

    @Test
    void claimThatWasWithdrawnIsForgotten() {
        ResilientBackend backend = limited(1);
        Claim claim = claim();
        refused(backend, claim);
        backend.withdraw(claim, deadline());

        assertThat(failure(acquire(backend, claim))).contains("rate limiter");
    }

    @Test
    void renewalsAndWithdrawalsAreSentThoughTheLimiterIsExhausted() {
        ResilientBackend backend = limited(1);
        Claim claim = claim();
        refused(backend, claim);
        assertThat(failure(acquire(backend, claim()))).contains("rate limiter");
        store.take();
        Answer.Granted granted = store.grants();

        for (int i = 0; i < 10; i++) {
            assertThat(backend.renew(claim, deadline()).toCompletableFuture()).isCompletedWithValue(granted);
        }
        assertThat(backend.withdraw(claim, deadline()).toCompletableFuture()).isCompleted();

        assertThat(store.take()).hasSize(11).endsWith("withdraw claim-1");
        time.advance(SECOND);
        assertThat(acquire(backend, claim())).as("their permissions").isCompletedWithValue(granted);
    }

    // -- the circuit breaker --------------------------------------------------------------------------------------

    @Test
    void acquiresAreNotSentWhileTheCircuitIsOpen() {
        ResilientBackend backend = ResilientBackend.around(store).build();
        open(backend);
        store.refuses();

        String why = failure(acquire(backend, claim()));

        assertThat(store.take()).isEmpty();
        assertThat(why)
                .isEqualTo(
                        "no request was sent: the circuit breaker scripted is open after failures; it lets a trial request through by"
                                + " itself");
    }

    @Test
    void openCircuitIsTriedAgainByTheClockOfTheRuntime() {
        ResilientBackend backend = ResilientBackend.around(store).build();
        open(backend);
        store.refuses();
        time.advance(OPEN);
        assertThat(failure(acquire(backend, claim()))).contains("is open");

        time.advance(Duration.ofMillis(1));

        assertThat(acquire(backend, claim())).isCompletedWithValue(REFUSED);
        assertThat(acquire(backend, claim())).isCompletedWithValue(REFUSED);
        assertThat(backend.circuitBreaker().getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void circuitOpensAgainWhenTheStoreIsStillDown() {
        ResilientBackend backend = ResilientBackend.around(store).build();
        open(backend);
        time.advance(OPEN.plusMillis(1));

        assertThat(failure(acquire(backend, claim()))).isEqualTo("503");
        assertThat(failure(acquire(backend, claim()))).isEqualTo("503");

        assertThat(failure(acquire(backend, claim()))).contains("is open");
        assertThat(store.take()).hasSize(2);
    }

    @Test
    void renewalsAndWithdrawalsAreSentThoughTheCircuitIsOpen() {
        ResilientBackend backend = ResilientBackend.around(store).build();
        Claim claim = claim();
        open(backend);
        Answer.Granted granted = store.grants();

        assertThat(backend.renew(claim, deadline()).toCompletableFuture()).isCompletedWithValue(granted);
        assertThat(backend.withdraw(claim, deadline()).toCompletableFuture()).isCompleted();

        assertThat(store.take()).containsExactly("renew claim-1", "withdraw claim-1");
    }

    @Test
    void failedRenewalsAndWithdrawalsOpenTheCircuitForStandbys() {
        ResilientBackend backend = ResilientBackend.around(store).build();
        Claim claim = claim();
        store.fails();
        for (int i = 0; i < FAILURES; i++) {
            failure(i % 2 == 0 ? backend.renew(claim, deadline()) : backend.withdraw(claim, deadline()));
        }
        store.take();

        assertThat(failure(acquire(backend, claim()))).contains("is open");

        assertThat(store.take()).isEmpty();
    }

    @Test
    void whatTheLimiterHoldsBackTakesNoTryOfACircuitThatIsHalfOpen() {
        ResilientBackend backend =
                ResilientBackend.around(store).rateLimiter(aSecond(FAILURES)).build();
        open(backend);
        time.advance(OPEN.plusMillis(1));
        while (backend.rateLimiter().reservePermission() == 0) {
            // Until there is none.
        }
        for (int i = 0; i < 10; i++) {
            assertThat(failure(acquire(backend, claim()))).contains("rate limiter");
        }
        store.refuses();

        time.advance(SECOND);

        assertThat(acquire(backend, claim())).isCompletedWithValue(REFUSED);
        assertThat(backend.circuitBreaker().getState()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void callThatThrowsCountsAsOneThatFailed() {
        LockBackend throwing = new ForwardingBackend(store) {
            @Override
            public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                throw new BackendException("thrown");
            }
        };
        ResilientBackend backend = ResilientBackend.around(throwing).build();

        assertThat(failure(acquire(backend, claim()))).isEqualTo("thrown");
        assertThat(backend.circuitBreaker().getMetrics().getNumberOfFailedCalls())
                .isEqualTo(1);
    }

    // -- time -----------------------------------------------------------------------------------------------------

    @Test
    void attemptHasItsOwnDeadlineWhichIsNoLater() {
        ResilientBackend backend = ResilientBackend.around(store).build();
        Moment early = now().plus(SECOND);
        Moment late = now().plus(Duration.ofSeconds(5));

        backend.acquire(claim(), early);
        backend.acquire(claim(), late);

        assertThat(store.deadlines).containsExactly(early, now().plus(Duration.ofSeconds(3)));
    }

    @Test
    void renewalsAndWithdrawalsKeepTheirDeadline() {
        ResilientBackend backend = ResilientBackend.around(store).build();
        Moment late = now().plus(Duration.ofHours(1));

        backend.renew(claim(), late);
        backend.withdraw(claim(), late);

        assertThat(store.deadlines).containsExactly(late, late);
    }

    @Test
    void grantIsPassedOnAsItIs() {
        ResilientBackend backend = ResilientBackend.around(store).build();
        Answer.Granted granted = store.grants();
        time.advance(SECOND);

        assertThat(acquire(backend, claim()).join()).isSameAs(granted);
        assertThat(backend.renew(claim(), deadline()).toCompletableFuture().join())
                .isSameAs(granted);
    }

    // -- metrics --------------------------------------------------------------------------------------------------

    @Test
    void metersOfResilience4jTellWhatWasHeldBack() {
        CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
        RateLimiterRegistry limiters = RateLimiterRegistry.ofDefaults();
        TimeLimiterRegistry timeLimiters = TimeLimiterRegistry.ofDefaults();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(meters);
        TaggedRateLimiterMetrics.ofRateLimiterRegistry(limiters).bindTo(meters);
        TaggedTimeLimiterMetrics.ofTimeLimiterRegistry(timeLimiters).bindTo(meters);
        ResilientBackend backend = ResilientBackend.around(store)
                .name("elections")
                .registries(breakers, limiters, timeLimiters)
                .rateLimiter(aSecond(FAILURES + 2))
                .build();
        List<String> events = new ArrayList<>();
        backend.rateLimiter().getEventPublisher().onSuccess(event -> events.add("sent"));
        backend.circuitBreaker().getEventPublisher().onCallNotPermitted(event -> events.add("not sent"));
        CompletableFuture<Answer> slow = new CompletableFuture<>();
        store.answers(slow);
        assertThat(acquire(backend, claim())).isNotDone();
        time.advance(Duration.ofSeconds(3));
        slow.completeExceptionally(new BackendException("no answer"));
        open(backend);
        failure(acquire(backend, claim()));

        assertThat(meters.get("resilience4j.circuitbreaker.state")
                        .tags("name", "elections", "state", "open")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(meters.get("resilience4j.circuitbreaker.not.permitted.calls")
                        .tag("name", "elections")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("resilience4j.ratelimiter.available.permissions")
                        .tag("name", "elections")
                        .gauge()
                        .value())
                .isEqualTo(3);
        assertThat(meters.get("resilience4j.timelimiter.calls")
                        .tags("name", "elections", "kind", "timeout")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(events).hasSize(FAILURES + 1).endsWith("sent", "not sent");

        backend.close();

        assertThat(meters.find("resilience4j.circuitbreaker.state").gauges()).isEmpty();
        assertThat(meters.find("resilience4j.ratelimiter.available.permissions").gauges())
                .isEmpty();
    }

    @Test
    void nameThatIsTakenIsRefused() {
        CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
        breakers.circuitBreaker("scripted", CircuitBreakerConfig.ofDefaults());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResilientBackend.around(store)
                        .registries(breakers, RateLimiterRegistry.ofDefaults(), TimeLimiterRegistry.ofDefaults())
                        .build())
                .withMessageContaining("\"scripted\"")
                .withMessageContaining("choose another name");
    }

    // -- what is as it was ----------------------------------------------------------------------------------------

    @Test
    void everythingElsePassesThrough() {
        ResilientBackend backend = ResilientBackend.around(store).build();
        List<String> heard = new ArrayList<>();

        assertThat(backend.kind()).isEqualTo("scripted");
        assertThat(backend.runtime()).isSameAs(store.runtime());
        assertThat(backend.windDownBudget(ElectionTiming.DEFAULT)).isEqualTo(Duration.ofMillis(42));
        backend.check(ELECTION, ElectionTiming.DEFAULT);
        backend.observe(ELECTION, ElectionTiming.DEFAULT, new Ear(heard)).close();
        backend.accept(
                new ElectionEvent(now(), ElectionEvent.Type.STARTED, ELECTION, "app", null, null, null, null, null));
        backend.close();

        assertThat(heard).containsExactly("vacant");
        assertThat(store.take())
                .containsExactly(
                        "check orders/reconciler",
                        "observe orders/reconciler",
                        "closed the observation",
                        "told STARTED",
                        "closed");
    }

    private record Ear(List<String> heard) implements ElectionWatcher {
        @Override
        public void watching(boolean live) {
            heard.add("watching");
        }

        @Override
        public void held(Holder holder, Chance chance) {
            heard.add("held");
        }

        @Override
        public void vacant() {
            heard.add("vacant");
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            heard.add("yourTurn");
        }

        @Override
        public void lost(Claim claim, String how) {
            heard.add("lost");
        }
    }
}
