package dev.baton.simulation;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.ForwardingRuntime;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A mistake: the driver's clock stands still while a renewal is under way, so its answer finds the term as it was. */
public final class ExpiredTermRevived extends ForwardingBackend {
    private final Frozen frozen;

    /** @param right makes no mistake */
    public ExpiredTermRevived(LockBackend right) {
        super(right);
        frozen = new Frozen(right.runtime());
    }

    @Override
    public BackendRuntime runtime() {
        return frozen;
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        frozen.stop();
        return super.renew(claim, deadline)
                .whenComplete((answer, failure) -> frozen.schedule(Duration.ofMillis(1), () -> frozen.at = null));
    }

    /** A runtime whose clock may stand still. */
    private static final class Frozen extends ForwardingRuntime {
        private @Nullable Moment at;

        Frozen(BackendRuntime right) {
            super(right);
        }

        @Override
        public Moment now() {
            Moment stands = at;
            return stands == null ? super.now() : stands;
        }

        void stop() {
            at = super.now();
        }
    }
}
