package dev.baton.simulation;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A backend that opens another one, with a session of its own, for each claim. */
final class SessionForEachClaim extends ForwardingBackend {
    private final Supplier<LockBackend> opened;
    private final Map<Claim, LockBackend> claims = new HashMap<>();

    SessionForEachClaim(Supplier<LockBackend> opened) {
        super(opened.get());
        this.opened = opened;
    }

    private LockBackend of(Claim claim) {
        return claims.computeIfAbsent(claim, another -> opened.get());
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return of(claim).acquire(claim, deadline);
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return of(claim).renew(claim, deadline);
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return of(claim).withdraw(claim, deadline);
    }
}
