package dev.baton.simulation;

import dev.baton.resilience4j.ResilientBackend;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The mistakes behind the names in {@link ResilientMutant}. */
final class ResilientMistakes {
    private ResilientMistakes() {}

    /** Whatever has no permission yet waits in line for one, and fails when its time is up. */
    abstract static class Queueing extends ForwardingBackend {
        private static final Duration LOOK = Duration.ofMillis(50);

        private final RateLimiter limiter;
        private final Queue<Runnable> waiting = new ArrayDeque<>();

        Queueing(ResilientBackend right) {
            super(right);
            this.limiter = right.rateLimiter();
        }

        CompletionStage<Answer> inTurn(Moment deadline, Supplier<CompletionStage<Answer>> call) {
            CompletableFuture<CompletionStage<Answer>> turn = new CompletableFuture<>();
            waiting.add(() -> {
                if (runtime().timekeeper().now().isBefore(deadline)) {
                    turn.complete(call.get());
                }
            });
            letThrough();
            return Mutants.within(deadline, runtime().timekeeper(), turn.thenCompose(answer -> answer));
        }

        private void letThrough() {
            while (!waiting.isEmpty() && limiter.reservePermission() == 0) {
                waiting.remove().run();
            }
            if (!waiting.isEmpty()) {
                runtime().timekeeper().schedule(LOOK, this::letThrough);
            }
        }
    }

    static final class RenewalsQueue extends Queueing {
        RenewalsQueue(ResilientBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            return inTurn(deadline, () -> super.renew(claim, deadline));
        }
    }

    static final class AcquiresQueue extends Queueing {
        private final LockBackend inside;

        AcquiresQueue(ResilientBackend right, LockBackend inside) {
            super(right);
            this.inside = inside;
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return inTurn(deadline, () -> inside.acquire(claim, deadline));
        }
    }

    /** A decorator as one would write it at first: the circuit breaker around every call. */
    static final class StoppedByOpenCircuit extends ForwardingBackend {
        private final CircuitBreaker breaker;

        StoppedByOpenCircuit(ResilientBackend right) {
            super(right);
            breaker = right.circuitBreaker();
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            if (breaker.getState() == CircuitBreaker.State.OPEN) {
                return CompletableFuture.failedFuture(new BackendException("the circuit breaker is open"));
            }
            return super.renew(claim, deadline);
        }
    }
}
