package dev.baton.resilience4j;

import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import dev.baton.internal.Required;
import dev.baton.spi.Answer;
import dev.baton.spi.Answer.Refused;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A backend around another, which spares a store that is in trouble the tries of standbys: their acquires go through a
 * circuit breaker, a rate limiter for all elections of the instance, and a time limit for each attempt.
 *
 * <pre>{@code
 * var backend = ResilientBackend.around(KubernetesBackend.connect()).build();
 * }</pre>
 *
 * <p>Renewals and withdrawals are counted by the circuit breaker and by nothing else: none is rejected, none waits, none has
 * another deadline than the machine gave it. An acquire is made at once or not at all, so that it never holds a place in the
 * sender's queue that a renewal needs (rule 8.4), and what is granted counts from when the backend inside sent it (rule 2.1).
 *
 * <p>An acquire that is not sent fails, which is what a candidate makes its health and its next try of. Only when the store
 * itself has refused this very claim before, and nothing was sent for it since, the limiter's "not now" is a refusal: then
 * the claim stands where it stood, and the store knows that it waits. A claim of which the store has never heard, or of
 * which an earlier write is unknown, must not be called refused (rule 3.1): its candidate would wait to be told of a turn
 * that nobody knows it waits for.
 *
 * <p>Time is the runtime's. Nothing blocks, and no thread is started.
 */
public final class ResilientBackend extends ForwardingBackend implements EventSink {
    private final Timekeeper time;
    private final CircuitBreaker breaker;
    private final RateLimiter limiter;
    private final TimeLimiter patience;
    private final Runnable forget;
    private final String open;
    private final String limited;
    private final Set<Claim> refused = ConcurrentHashMap.newKeySet();

    private ResilientBackend(Builder builder) {
        super(builder.right);
        time = delegate.runtime().timekeeper();
        String name = builder.name == null ? delegate.kind() : builder.name;
        breaker = builder.newBreaker(name, time);
        limiter = builder.newLimiter(name, time);
        patience = builder.timeLimiters.timeLimiter(name, builder.timeLimiter);
        forget = () -> builder.forget(name);
        open = "nothing was sent: the circuit breaker " + name
                + " is open after failures; it lets a try through by itself";
        limited = "nothing was sent: the rate limiter " + name + " of this process holds standbys back; retrying";
    }

    /** Begins to describe a backend around {@code backend}, which it closes when closed. */
    public static Builder around(LockBackend backend) {
        return new Builder(Required.given("backend", backend));
    }

    /** Counts every call; stops acquires while it is open. */
    public CircuitBreaker circuitBreaker() {
        return breaker;
    }

    /** Counts and limits acquires. */
    public RateLimiter rateLimiter() {
        return limiter;
    }

    /** Says how long an attempt to acquire may take, and counts those that took longer. */
    public TimeLimiter timeLimiter() {
        return patience;
    }

    // -- what is limited ------------------------------------------------------------------------------------------

