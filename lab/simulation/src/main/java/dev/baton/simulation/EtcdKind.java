package dev.baton.simulation;

import dev.baton.spi.ElectionTiming;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * etcd's servers.
 *
 * @param mutant which variant of the backend runs
 */
record EtcdKind(EtcdMutant mutant) implements StoreKind {
    @Override
    public Set<Fault> faults() {
        return EtcdStore.FAULTS;
    }

    @Override
    public Set<Fault> refusals() {
        return EtcdStore.REFUSALS;
    }

    /** What a claim hears of its turn may reach it before what it hears of its own key, on which it would have asked. */
    @Override
    public Set<String> rareTransitions() {
        return Set.of("standing-by>leading", "standing-by>taking-over");
    }

    @Override
    public boolean isRegister() {
        return false;
    }

    @Override
    public Store open(World world, SplittableRandom random, List<ElectionTiming> timings) {
        return new EtcdStore(world, random.split(), mutant);
    }
}
