package dev.baton.simulation;

import dev.baton.driver.TermCallbacks;
import dev.baton.register.Register;
import dev.baton.spi.LockBackend;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Where a mistake is planted around what is right: at the register, the backend or the callbacks of a candidate.
 *
 * @param store what opens the backend
 * @param callbacks what the driver calls in place of the right ones
 * @param <C> the candidate
 */
public record Planting<C>(Store<C> store, BiFunction<TermCallbacks, C, TermCallbacks> callbacks) {
    /** Opens a backend on a register. */
    @FunctionalInterface
    public interface Store<C> {
        /** The backend of {@code candidate}, where {@code backend} makes the right one of a register. */
        LockBackend open(Register right, Function<Register, LockBackend> backend, C candidate);
    }

    /** All is as it is. */
    public static <C> Planting<C> nothing() {
        return store((right, backend, candidate) -> backend.apply(right));
    }

    /** A wrong register. */
    public static <C> Planting<C> register(UnaryOperator<Register> wrong) {
        return register((right, candidate) -> wrong.apply(right));
    }

    /** A wrong register that knows whose it is. */
    public static <C> Planting<C> register(BiFunction<Register, C, Register> wrong) {
        return store((right, backend, candidate) -> backend.apply(wrong.apply(right, candidate)));
    }

    /** A wrong backend. */
    public static <C> Planting<C> backend(UnaryOperator<LockBackend> wrong) {
        return backend((right, candidate) -> wrong.apply(right));
    }

    /** A wrong backend that knows whose it is. */
    public static <C> Planting<C> backend(BiFunction<LockBackend, C, LockBackend> wrong) {
        return store((right, backend, candidate) -> wrong.apply(backend.apply(right), candidate));
    }

    /** A wrong backend that uses the register by itself. */
    public static <C> Planting<C> backendAndRegister(BiFunction<LockBackend, Register, LockBackend> wrong) {
        return both(UnaryOperator.identity(), wrong);
    }

    /** A wrong backend on a wrong register that it knows. */
    public static <C, R extends Register> Planting<C> both(
            Function<Register, R> register, BiFunction<LockBackend, R, LockBackend> wrong) {
        return store((right, backend, candidate) -> {
            R known = register.apply(right);
            return wrong.apply(backend.apply(known), known);
        });
    }

    /** Wrong callbacks. */
    public static <C> Planting<C> callbacks(UnaryOperator<TermCallbacks> wrong) {
        return callbacks((right, candidate) -> wrong.apply(right));
    }

    /** Wrong callbacks that know whose they are. */
    public static <C> Planting<C> callbacks(BiFunction<TermCallbacks, C, TermCallbacks> wrong) {
        return new Planting<>((right, backend, candidate) -> backend.apply(right), wrong);
    }

    private static <C> Planting<C> store(Store<C> store) {
        return new Planting<>(store, (right, candidate) -> right);
    }
}
