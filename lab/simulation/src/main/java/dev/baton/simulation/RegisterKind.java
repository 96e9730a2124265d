package dev.baton.simulation;

import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One register, whose faults the weather brings and whose records the invariants watch. */
final class RegisterKind implements StoreKind {
    private static final Set<Fault> REFUSALS =
            Set.of(Fault.READING_DENIED, Fault.CREATING_DENIED, Fault.THROTTLED, Fault.WATCH_REFUSED);

    @Override
    public Set<Fault> faults() {
        return Stream.concat(Fault.ofRegisters().stream(), REFUSALS.stream()).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<Fault> refusals() {
        return REFUSALS;
    }

    @Override
    public Store open(World world, SplittableRandom random, List<ElectionTiming> timings) {
        return new OneRegister(world, world.options().mutant());
    }

    private record OneRegister(World world, Mutant mutant) implements Store {
        @Override
        public LockBackend backend(Node node, BackendRuntime runtime) {
            int epoch = mutant.epoch(node.epoch());
            return mutant.planting()
                    .store()
                    .open(
                            new SimulatedRegister(node, runtime),
                            register -> new OneAtATime(new RegisterBackend(register, epoch), node.world()),
                            node);
        }

        @Override
        public void begin() {
            // The adversary and the weather do it all.
        }

        @Override
        public void refuses(Fault refusal) {
            if (refusal == Fault.WATCH_REFUSED && world.refusals().scope(refusal, 2) == 0) {
                world.store().endWatches();
            }
        }

        @Override
        public long patience() {
            return 0;
        }

        @Override
        public void restore() {
            world.store().restore();
        }

        @Override
        public void checkNothingIsLeft() {
            // The invariants have looked at the record.
        }
    }
}
