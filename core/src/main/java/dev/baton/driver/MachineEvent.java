package dev.baton.driver;

import dev.baton.machine.Effect;
import dev.baton.machine.ElectionMachine;
import dev.baton.spi.Moment;
import java.util.List;

/** One event of the machine, and the time it is handled at. */
@FunctionalInterface
interface MachineEvent {
    /** Hands the event to {@code machine}; answers the effects to carry out. */
    List<Effect> handle(ElectionMachine machine, Moment now);
}
