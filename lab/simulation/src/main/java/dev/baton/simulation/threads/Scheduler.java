package dev.baton.simulation.threads;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One world's threads, of which one has the turn; the time, which passes when all wait, and a little with every step; and the
 * locks. Only who has the turn calls, so nothing here needs a lock of its own.
 */
final class Scheduler {
    private static final long MOST_STEPS = 3_000_000;
    private static final long REAL_SECONDS = 1_200;
    private static final int TRACED = 4_000;
    private static final long WALL_ORIGIN = 1_780_000_000_000_000_000L;

    /** After so many steps another thread may run, on average; and so long takes one step. */
    private static final int[] DENSITIES = {2, 5, 20, 100, 1_000};

    private static final long[] STEP_NANOS = {0, 100, 1_000};

    private final SplittableRandom random;
    private final SplittableRandom chance;
    private final List<SimulatedThread> threads = new ArrayList<>();
    private final List<SimulatedThread> able = new ArrayList<>();
    private final IdentityHashMap<Object, Lock> locks = new IdentityHashMap<>();
    private final IdentityHashMap<Object, List<boolean[]>> waiters = new IdentityHashMap<>();
    private final List<Thread> exitHooks = new ArrayList<>();
    private final ArrayDeque<String> trace = new ArrayDeque<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private final int density;
    private final long stepNanos;
    private long now;
    private long steps;
    private long switches;
    private long untilSwitch;
    private long history = 1;
    private boolean over;
    private @Nullable String violation;
    private Foreign foreign = Foreign.HARMLESS;

    /** A lock, held or waited for. */
    private static final class Lock {
        private @Nullable SimulatedThread owner;
        private int depth;
    }

    Scheduler(long seed) {
        SplittableRandom all = new SplittableRandom(seed);
        random = all.split();
        chance = all.split();
        density = DENSITIES[random.nextInt(DENSITIES.length)];
        stepNanos = STEP_NANOS[random.nextInt(STEP_NANOS.length)];
        untilSwitch = density;
    }

