package dev.baton.driver;

import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.interleaving.Holds;
import dev.baton.interleaving.StoppedClock;
import dev.baton.spi.Moment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A term is extended while it runs out and is asked to hand over: it is not over before its time, not extended once a thread
 * was told that it is over, and draining for good.
 */
public class LiveTermScenario {
    private final StoppedClock clock = new StoppedClock();
    private final AtomicInteger expirations = new AtomicInteger();
    private final LiveTerm term = Terms.until(10, clock, expired -> expirations.incrementAndGet());
    private volatile boolean told;
    private volatile boolean drained;
    private boolean extended;

    @Operation
    public void extendsTheTerm() {
        boolean over = told;
        extended = term.extend(new Moment(20, 20));
        Holds.that(!over || !extended, "extended after it was over");
        look();
    }

    @Operation
    public void waitsForItsEnd() {
        clock.set(10);
        look();
    }

    @Operation
    public void drains() {
        term.drain();
        drained = true;
        look();
    }

    @Validate
    public void endsOnceAndNotTooEarly() {
        TermPhase phase = term.phase();
        Holds.that(phase == (extended ? TermPhase.DRAINING : TermPhase.ENDED), phase + ", extended " + extended);
        Holds.that(expirations.get() == (extended ? 0 : 1), expirations);
        Holds.that(term.reason() == (extended ? null : EndReason.EXPIRED), "" + term.reason());
    }

    private void look() {
        boolean over = told;
        boolean draining = drained;
        TermPhase phase = term.phase();
        Holds.that(!over || phase == TermPhase.ENDED, "over, then " + phase);
        Holds.that(!draining || phase != TermPhase.ACTIVE, "draining, then " + phase);
        if (phase == TermPhase.ENDED) {
            told = true;
        }
    }
}
