package dev.baton.simulation.threads;

import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Worlds of one process whose threads are simulated, by seed. */
final class ThreadWorlds {
    private static final String PROCESS = "dev.baton.simulation.threads.process.SimulatedProcess";

    private static final int TOLD = 80;

    private final ShellLoader loader;

    private final Map<String, byte[]> rewritten;

    /** Worlds of the code as it is. */
    ThreadWorlds() {
        this(null, new ConcurrentHashMap<>());
    }

    private ThreadWorlds(@Nullable Mutation mutation, Map<String, byte[]> rewritten) {
        this.rewritten = rewritten;
        loader = new ShellLoader(mutation, rewritten);
    }

    /** The same worlds, with this mistake planted. */
    ThreadWorlds with(Mutation mutation) {
        return new ThreadWorlds(mutation, rewritten);
    }

    /** One world from beginning to end. */
    Scheduler.Outcome run(long seed) {
        Scheduler scheduler = new Scheduler(seed);
        return scheduler.run(() -> live(scheduler));
    }

    private void live(Scheduler scheduler) {
        try {
            Runnable process = (Runnable)
                    loader.loadClass(PROCESS).getDeclaredConstructor().newInstance();
            process.run();
        } catch (WorldOverError e) {
            throw e;
        } catch (Throwable e) {
            Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
            if (cause instanceof WorldOverError over) {
                throw over;
            }
            throw scheduler.violated("the process died of " + cause + " at "
                    + Arrays.stream(cause.getStackTrace())
                            .limit(12)
                            .map(StackTraceElement::toString)
                            .collect(Collectors.joining(" < ")));
        }
    }

    /** What violated an invariant, and how to see it again. */
    static String report(long seed, Scheduler.Outcome outcome) {
        List<String> trace = outcome.trace();
        return "seed " + seed + ": " + outcome.violation() + "\n  "
                + String.join("\n  ", trace.subList(Math.max(0, trace.size() - TOLD), trace.size()))
                + "\nreplay: lab/simulate threads --seed " + seed;
    }

    /** The first seed of {@code count} that violates something, or null. */
    @Nullable Found hunt(long first, long count) {
        for (long seed = first; seed < first + count; seed++) {
            Scheduler.Outcome outcome = run(seed);
            if (outcome.violation() != null) {
                return new Found(seed, outcome.violation(), report(seed, outcome));
            }
        }
        return null;
    }

    /** A seed that violates something, what, and what happened before. */
    record Found(long seed, String violation, String report) {}
}
