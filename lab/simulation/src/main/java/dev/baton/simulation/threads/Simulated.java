package dev.baton.simulation.threads;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** What a simulated process asks of its world, on threads of that world. */
public final class Simulated {
    private Simulated() {}

    /** Nanoseconds since the process began. */
    public static long now() {
        return Hooks.scheduler().now();
    }

    /** What others decide, apart from who runs next. */
    public static SplittableRandom chance() {
        return Hooks.scheduler().chance();
    }

    /** Another thread may run now. */
    public static void pause() {
        Hooks.scheduler().yieldTurn();
    }

    /** Waits, whatever interrupts it; answers whether what it waited for has come. */
    public static boolean await(BooleanSupplier ready, long nanos) {
        Scheduler scheduler = Hooks.scheduler();
        scheduler.await(ready, scheduler.now() + nanos, false);
        return ready.getAsBoolean();
    }

    /** Waits until interrupted, but so long at most. */
    public static void sleep(long nanos) throws InterruptedException {
        Scheduler scheduler = Hooks.scheduler();
        scheduler.await(() -> false, scheduler.now() + nanos, true);
        if (Hooks.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** A thread of the user's, begun. */
    public static void spawn(String name, Runnable task) {
        new SimulatedThread(Hooks.scheduler(), task, name).begin();
    }

    /** Keeps the threads whose names end so from running for a while. */
    public static void starve(String name, long nanos) {
        Scheduler scheduler = Hooks.scheduler();
        for (SimulatedThread thread : scheduler.threads()) {
            if (thread.getName().endsWith(name)) {
                thread.starve(scheduler.now() + nanos);
            }
        }
    }

    public static void become(Foreign how) {
        Hooks.scheduler().become(how);
    }

    public static void trace(String what) {
        Hooks.scheduler().trace(what);
    }

    /** Notes that an invariant broke; throw what is returned. */
    public static Error violation(String how) {
        return Hooks.scheduler().violated(how);
    }

    /** Whether the calling thread holds a lock. */
    public static boolean holdsLocks() {
        return Hooks.me().locks() > 0;
    }

    /** How often the thread has been interrupted, whatever became of it. */
    public static int interrupts(Thread thread) {
        return thread instanceof SimulatedThread simulated ? simulated.interrupts() : 0;
    }

    /** Whether the thread is inside {@code System.exit}. */
    public static boolean isExiting(Thread thread) {
        return thread instanceof SimulatedThread simulated && simulated.isExiting();
    }

    /** The names of the threads that have not ended. */
    public static List<String> threads() {
        return Hooks.scheduler().threads().stream().map(Thread::getName).toList();
    }

    /** {@code System.exit}: does not return. The hooks run, and the process ends. */
    public static Error exit() {
        SimulatedThread me = Hooks.me();
        Scheduler scheduler = me.scheduler();
        boolean first = scheduler.threads().stream().noneMatch(SimulatedThread::isExiting);
        me.exits();
        if (!first) {
            scheduler.await(() -> false, Long.MAX_VALUE / 2, false);
        }
        List<Thread> hooks = new ArrayList<>(scheduler.exitHooks());
        hooks.forEach(hook -> ((SimulatedThread) hook).begin());
        scheduler.await(() -> hooks.stream().noneMatch(Hooks::isAlive), Long.MAX_VALUE / 2, false);
        scheduler.halt();
        return new WorldOverError();
    }
}
