package dev.baton;

import dev.baton.interleaving.Holds;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A term is interrupted as its work begins: onStartedLeading begins and returns, or is cancelled, not both; and it is not
 * told that nothing began while a permit is out.
 */
public class TermStartScenario {
    private final Work work = new Work();
    private final Work.Worker worker = new Work.Worker();
    private final Work.Worker none = new Work.Worker();

    @Operation
    public void begins() {
        work.callbacks.runNext();
    }

    @Operation
    public void works() {
        work.underAPermit(worker);
    }

    @Operation
    public void interrupts() {
        work.interrupt(worker, none);
    }

    @Validate
    public void beganOrWasCancelled() {
        int began = work.began.get();
        Holds.that(began + work.cancelled.get() == 1, began + " and " + work.cancelled);
        Holds.that(work.returned.get() == began, work.returned);
        Holds.that(work.underAPermit(worker) == (began == 1), "a permit only where work began");
    }
}
