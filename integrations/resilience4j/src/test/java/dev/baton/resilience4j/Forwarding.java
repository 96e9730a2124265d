package dev.baton.resilience4j;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.util.concurrent.CompletionStage;

/** A backend as it is, for tests to change one thing about it. */
class Forwarding implements LockBackend {
    private final LockBackend right;

    Forwarding(LockBackend right) {
        this.right = right;
    }

    @Override
    public String kind() {
        return right.kind();
    }

    @Override
    public BackendRuntime runtime() {
        return right.runtime();
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return right.acquire(claim, deadline);
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return right.renew(claim, deadline);
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return right.withdraw(claim, deadline);
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        return right.observe(election, timing, watcher);
    }

    @Override
    public void close() {
        right.close();
    }
}
