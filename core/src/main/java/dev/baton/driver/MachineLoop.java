package dev.baton.driver;

import dev.baton.machine.Effect;
import dev.baton.machine.ElectionMachine;
import dev.baton.spi.ElectionName;
import dev.baton.spi.Timekeeper;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Hands events to one machine, one after another on the loop, and carries out its effects in order. An effect that fails
 * for want of memory or stack stays due until the next event.
 */
final class MachineLoop {
    /** The limit of tries for an effect that fails for want of memory, which may be its own fault. */
    private static final int MOST_TRIES = 1_000;

    private final ElectionName election;
    private final ElectionMachine machine;
    private final Timekeeper time;
    private final Logger log;
    private final Consumer<Effect> effects;
    private final Runnable afterwards;

    /** The machine's effects; those from {@link #carried} on have not been carried out. */
    private List<Effect> due = List.of();

    private int carried;
    private int tries;
    private volatile boolean unfinished;

    /**
     * @param effects carries one effect out
     * @param afterwards runs after each event, whether or not it failed
     */
    MachineLoop(
            ElectionName election,
            ElectionMachine machine,
            Timekeeper time,
            Logger log,
            Consumer<Effect> effects,
            Runnable afterwards) {
        this.election = election;
        this.machine = machine;
        this.time = time;
        this.log = log;
        this.effects = effects;
        this.afterwards = afterwards;
    }

    /** Brings an event onto the loop; any thread. */
    void post(MachineEvent event) {
        time.execute(() -> handle(event));
    }

    /**
     * Handles an event, on the loop. Throws nothing; answers whether the machine took the event, which fails if the JVM
     * has no memory.
     */
    boolean handle(MachineEvent event) {
        boolean taken = false;
        try {
            List<Effect> decided = event.handle(machine, time.now());
            taken = true;
            add(decided);
            carryOut();
        } catch (Throwable e) {
            note(e);
        }
        try {
            // Even after a failure the term has to be renewed and to expire.
            afterwards.run();
        } catch (Throwable e) {
            note(e);
        }
        return taken;
    }

    /** Whether something was left undone, so that the loop has to look again; any thread. */
    boolean isUnfinished() {
        return unfinished;
    }

    /** Marks the step as unfinished, so that the watchdog repeats it. */
    void note(Throwable failure) {
        unfinished = true;
        try {
            log.error("{}: a step failed and is repeated", election, failure);
        } catch (VirtualMachineError e) {
            // No memory for the log line; the step is repeated all the same.
            unfinished = true;
        }
    }

    /** Logs a failure, on any thread, and throws nothing, not even for want of memory. */
    void debug(String what, Throwable failure) {
        try {
            log.debug("{}: {}", election, what, failure);
        } catch (VirtualMachineError e) {
            unfinished = true;
        }
    }

    private void add(List<Effect> decided) {
        if (carried >= due.size()) {
            due = decided;
            carried = 0;
            tries = 0;
        } else {
            due.addAll(decided);
        }
    }

    /**
     * Carries out the effects that are due, in order. An effect that fails for want of memory or stack stays due, with
     * all that follow.
     */
    private void carryOut() {
        while (carried < due.size()) {
            Effect effect = due.get(carried);
            try {
                effects.accept(effect);
            } catch (VirtualMachineError e) {
                if (++tries < MOST_TRIES) {
                    throw e;
                }
                log.error("{}: carrying out {} failed again and again", election, effect, e);
            } catch (Throwable e) {
                // One failed effect must not stop the others, least of all the end of a term.
                log.error("{}: carrying out {} failed", election, effect, e);
            }
            carried++;
        }
        unfinished = false;
    }
}
