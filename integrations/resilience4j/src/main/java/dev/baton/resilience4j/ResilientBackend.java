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
 * A backend around another, which keeps standbys from loading a failing store: their acquires go through a circuit
 * breaker, a rate limiter for all elections of the instance, and a time limit for each attempt.
 *
 * <pre>{@code
 * var backend = ResilientBackend.around(KubernetesBackend.connect()).build();
 * }</pre>
 *
 * <p>The circuit breaker counts renewals and withdrawals, and does nothing else to them: it rejects none, delays none
 * and changes no deadline. An acquire is sent at once or not at all, so that it never holds a place in the sender's
 * queue that a renewal needs (rule 8.4), and a grant counts from the moment when the inner backend sent the request
 * (rule 2.1).
 *
 * <p>An acquire that is not sent fails, which shows in the candidate's health and makes it try again. The limiter's
 * rejection is a refusal only for a claim that the store itself has refused before, with no request since: the claim is
 * still in the store's line. A claim that the store does not know, or whose earlier write is unknown, must not count as
 * refused (rule 3.1): its candidate would wait for a turn that the store will never report.
 *
 * <p>It takes time from the runtime, blocks no thread and starts none.
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
        open = "no request was sent: the circuit breaker " + name
                + " is open after failures; it lets a trial request through by itself";
        limited = "no request was sent: the rate limiter " + name + " of this process holds standbys back; retrying";
    }

    /** Begins to describe a backend around {@code backend}, and closes {@code backend} when closed. */
    public static Builder around(LockBackend backend) {
        return new Builder(Required.given("backend", backend));
    }

    /** The circuit breaker, which counts every call, and stops acquires while it is open. */
    public CircuitBreaker circuitBreaker() {
        return breaker;
    }

    /** The rate limiter, which counts and limits acquires. */
    public RateLimiter rateLimiter() {
        return limiter;
    }

    /** The time limiter, which has the limit of an attempt to acquire, and counts attempts that took longer. */
    public TimeLimiter timeLimiter() {
        return patience;
    }

    // -- limited ------------------------------------------------------------------------------------------

    /** Sends the acquire at once, with the same or an earlier deadline, or fails. */
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
        // A random wait: if all tried at once, the limiter would reject most of them again.
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

    // -- not limited ----------------------------------------------------------------------------------------------

    /** Sends at once, in any state of the circuit breaker and the rate limiter. */
    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return counted(() -> delegate.renew(claim, deadline));
    }

    /** Sends at once, in any state of the circuit breaker and the rate limiter. */
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

    // -- unchanged ----------------------------------------------------------------------------------------

    /** Passes the event on to an inner backend that records events. */
    @Override
    public void accept(ElectionEvent event) {
        if (delegate instanceof EventSink store) {
            store.accept(event);
        }
    }

    /** Closes the inner backend, and leaves the registries open. */
    @Override
    public void close() {
        super.close();
        forget.run();
    }

    /** Collects the limits; each has a default. */
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

        /** The name of all three in their registries and in metrics; the backend's kind unless set. */
        public Builder name(String value) {
            name = Required.given("name", value);
            return this;
        }

        /**
         * When the circuit opens, and when it lets trial requests through: after half of the last twenty calls have
         * failed, two every ten seconds, unless set. It always uses the runtime's clock; it changes state at a call,
         * never on a thread of its own.
         */
        public Builder circuitBreaker(CircuitBreakerConfig value) {
            breaker = Required.given("circuitBreaker", value);
            return this;
        }

        /**
         * How many acquires all elections of this instance may send together: fifty a second unless set. No call waits
         * for a permission, whatever the timeout in {@code config}.
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

        /** The registries of the three, for metrics; registries of this backend's own unless set. */
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
         * The backend; it starts no thread.
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

        /**
         * The registry creates only breakers with the system's clock, so it gets one with the runtime's clock instead.
         */
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
