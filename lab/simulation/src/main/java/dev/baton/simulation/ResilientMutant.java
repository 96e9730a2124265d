package dev.baton.simulation;

import dev.baton.resilience4j.ResilientBackend;
import dev.baton.spi.LockBackend;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A small, plausible mistake in how a backend is decorated, planted around the production code. */
public enum ResilientMutant implements Planted {
    NONE("No mistake at all.", right -> right),
    RENEWALS_QUEUE_BEHIND_ACQUIRES(
            "A renewal needs a permission as well, and waits for one behind standbys' acquires (8.4).",
            ResilientMistakes.RenewalsQueue::new),
    ACQUIRES_WAIT_FOR_PERMISSION(
            "An acquire waits for its permission, in a place among the requests in flight that a renewal needs (8.4).",
            ResilientMistakes.AcquiresQueue::new),
    RENEWALS_STOPPED_BY_OPEN_CIRCUIT(
            "A renewal is not sent while the circuit breaker is open (8.4).",
            ResilientMistakes.StoppedByOpenCircuit::new),
    VALIDITY_FROM_PASSING_ON(
            "What is granted counts from when the decorator passes the answer on (2.1).",
            Mutants.ValidityFromReceipt::new);

    private final String mistake;

    @SuppressWarnings("ImmutableEnumChecker") // Functions, which hold nothing that changes.
    private final BiFunction<ResilientBackend, LockBackend, LockBackend> wrong;

    ResilientMutant(String mistake, Function<ResilientBackend, LockBackend> wrong) {
        this(mistake, (right, inside) -> wrong.apply(right));
    }

    ResilientMutant(String mistake, BiFunction<ResilientBackend, LockBackend, LockBackend> wrong) {
        this.mistake = mistake;
        this.wrong = wrong;
    }

    @Override
    public String mistake() {
        return mistake;
    }

    @Override
    public boolean isShownByRefusals() {
        return false;
    }

    @Override
    public String store() {
        return "resilient";
    }

    @Override
    public StoreKind kind() {
        return new ResilientKind(this);
    }

    /** The backend of one process: {@code right}, which decorates {@code inside}. */
    LockBackend around(ResilientBackend right, LockBackend inside) {
        return wrong.apply(right, inside);
    }
}
