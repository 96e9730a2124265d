package dev.baton.spi;

import dev.baton.interleaving.Holds;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** A report that was made is not said to be lost, and none is said to be lost twice; who hands one over does not wait. */
public class OutboxScenario {
    private final AtomicLong said = new AtomicLong();
    private final AtomicInteger made = new AtomicInteger();
    private final Outbox outbox = new Outbox(1, Thread::new, (reports, failure) -> said.addAndGet(reports));

    /** Its thread ends with the scenario. */
    public OutboxScenario() {
        outbox.retire();
    }

    @Operation
    public void reportsTwo() {
        outbox.execute(made::incrementAndGet);
        outbox.execute(made::incrementAndGet);
    }

    @Operation
    public void reportsOne() {
        outbox.execute(made::incrementAndGet);
    }

    /** Its thread may have some left to make, or to say. */
    @Validate
    public void noneWasMadeAndLost() {
        Holds.that(made.get() + said.get() <= 3, made + " and " + said);
    }
}
