package dev.baton.simulation;

import dev.baton.spi.LockBackend;
import dev.baton.spi.Timekeeper;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Where a mistake is planted at a store of sessions: at what the backend is handed by the client library, or around the backend.
 *
 * @param client what the backend is handed in place of the right one
 * @param backend of one process, given what opens the right one
 * @param <H> what the client library hands out
 */
record SessionPlanting<H>(BiFunction<H, Timekeeper, H> client, Function<Supplier<LockBackend>, LockBackend> backend) {
    static <H> SessionPlanting<H> nothing() {
        return opened(Supplier::get);
    }

    static <H> SessionPlanting<H> client(UnaryOperator<H> wrong) {
        return client((right, time) -> wrong.apply(right));
    }

    static <H> SessionPlanting<H> client(BiFunction<H, Timekeeper, H> wrong) {
        return new SessionPlanting<>(wrong, Supplier::get);
    }

    static <H> SessionPlanting<H> backend(UnaryOperator<LockBackend> wrong) {
        return opened(right -> wrong.apply(right.get()));
    }

    /** A backend that opens right ones by itself. */
    static <H> SessionPlanting<H> opened(Function<Supplier<LockBackend>, LockBackend> wrong) {
        return new SessionPlanting<>((right, time) -> right, wrong);
    }
}
