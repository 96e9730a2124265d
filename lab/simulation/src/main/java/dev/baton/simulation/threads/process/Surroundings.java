package dev.baton.simulation.threads.process;

import dev.baton.simulation.threads.Foreign;
import dev.baton.simulation.threads.Simulated;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/** Which troubles there are in this world, until when, and the code of others that makes them. */
final class Surroundings implements Foreign {
    private static final long MILLI = 1_000_000;

    private final Set<Trouble> troubles = EnumSet.noneOf(Trouble.class);
    private final SplittableRandom chance = Simulated.chance();
    private final long leaseNanos;
    private Runnable reentry = () -> {};
    private boolean healed;
    private boolean released;
    private long memoryShortUntil;
    private long threadsShortUntil;
    private int memoryOdds = 2;

    /** Until when a trouble lasts that excuses lateness. */
    private long disturbedUntil;

    private boolean loopHeld;
    private long loopHeldSince;
    private long loopHeldUntil;
    private boolean silent;
    private long silentSince;

    Surroundings(long leaseNanos) {
        this.leaseNanos = leaseNanos;
        int odds = 2 + chance.nextInt(4);
        for (Trouble trouble : Trouble.values()) {
            boolean rare = trouble == Trouble.CALLBACK_EXITS;
            if (chance.nextInt(rare ? 20 : odds) == 0) {
                troubles.add(trouble);
            }
        }
    }

    Set<Trouble> troubles() {
        return troubles;
    }

    /** What code of others may call when it comes back into the library. */
    void reenters(Runnable call) {
        reentry = call;
    }

    boolean has(Trouble trouble) {
        return !healed && troubles.contains(trouble);
    }

    boolean strikes(Trouble trouble, int odds) {
        return has(trouble) && chance.nextInt(odds) == 0;
    }

    /** From now on others' code behaves; what hangs goes on to hang until {@link #release}. */
    void heal() {
        healed = true;
        memoryShortUntil = 0;
        threadsShortUntil = 0;
        silent = false;
        loopHeldUntil = Math.min(loopHeldUntil, Simulated.now());
        disturbed(0);
    }

    /** What hangs returns. */
    void release() {
        heal();
        released = true;
    }

    boolean isHealed() {
        return healed;
    }

    private void disturbed(long nanos) {
        disturbedUntil = Math.max(disturbedUntil, Simulated.now() + nanos);
    }

    /** Since when nothing has excused a delay, or {@code since} if that is later. */
    long undisturbed(long since) {
        return Math.max(since, Math.min(disturbedUntil, healed ? disturbedUntil : Long.MAX_VALUE));
    }

    // -- what others' code does ---------------------------------------------------------------------------------------

    /** Waits, whatever interrupts it: for a while, or until the world's troubles are over. */
    void hang() {
        long nanos = chance.nextInt(3) > 0 ? chance.nextLong(leaseNanos) : Long.MAX_VALUE / 4;
        Simulated.trace("hangs");
        Simulated.await(() -> released, nanos);
    }

    void reenter() {
        Simulated.trace("comes back");
        reentry.run();
    }

    void raise() {
        Throwable failure = anything();
        Simulated.trace("throws " + failure.getClass().getSimpleName());
        Surroundings.<RuntimeException>sneak(failure);
    }

    Throwable anything() {
        return switch (chance.nextInt(7)) {
            case 0 -> new IllegalStateException("an exception");
            case 1 -> new IOException("undeclared");
            case 2 -> new OutOfMemoryError("by others");
            case 3 -> new StackOverflowError();
            case 4 -> new AssertionError("by others");
            case 5 -> new InterruptedException("by others");
            default -> new Unprintable();
        };
    }

    private static final class Unprintable extends Throwable {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even this can be asked");
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    /** Code of others, where it is called: never under a lock, nor on a thread that all depend on. */
    void isForeign(String what) {
        String thread = Thread.currentThread().getName();
        if (thread.endsWith("-loop") || thread.endsWith("-sender") || thread.endsWith("-watchdog")) {
            throw Simulated.violation(what + " runs on " + thread);
        }
        if (Simulated.holdsLocks()) {
            throw Simulated.violation(what + " runs under a lock");
        }
    }

    /** What a sink or a log does. */
    void hears(String what, Trouble hangs, Trouble fails, Trouble comesBack) {
        isForeign(what);
        Simulated.pause();
        if (strikes(hangs, 12)) {
            hang();
        }
        if (strikes(comesBack, 12)) {
            reenter();
        }
        if (strikes(fails, 4)) {
            raise();
        }
    }

    @Override
    public void log(String line) {
        Simulated.trace(line);
        hears("the log", Trouble.LOG_HANGS, Trouble.LOG_THROWS, Trouble.LOG_REENTERS);
    }

    // -- what the process lacks ---------------------------------------------------------------------------------------

    @Override
    public boolean lacksMemory() {
        return memoryShortUntil > 0
                && Simulated.now() < memoryShortUntil
                && isOfBatons(Thread.currentThread().getName())
                && chance.nextInt(memoryOdds) == 0;
    }

    private static boolean isOfBatons(String thread) {
        return thread.startsWith("baton-");
    }

    @Override
    public boolean lacksThreads() {
        return Simulated.now() < threadsShortUntil;
    }

    void beShortOfMemory(long nanos) {
        Simulated.trace("memory is short for " + nanos / MILLI + " ms");
        memoryOdds = 1 + chance.nextInt(8);
        memoryShortUntil = Simulated.now() + nanos;
        disturbed(nanos);
    }

    void beShortOfThreads(long nanos) {
        Simulated.trace("threads are short for " + nanos / MILLI + " ms");
        threadsShortUntil = Simulated.now() + nanos;
        disturbed(nanos);
    }

    void starve(String thread, long nanos) {
        Simulated.trace(thread + " starves for " + nanos / MILLI + " ms");
        Simulated.starve(thread, nanos);
        disturbed(nanos);
    }

    // -- the loop and the store ---------------------------------------------------------------------------------------

    /** A task that keeps the loop from moving, as a defect would. */
    Runnable holdingTheLoop(long nanos) {
        return () -> {
            Simulated.trace("the loop stands still");
            loopHeld = true;
            loopHeldSince = Simulated.now();
            loopHeldUntil = loopHeldSince + nanos;
            Simulated.await(() -> released || Simulated.now() >= loopHeldUntil, nanos);
            loopHeld = false;
            disturbed(0);
        };
    }

    boolean isLoopHeld() {
        return loopHeld;
    }

    long loopHeldSince() {
        return loopHeldSince;
    }

    void silence(boolean value) {
        silent = value;
        silentSince = Simulated.now();
    }

    boolean isSilent() {
        return silent;
    }

    long silentSince() {
        return silentSince;
    }

    /** Every {@code odds}th time, on average. */
    boolean oneIn(int odds) {
        return chance.nextInt(odds) == 0;
    }
}
