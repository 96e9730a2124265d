package dev.baton.simulation.threads;

import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A thread of a simulated process. It is a real one, and runs only while it has the turn. */
public final class SimulatedThread extends Thread {
    private static final int MOST_THROWN = 200;

    private final Scheduler scheduler;
    private final Semaphore turn = new Semaphore(0);

    /** What it waits for, or null while it can run. */
    private @Nullable BooleanSupplier ready;

    private long until;
    private boolean wakesWhenInterrupted;
    private boolean interrupted;
    private int interrupts;
    private boolean permit;
    private boolean alive;
    private boolean exiting;
    private long notBefore;
    private int locks;
    private int thrown;

    /** As the constructor of {@link Thread} that the production code calls. */
    public SimulatedThread(@Nullable ThreadGroup group, Runnable task, String name, long stackSize, boolean inherit) {
        this(Hooks.scheduler(), task, name);
    }

    SimulatedThread(Scheduler scheduler, Runnable task, String name) {
        super(null, task, name, 0, false);
        this.scheduler = scheduler;
        setDaemon(true);
    }

    static @Nullable SimulatedThread current() {
        return Thread.currentThread() instanceof SimulatedThread thread ? thread : null;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // only who has the turn calls
    public void start() {
        scheduler.needsThread();
        begin();
        scheduler.step();
    }

    /** Starts it, however short of threads the process is. */
    void begin() {
        scheduler.begins(this);
        alive = true;
        super.start();
    }

    @Override
    public void run() {
        turn.acquireUninterruptibly();
        try {
            scheduler.stopIfOver(this);
            super.run();
        } catch (WorldOverError e) {
            // As it should.
            thrown++;
        } catch (Throwable e) {
            scheduler.died(this, e);
        } finally {
            alive = false;
            scheduler.ended(this);
        }
    }

    void giveTurn() {
        turn.release();
    }

    void awaitTurn() {
        turn.acquireUninterruptibly();
    }

    /** Whether so much of the end of its world was thrown at it that it will not end by itself. */
    boolean isPastHelp() {
        return ++thrown > MOST_THROWN;
    }

    // -- waiting --------------------------------------------------------------------------------------------------

    void waits(BooleanSupplier what, long limit, boolean interruptible) {
        ready = what;
        until = limit;
        wakesWhenInterrupted = interruptible;
    }

    void runs() {
        ready = null;
    }

    boolean canRun(long now) {
        if (notBefore - now > 0) {
            return false;
        }
        BooleanSupplier what = ready;
        return what == null || until - now <= 0 || (wakesWhenInterrupted && interrupted) || what.getAsBoolean();
    }

    /** When it can run at the latest, if it cannot now. */
    long wakes(long now) {
        return notBefore - now > 0 ? notBefore : until;
    }

    void starve(long limit) {
        notBefore = limit;
    }

    // -- what others see ------------------------------------------------------------------------------------------

    boolean isRunning() {
        return alive;
    }

    @Override
    public void interrupt() {
        scheduler.step();
        interrupted = true;
        interrupts++;
        scheduler.step();
    }

    @Override
    public boolean isInterrupted() {
        return interrupted;
    }

    int interrupts() {
        return interrupts;
    }

    boolean clearInterrupt() {
        boolean was = interrupted;
        interrupted = false;
        return was;
    }

    boolean takePermit() {
        boolean was = permit;
        permit = false;
        return was;
    }

    boolean hasPermit() {
        return permit;
    }

    void givePermit() {
        permit = true;
    }

    void locked(int more) {
        locks += more;
    }

    int locks() {
        return locks;
    }

    void exits() {
        exiting = true;
    }

    boolean isExiting() {
        return exiting;
    }

    @Override
    public StackTraceElement[] getStackTrace() {
        return exiting
                ? new StackTraceElement[] {new StackTraceElement("java.lang.Shutdown", "exit", "Shutdown.java", 1)}
                : new StackTraceElement[0];
    }
}
