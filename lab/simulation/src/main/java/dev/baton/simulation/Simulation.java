package dev.baton.simulation;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs worlds: one seed, or many side by side. The same seed and options give the same world, event by event. */
public final class Simulation {
    private Simulation() {}

    /** Runs the world of {@code seed}. */
    public static Outcome run(long seed, Options options) {
        return new World(seed, options).run();
    }

    /** Runs the world of {@code seed} and draws it. */
    static String draw(long seed, Options options) {
        Timeline timeline = new Timeline();
        return timeline.svg(new World(seed, options, timeline).run());
    }

    /**
     * Runs the worlds of {@code count} seeds from {@code first} on, until one violates an invariant.
     *
     * @param watcher hears of each outcome, in no particular order, on any of the threads
     */
    public static Summary runAll(long first, long count, Options options, int threads, Consumer<Outcome> watcher) {
        AtomicLong next = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Tally>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                parts.add(pool.submit(() -> {
                    Tally tally = new Tally(options);
                    ThreadMXBean clocks = ManagementFactory.getThreadMXBean();
                    long began = clocks.getCurrentThreadCpuTime();
                    for (long n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                        Outcome outcome = run(first + n, options);
                        tally.add(outcome);
                        watcher.accept(outcome);
                        if (!outcome.isGood()) {
                            next.set(count);
                        }
                    }
                    tally.cpuNanos = clocks.getCurrentThreadCpuTime() - began;
                    return tally;
                }));
            }
            Tally all = new Tally(options);
            for (Future<Tally> part : parts) {
                all.add(part.get());
            }
            return all.summary();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while worlds ran", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a world could not be run", e);
        } finally {
            pool.shutdownNow();
        }
    }

    /**
     * How many worlds went.
     *
     * @param cpuNanos the processor time that they took, all threads together
     * @param coverage which transitions met which faults
     * @param histories a hash of all histories, in whatever order they were made
     * @param failure the outcome with the smallest seed that violated an invariant, or null when none did
     */
    public record Summary(
            long seeds,
            long events,
            long terms,
            long simulatedNanos,
            long cpuNanos,
            long corruptedSeeds,
            long mostCalls,
            long longestRecoveryNanos,
            Map<Fault, Long> faults,
            Coverage coverage,
            long histories,
            @Nullable Outcome failure) {}

    private static final class Tally {
        private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
        private final Coverage coverage;
        private long histories;
        private long seeds;
        private long events;
        private long terms;
        private long nanos;
        private long cpuNanos;
        private long corrupted;
        private long mostCalls;
        private long recovery;
        private @Nullable Outcome failure;

        Tally(Options options) {
            coverage = options.nothingCovered();
        }

        void add(Outcome outcome) {
            seeds++;
            coverage.add(outcome.coverage());
            histories += outcome.history();
            events += outcome.events();
            terms += outcome.terms();
            nanos += outcome.simulatedNanos();
            corrupted += outcome.unfencedCorruptions() > 0 ? 1 : 0;
            mostCalls = Math.max(mostCalls, outcome.mostCalls());
            recovery = Math.max(recovery, outcome.recoveryNanos());
            outcome.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
            if (!outcome.isGood()) {
                fail(outcome);
            }
        }

        void add(Tally other) {
            seeds += other.seeds;
            coverage.add(other.coverage);
            histories += other.histories;
            events += other.events;
            terms += other.terms;
            nanos += other.nanos;
            cpuNanos += other.cpuNanos;
            corrupted += other.corrupted;
            mostCalls = Math.max(mostCalls, other.mostCalls);
            recovery = Math.max(recovery, other.recovery);
            other.faults.forEach((fault, count) -> faults.merge(fault, count, Long::sum));
            if (other.failure != null) {
                fail(other.failure);
            }
        }

        private void fail(Outcome outcome) {
            if (failure == null || outcome.seed() < failure.seed()) {
                failure = outcome;
            }
        }

        Summary summary() {
            return new Summary(
                    seeds,
                    events,
                    terms,
                    nanos,
                    cpuNanos,
                    corrupted,
                    mostCalls,
                    recovery,
                    Map.copyOf(faults),
                    coverage,
                    histories,
                    failure);
        }
    }
}