    /** Runs {@code main} and all threads that come of it, until they have ended or something is violated. */
    Outcome run(Runnable main) {
        SimulatedThread first = new SimulatedThread(this, main, "main");
        first.begin();
        first.giveTurn();
        try {
            if (!done.await(REAL_SECONDS, TimeUnit.SECONDS)) {
                violation = "the world stands still in real time: " + steps + " steps, " + threads;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            violation = "interrupted";
        }
        return new Outcome(violation, List.copyOf(trace), steps, switches, now, history);
    }

    /** What became of a world. */
    record Outcome(
            @Nullable String violation, List<String> trace, long steps, long switches, long nanos, long history) {}

    void become(Foreign how) {
        foreign = how;
    }

    Foreign foreign() {
        return foreign;
    }

    SplittableRandom chance() {
        return chance;
    }

    SplittableRandom random() {
        return random;
    }

    long now() {
        return now;
    }

    long wallNanos() {
        return WALL_ORIGIN + now;
    }

    List<Thread> exitHooks() {
        return exitHooks;
    }

    List<SimulatedThread> threads() {
        return threads;
    }

    boolean isOver() {
        return over;
    }

    void trace(String what) {
        history = history * 31 + what.hashCode() + now;
        if (trace.size() >= TRACED) {
            trace.removeFirst();
        }
        trace.add(String.format(
                "%12.6f %-22s %s", now / 1e9, Thread.currentThread().getName(), what));
    }

    WorldOverError violated(String how) {
        if (violation == null && !over) {
            violation = how;
            trace("VIOLATION " + how);
        }
        over = true;
        return new WorldOverError();
    }

    /** The process is gone, with all its threads. */
    void halt() {
        over = true;
    }

    // -- turns ----------------------------------------------------------------------------------------------------

    /** The thread that has the turn may lose it here. */
    void step() {
        SimulatedThread me = SimulatedThread.current();
        if (me == null) {
            return;
        }
        stopIfOver(me);
        now += stepNanos;
        if (++steps > MOST_STEPS) {
            throw violated("a busy loop: " + MOST_STEPS + " steps, the last by " + me.getName());
        }
        if (--untilSwitch <= 0) {
            yieldTurn();
        }
    }

    void yieldTurn() {
        SimulatedThread me = SimulatedThread.current();
        if (me != null) {
            untilSwitch = 1L + random.nextInt(2 * density);
            pass(me);
        }
    }

    /** Waits until {@code ready} answers true, {@code limit} has come, or, if so wished, it is interrupted. */
    void await(BooleanSupplier ready, long limit, boolean interruptible) {
        SimulatedThread me = SimulatedThread.current();
        if (me == null || ready.getAsBoolean()) {
            return;
        }
        stopIfOver(me);
        me.waits(ready, limit, interruptible);
        try {
            pass(me);
        } finally {
            me.runs();
        }
    }

    private void pass(SimulatedThread me) {
        SimulatedThread next = next();
        if (next != me && next != null) {
            switches++;
            next.giveTurn();
            me.awaitTurn();
        }
        stopIfOver(me);
    }

    private @Nullable SimulatedThread next() {
        while (!threads.isEmpty()) {
            if (over) {
                return threads.get(0);
            }
            able.clear();
            long soonest = Long.MAX_VALUE;
            for (SimulatedThread thread : threads) {
                if (thread.canRun(now)) {
                    able.add(thread);
                } else {
                    soonest = Math.min(soonest, thread.wakes(now));
                }
            }
            if (!able.isEmpty()) {
                SimulatedThread chosen = able.get(random.nextInt(able.size()));
                history = history * 31 + chosen.getName().hashCode();
                return chosen;
            }
            if (soonest == Long.MAX_VALUE) {
                violated("a deadlock: every thread waits without a limit, " + threads);
            } else {
                now = soonest;
            }
        }
        return null;
    }

    void stopIfOver(SimulatedThread me) {
        if (!over) {
            return;
        }
        if (me.isPastHelp()) {
            // It catches whatever is thrown at it, and never ends: left behind.
            ended(me);
            me.awaitTurn();
        }
        throw new WorldOverError();
    }

    void needsThread() {
        if (foreign.lacksThreads()) {
            throw new OutOfMemoryError("unable to create native thread: planted");
        }
    }

    void begins(SimulatedThread thread) {
        threads.add(thread);
    }

    void died(SimulatedThread thread, Throwable failure) {
        trace(thread.getName() + " died of " + failure.getClass().getName()
                + Arrays.stream(failure.getStackTrace())
                        .limit(8)
                        .map(frame -> " < " + frame)
                        .collect(Collectors.joining()));
    }

    void ended(SimulatedThread me) {
        threads.remove(me);
        SimulatedThread next = next();
        if (next == null) {
            done.countDown();
        } else {
            switches++;
            next.giveTurn();
        }
    }

    // -- locks ----------------------------------------------------------------------------------------------------

    void lock(Object what) {
        SimulatedThread me = SimulatedThread.current();
        if (me == null) {
            return;
        }
        step();
        while (true) {
            Lock lock = locks.computeIfAbsent(what, key -> new Lock());
            if (lock.owner == null || lock.owner == me) {
                lock.owner = me;
                lock.depth++;
                me.locked(1);
                return;
            }
            await(() -> lock.owner == null, Long.MAX_VALUE, false);
        }
    }

    void unlock(Object what) {
        SimulatedThread me = SimulatedThread.current();
        Lock lock = me == null ? null : locks.get(what);
        if (me == null || lock == null || lock.owner != me) {
            return;
        }
        lock.depth--;
        me.locked(-1);
        if (lock.depth == 0) {
            lock.owner = null;
            locks.remove(what);
        }
        if (!over) {
            step();
        }
    }

    /** As {@link Object#wait()}: true when notified, false when interrupted. */
    boolean waitOn(Object what) {
        boolean[] notified = new boolean[1];
        waiters.computeIfAbsent(what, key -> new ArrayList<>()).add(notified);
        unlock(what);
        SimulatedThread me = Hooks.me();
        // Now and then it wakes for no reason, as a thread may.
        long limit = random.nextInt(50) == 0 ? now + 1_000_000 : Long.MAX_VALUE;
        try {
            await(() -> notified[0], limit, true);
        } finally {
            waiters.getOrDefault(what, new ArrayList<>()).remove(notified);
        }
        boolean interrupted = !notified[0] && me.isInterrupted();
        lock(what);
        return !interrupted;
    }

    void notifyAllOn(Object what) {
        List<boolean[]> all = waiters.remove(what);
        if (all != null) {
            all.forEach(each -> each[0] = true);
        }
    }
}
