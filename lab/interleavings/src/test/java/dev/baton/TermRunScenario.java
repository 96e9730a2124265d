package dev.baton;

import dev.baton.driver.Terms;
import dev.baton.event.EndReason;
import dev.baton.interleaving.Holds;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * Work under permits while a term is asked to hand over: no permit is given once the drain began, the end is told once and
 * after every permit came back, and an interrupt reaches those that work, and none that has finished.
 */
public class TermRunScenario {
    private final Work work = new Work();
    private final Work.Worker worker = new Work.Worker();
    private final Work.Worker other = new Work.Worker();
    private volatile boolean draining;

    /** The work has begun. */
    public TermRunScenario() {
        work.runCallbacks();
    }

    @Operation
    public void works() {
        work(worker);
    }

    @Operation
    public void worksAndRunsCallbacks() {
        work(other);
        work.callbacks.runNext();
    }

    @Operation
    public void handsOver() {
        Terms.drain(work.term);
        draining = true;
        work.interrupt(worker, other);
        work.run.stop(EndReason.STEPPED_DOWN);
    }

    @Validate
    public void endIsToldOnce() {
        work.runCallbacks();
        Holds.that(work.stopping.get() == 1 && work.stopped.get() == 1, work.stopping + " and " + work.stopped);
        Holds.that(!work.underAPermit(worker), "a permit after the end");
    }

    private void work(Work.Worker thread) {
        boolean late = draining;
        Holds.that(!work.underAPermit(thread) || !late, "a permit while draining");
    }
}
