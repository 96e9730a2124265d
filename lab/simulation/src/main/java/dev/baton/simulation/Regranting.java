package dev.baton.simulation;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A backend that grants something else, also where it grants unasked. */
abstract class Regranting extends ForwardingBackend {
    Regranting(LockBackend right) {
        super(right);
    }

    abstract Answer.Granted changed(Answer.Granted granted, Duration leaseDuration);

    /** What is granted counts from the receipt of the answer. */
    static final class FromReceipt extends Regranting {
        FromReceipt(LockBackend right) {
            super(right);
        }

        @Override
        Answer.Granted changed(Answer.Granted granted, Duration leaseDuration) {
            return new Answer.Granted(runtime().timekeeper().now(), granted.guaranteedFor(), granted.token());
        }
    }

    /** What is granted is granted for the whole lease. */
    static final class WholeLease extends Regranting {
        WholeLease(LockBackend right) {
            super(right);
        }

        @Override
        Answer.Granted changed(Answer.Granted granted, Duration leaseDuration) {
            return new Answer.Granted(granted.sentAt(), leaseDuration, granted.token());
        }
    }

    /** All that is granted has the token of the first grant. */
    static final class TokenOfTheFirst extends Regranting {
        private @Nullable FencingToken first;

        TokenOfTheFirst(LockBackend right) {
            super(right);
        }

        @Override
        Answer.Granted changed(Answer.Granted granted, Duration leaseDuration) {
            FencingToken token = first == null ? granted.token() : first;
            first = token;
            return new Answer.Granted(granted.sentAt(), granted.guaranteedFor(), token);
        }
    }

    private Answer answer(Claim claim, Answer answer) {
        return answer instanceof Answer.Granted granted
                ? changed(granted, claim.timing().leaseDuration())
                : answer;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return super.acquire(claim, deadline).thenApply(answer -> answer(claim, answer));
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return super.renew(claim, deadline).thenApply(answer -> answer(claim, answer));
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        return super.observe(election, timing, new Mistakes.Hearing(watcher) {
            @Override
            public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
                super.yourTurn(
                        claim,
                        granted == null ? null : changed(granted, claim.timing().leaseDuration()));
            }
        });
    }
}
