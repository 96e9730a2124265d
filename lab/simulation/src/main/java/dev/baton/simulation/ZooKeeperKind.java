package dev.baton.simulation;

import dev.baton.spi.ElectionTiming;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * ZooKeeper's servers.
 *
 * @param mutant which variant of the backend runs
 */
record ZooKeeperKind(ZooKeeperMutant mutant) implements StoreKind {
    @Override
    public Set<Fault> faults() {
        return ZooKeeperStore.FAULTS;
    }

    @Override
    public Set<Fault> refusals() {
        return ZooKeeperStore.REFUSALS;
    }

    /** What a claim hears of its turn may reach it, with the grant, between two of its own questions. */
    @Override
    public Set<String> rareTransitions() {
        return Set.of("standing-by>leading", "standing-by>taking-over");
    }

    @Override
    public boolean isRegister() {
        return false;
    }

    @Override
    public boolean hasBackups() {
        return false;
    }

    @Override
    public Store open(World world, SplittableRandom random, List<ElectionTiming> timings) {
        return new ZooKeeperStore(world, random.split(), mutant, timings);
    }
}