    /** Made at once, with a deadline of its own that is no later; or not made. */
    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        if (!breaker.tryAcquirePermission()) {
            return CompletableFuture.failedFuture(new BackendException(open));
        }
        if (limiter.reservePermission() != 0) {
            breaker.releasePermission();
            return heldBack(claim);
        }
        refused.remove(claim);
        Moment limit = time.now().plus(patience.getTimeLimiterConfig().getTimeoutDuration());
        Moment soonest = limit.isBefore(deadline) ? limit : deadline;
        return counted(() -> delegate.acquire(claim, soonest)).whenComplete((answer, failure) -> {
            if (answer instanceof Refused) {
                refused.add(claim);
            }
            judge(failure, soonest);
        });
    }

    private CompletionStage<Answer> heldBack(Claim claim) {
        if (!refused.contains(claim)) {
            return CompletableFuture.failedFuture(new BackendException(limited));
        }
        // Not all at once: the limiter would hold most of them back again.
        long refresh = Moment.boundedNanos(limiter.getRateLimiterConfig().getLimitRefreshPeriod());
        long again = refresh + time.random().nextLong(refresh);
        return CompletableFuture.completedFuture(new Refused(null, Chance.after(Duration.ofNanos(again))));
    }

    private void judge(@Nullable Throwable failure, Moment limit) {
        if (failure == null) {
            patience.onSuccess();
        } else if (time.now().isBefore(limit)) {
            patience.onError(failure);
        } else {
            patience.onError(new TimeoutException("an attempt to acquire was not answered in time"));
        }
    }

    // -- what is not ----------------------------------------------------------------------------------------------

    /** Made at once, whatever the circuit breaker and the rate limiter say. */
    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return counted(() -> delegate.renew(claim, deadline));
    }

    /** Made at once, whatever the circuit breaker and the rate limiter say. */
    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        refused.remove(claim);
        return counted(() -> delegate.withdraw(claim, deadline));
    }

    private <T> CompletionStage<T> counted(Supplier<CompletionStage<T>> call) {
        long began = breaker.getCurrentTimestamp();
        CompletionStage<T> stage;
        try {
            stage = call.get();
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        return stage.whenComplete((answer, failure) -> {
            long took = breaker.getCurrentTimestamp() - began;
            TimeUnit unit = breaker.getTimestampUnit();
            if (failure == null) {
                breaker.onSuccess(took, unit);
            } else {
                breaker.onError(took, unit, BackendException.unwrapped(failure));
            }
        });
    }

    // -- what is as it was ----------------------------------------------------------------------------------------

    /** Passes on to a backend that records events. */
    @Override
    public void accept(ElectionEvent event) {
        if (delegate instanceof EventSink store) {
            store.accept(event);
        }
    }

    /** Closes the backend inside, and leaves the registries. */
    @Override
    public void close() {
        super.close();
        forget.run();
    }

    /** Collects how much is let through; everything has a default. */
    public static final class Builder {
        /** After half of the last twenty calls have failed, two tries every ten seconds. */
        private static final CircuitBreakerConfig BREAKER = CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(20)
                .minimumNumberOfCalls(5)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofSeconds(10))
                .permittedNumberOfCallsInHalfOpenState(2)
                .build();

        private static final RateLimiterConfig LIMITER = RateLimiterConfig.custom()
                .limitForPeriod(50)
                .limitRefreshPeriod(Duration.ofSeconds(1))
                .build();

        private static final TimeLimiterConfig PATIENCE = TimeLimiterConfig.custom()
                .timeoutDuration(Duration.ofSeconds(3))
                .build();

        private final LockBackend right;
        private @Nullable String name;
        private CircuitBreakerConfig breaker = BREAKER;
        private RateLimiterConfig limiter = LIMITER;
        private TimeLimiterConfig timeLimiter = PATIENCE;
        private CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
        private RateLimiterRegistry limiters = RateLimiterRegistry.ofDefaults();
        private TimeLimiterRegistry timeLimiters = TimeLimiterRegistry.ofDefaults();

        private Builder(LockBackend right) {
            this.right = right;
        }

        /** What the three are called in their registries and in metrics; the backend's kind unless set. */
        public Builder name(String value) {
            name = Required.given("name", value);
            return this;
        }

        /**
         * When to stop asking, and when to try again: after half of the last twenty calls have failed, two tries every ten
         * seconds, unless set. Its clock is the runtime's, whichever is set; it changes state when asked, never by a thread of
         * its own.
         */
        public Builder circuitBreaker(CircuitBreakerConfig value) {
            breaker = Required.given("circuitBreaker", value);
            return this;
        }

        /**
         * How many acquires all elections of this instance may make together: fifty a second unless set. Nothing waits for a
         * permission, whatever its timeout is set to.
         */
        public Builder rateLimiter(RateLimiterConfig value) {
            limiter = Required.given("rateLimiter", value);
            return this;
        }

        /** How long an attempt to acquire may take: three seconds, or until the machine's deadline, unless set. */
        public Builder timeLimiter(TimeLimiterConfig value) {
            timeLimiter = Required.given("timeLimiter", value);
            return this;
        }

        /** Where the three are to be found, for one's metrics; registries of this backend's own unless set. */
        public Builder registries(
                CircuitBreakerRegistry circuitBreakers,
                RateLimiterRegistry rateLimiters,
                TimeLimiterRegistry timeLimits) {
            breakers = Required.given("circuitBreakers", circuitBreakers);
            limiters = Required.given("rateLimiters", rateLimiters);
            timeLimiters = Required.given("timeLimits", timeLimits);
            return this;
        }

        /**
         * The backend; it starts nothing.
         *
         * @throws IllegalArgumentException when a registry has another under this name already
         */
        public ResilientBackend build() {
            return new ResilientBackend(this);
        }

        private CircuitBreaker newBreaker(String as, Timekeeper time) {
            if (breakers.find(as).isPresent()
                    || limiters.find(as).isPresent()
                    || timeLimiters.find(as).isPresent()) {
                throw new IllegalArgumentException("the registries have a \"" + as
                        + "\" already, whose clock and counts are not this backend's; choose another name");
            }
            CircuitBreakerConfig config = CircuitBreakerConfig.from(breaker)
                    .clock(MonotonicClock.of(time))
                    .currentTimestampFunction(clock -> time.now().nanos(), TimeUnit.NANOSECONDS)
                    .automaticTransitionFromOpenToHalfOpenEnabled(false)
                    .maxWaitDurationInHalfOpenState(Duration.ZERO)
                    .build();
            return breakers.circuitBreaker(as, config);
        }

        /** The registry makes only those that look at the system's clock, and takes one that does not in its place. */
        private RateLimiter newLimiter(String as, Timekeeper time) {
            RateLimiterConfig config = RateLimiterConfig.from(limiter)
                    .timeoutDuration(Duration.ZERO)
                    .build();
            RateLimiter ours = RateLimiter.of(as, config, () -> time.now().nanos());
            RateLimiter replaced = limiters.rateLimiter(as, config);
            limiters.replace(replaced.getName(), ours);
            return ours;
        }

        private void forget(String as) {
            breakers.remove(as);
            limiters.remove(as);
            timeLimiters.remove(as);
        }
    }
}
