package dev.baton;

import org.jspecify.annotations.Nullable;

/**
 * Permission to do a piece of work under a term, from {@link LeaderElection#permit()} until it is closed: a hand-over
 * waits for it.
 *
 * <p>Any thread may close it. A permit interrupts no thread: work that takes long asks {@link Leadership#acceptsWork()}
 * of its {@link #term()} or watches {@link Leadership#draining()}. A permit that is not closed by the end of the drain
 * timeout ends the term; its claim then lapses instead of being handed over. Until it is closed, the candidate begins no
 * other term and is unhealthy.
 */
public final class Permit implements AutoCloseable {
    private final TermRun run;
    private final @Nullable Thread thread;
    private final boolean interruptedBefore;
    private boolean interrupted;

    /** @param thread the thread to interrupt when the work has to stop, or null */
    Permit(TermRun run, @Nullable Thread thread) {
        this.run = run;
        this.thread = thread;
        this.interruptedBefore = thread != null && thread.isInterrupted();
    }

    /** The term that this work is done under. */
    public Leadership term() {
        return run.leadership();
    }

    /** Ends the work. Idempotent; any thread; does not wait. */
    @Override
    public void close() {
        run.giveBack(this);
    }

    @Nullable Thread thread() {
        return thread;
    }

    /**
     * Interrupts the thread of the permit; called under the lock of the run, which also guards the return of a permit.
     */
    void interrupt() {
        if (thread != null) {
            interrupted = true;
            thread.interrupt();
        }
    }

    /** Whether this permit interrupted its thread, which was not interrupted before. */
    boolean leftInterrupted() {
        return interrupted && !interruptedBefore;
    }
}
