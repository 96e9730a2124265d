package dev.baton.simulation;

import dev.baton.register.Register;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** One register, whose faults the weather brings and whose records the invariants watch. */
final class RegisterKind implements StoreKind {
    @Override
    public Set<Fault> faults() {
        return Fault.ofRegisters();
    }

    @Override
    public Store open(World world, SplittableRandom random, List<ElectionTiming> timings) {
        return new OneRegister(world, world.options().mutant());
    }

    private record OneRegister(World world, Mutant mutant) implements Store {
        @Override
        public LockBackend backend(Node node, BackendRuntime runtime) {
            Register register = mutant.around(new SimulatedRegister(node, runtime), node);
            return mutant.around(
                    new OneAtATime(new RegisterBackend(register, mutant.epoch(node.epoch())), node.world()),
                    register,
                    node);
        }

        @Override
        public void begin() {
            // The adversary and the weather do it all.
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
