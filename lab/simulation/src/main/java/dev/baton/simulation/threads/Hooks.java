package dev.baton.simulation.threads;

import java.time.Instant;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What rewritten code calls instead of the JDK's methods that wait, lock, tell the time or find no order; each asks the
 * scheduler of the calling thread. A thread of no world has what it calls done at once.
 */
public final class Hooks {
    private Hooks() {}

    static SimulatedThread me() {
        SimulatedThread me = SimulatedThread.current();
        if (me == null) {
            throw new IllegalStateException(Thread.currentThread() + " is a thread of no world");
        }
        return me;
    }

    static Scheduler scheduler() {
        return me().scheduler();
    }

    // -- steps ----------------------------------------------------------------------------------------------------

    /** Another thread may run now. */
    public static void step() {
        SimulatedThread me = SimulatedThread.current();
        if (me != null) {
            me.scheduler().step();
        }
    }

    /** A field that a lock guards is touched. */
    public static void guarded(String field) {
        SimulatedThread me = SimulatedThread.current();
        if (me != null && me.locks() == 0) {
            throw me.scheduler().violated(field + " is touched without its lock");
        }
    }

    /** Memory is needed, which there may not be. */
    public static void allocate() {
        SimulatedThread me = SimulatedThread.current();
        if (me != null && me.scheduler().foreign().lacksMemory()) {
            throw new OutOfMemoryError("planted");
        }
    }

    public static void enter(Object lock) {
        SimulatedThread me = SimulatedThread.current();
        if (me != null) {
            me.scheduler().lock(lock);
        }
    }

    public static void exit(Object lock) {
        SimulatedThread me = SimulatedThread.current();
        if (me != null) {
            me.scheduler().unlock(lock);
        }
    }

    public static void waitOn(Object lock) throws InterruptedException {
        if (!scheduler().waitOn(lock)) {
            me().clearInterrupt();
            throw new InterruptedException();
        }
    }

    public static void notifyAllOn(Object lock) {
        SimulatedThread me = SimulatedThread.current();
        if (me != null) {
            me.scheduler().notifyAllOn(lock);
        }
    }

    // -- waiting --------------------------------------------------------------------------------------------------

    public static void parkNanos(Object blocker, long nanos) {
        SimulatedThread me = me();
        me.scheduler().await(me::hasPermit, me.scheduler().now() + Math.max(0, nanos), true);
        me.takePermit();
    }

    public static void unpark(@Nullable Thread thread) {
        step();
        if (thread instanceof SimulatedThread simulated) {
            simulated.givePermit();
        }
        step();
    }

    public static Object get(CompletableFuture<?> future, long time, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!await(future, unit.toNanos(time))) {
            throw new TimeoutException();
        }
        return future.get();
    }

    private static boolean await(CompletableFuture<?> future, long nanos) throws InterruptedException {
        step();
        interruptedThrows();
        limited(nanos, future::isDone);
        if (!future.isDone()) {
            interruptedThrows();
        }
        return future.isDone();
    }

    private static void limited(long nanos, java.util.function.BooleanSupplier ready) {
        Scheduler scheduler = scheduler();
        scheduler.await(ready, limit(scheduler.now(), nanos), true);
    }

    private static long limit(long now, long nanos) {
        return nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + Math.max(0, nanos);
    }

    private static void interruptedThrows() throws InterruptedException {
        if (me().clearInterrupt()) {
            throw new InterruptedException();
        }
    }

    public static boolean await(CountDownLatch latch, long time, TimeUnit unit) throws InterruptedException {
        step();
        interruptedThrows();
        limited(unit.toNanos(time), () -> latch.getCount() == 0);
        if (latch.getCount() > 0) {
            interruptedThrows();
        }
        return latch.getCount() == 0;
    }

    // -- threads --------------------------------------------------------------------------------------------------

    public static boolean interrupted() {
        SimulatedThread me = SimulatedThread.current();
        return me == null ? Thread.interrupted() : me.clearInterrupt();
    }

    public static boolean isAlive(Thread thread) {
        return thread instanceof SimulatedThread simulated ? simulated.isRunning() : thread.isAlive();
    }

    public static void addShutdownHook(Runtime runtime, Thread thread) {
        scheduler().exitHooks().add(thread);
    }

    public static boolean removeShutdownHook(Runtime runtime, Thread thread) {
        return scheduler().exitHooks().remove(thread);
    }

    // -- time, chance, order --------------------------------------------------------------------------------------

    public static long nanoTime() {
        return scheduler().now();
    }

    public static Instant instant() {
        return Instant.ofEpochSecond(0, scheduler().wallNanos());
    }

    public static RandomGenerator random() {
        return scheduler().random();
    }

    public static UUID uuid() {
        SplittableRandom random = scheduler().random();
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** In order of arrival, where the JDK's has none. */
    public static <T> Set<T> newKeySet() {
        return new CopyOnWriteArraySet<>();
    }

    public static Logger logger(String name) {
        return new ForeignLogger(name);
    }

    public static Logger logger(Class<?> type) {
        return new ForeignLogger(type.getName());
    }
}
