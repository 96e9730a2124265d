package dev.baton.simulation;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** A kind of store that candidates can contend at, with the production backend for it. */
interface StoreKind {
    /** What can go wrong in a world with it: the rows of its matrix. */
    Set<Fault> faults();

    /** One world's; {@code timings} are those of its candidates. */
    Store open(World world, SplittableRandom random, List<ElectionTiming> timings);

    /** The store of one world. */
    interface Store {
        /** The production backend of {@code node}, or a mutant around it. */
        LockBackend backend(Node node, BackendRuntime runtime);

        /** Brings about the faults that only this kind of store has. */
        void begin();

        /** How many nanoseconds longer than at a register the way back may take once the weather has cleared. */
        long patience();

        /** Everybody was closed: nothing of the living may be left, besides what the invariants know of. */
        void checkNothingIsLeft();
    }
}
