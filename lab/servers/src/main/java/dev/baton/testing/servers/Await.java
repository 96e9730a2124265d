package dev.baton.testing.servers;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition that only the outside world can make true, with a deadline. */
final class Await {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Await() {}

    /** Returns once {@code condition} holds; as {@link #forValue}. */
    static void until(Duration limit, String goal, Supplier<String> state, BooleanSupplier condition) {
        forValue(limit, goal, state, () -> condition.getAsBoolean() ? Optional.of(goal) : Optional.empty());
    }

    /**
     * Returns what {@code source} supplies, once it does.
     *
     * @param goal names what is awaited, in what is thrown
     * @param state is asked for the details when time is up
     * @throws IllegalStateException if there is nothing within {@code limit}, or if the thread is interrupted; the flag
     *     stays set
     */
    static <T> T forValue(Duration limit, String goal, Supplier<String> state, Supplier<Optional<T>> source) {
        long start = System.nanoTime();
        for (Optional<T> value = source.get(); ; value = source.get()) {
            if (value.isPresent()) {
                return value.get();
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting for " + goal);
            }
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new IllegalStateException("no " + goal + " within " + limit + ": " + state.get());
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }
}
