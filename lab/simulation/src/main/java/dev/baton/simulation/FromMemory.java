package dev.baton.simulation;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A backend that answers whoever asks again what it was answered before, for as long as the watch has told nothing. */
final class FromMemory extends ForwardingBackend {
    private @Nullable Claim refused;
    private Answer.@Nullable Refused answer;

    FromMemory(LockBackend right) {
        super(right);
    }

    private void forget() {
        refused = null;
        answer = null;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        Answer.Refused known = answer;
        if (known != null && claim.equals(refused)) {
            return CompletableFuture.completedFuture(known);
        }
        return super.acquire(claim, deadline).thenApply(given -> {
            if (given instanceof Answer.Refused refusal && refusal.chance().equals(Chance.whenTold())) {
                refused = claim;
                answer = refusal;
            }
            return given;
        });
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        forget();
        return super.withdraw(claim, deadline);
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        return super.observe(election, timing, new Mistakes.Hearing(watcher) {
            @Override
            public void watching(boolean live) {
                forget();
                super.watching(live);
            }

            @Override
            public void vacant() {
                forget();
                super.vacant();
            }

            @Override
            public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
                forget();
                super.yourTurn(claim, granted);
            }

            @Override
            public void lost(Claim claim, String how) {
                forget();
                super.lost(claim, how);
            }
        });
    }
}
