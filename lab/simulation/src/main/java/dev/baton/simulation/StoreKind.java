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

    /** Those of the faults with which its servers refuse, for a while, what they could do. */
    Set<Fault> refusals();

    /** Transitions of the machine that only this kind brings about, now and then. */
    default Set<String> rareTransitions() {
        return Set.of();
    }

    /** Whether candidates contend at a register, which has faults of its own. */
    default boolean isRegister() {
        return true;
    }

    /** Whether the store may be restored from a backup. */
    default boolean hasBackups() {
        return true;
    }

    /** One world's; {@code timings} are those of its candidates. */
    Store open(World world, SplittableRandom random, List<ElectionTiming> timings);

    /** The store of one world. */
    interface Store {
        /** The production backend of {@code node}, or a mutant around it. */
        LockBackend backend(Node node, BackendRuntime runtime);

        /** Brings about the faults that only this kind of store has. */
        void begin();

        /** A refusal has begun, which lasts for a while. */
        default void refuses(Fault refusal) {
            // It is asked about where it matters.
        }

        /** How many nanoseconds longer than at a register the way back may take once the weather has cleared. */
        long patience();

        /** The store goes back to a backup, if this kind can. */
        default void restore() {
            throw new UnsupportedOperationException("there is no backup");
        }

        /** How many nanoseconds longer than at a register a term may outlast an operator's edit. */
        default long deafness() {
            return 0;
        }

        /** The withdrawal of a claim of {@code node} was confirmed: nothing of it may be left that the store can show. */
        default void withdrawn(Node node) {
            // A register's record is looked at by the invariants.
        }

        /** Everybody was closed: nothing of the living may be left, besides what the invariants know of. */
        void checkNothingIsLeft();
    }
}
