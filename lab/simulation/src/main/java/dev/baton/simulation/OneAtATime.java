package dev.baton.simulation;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Holds against its caller what the SPI asks of it: at most one call is in flight for a claim (rule 1.2). */
final class OneAtATime extends ForwardingBackend {
    private final World world;
    private final Set<String> inFlight = new HashSet<>();

    OneAtATime(LockBackend right, World world) {
        super(right);
        this.world = world;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return alone(claim, () -> super.acquire(claim, deadline));
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return alone(claim, () -> super.renew(claim, deadline));
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return alone(claim, () -> super.withdraw(claim, deadline));
    }

    private <T> CompletionStage<T> alone(Claim claim, Supplier<CompletionStage<T>> call) {
        if (!inFlight.add(claim.nonce())) {
            throw world.violation("two calls are in flight for claim " + claim.nonce());
        }
        return call.get().whenComplete((answer, failure) -> inFlight.remove(claim.nonce()));
    }
}
