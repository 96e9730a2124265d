package dev.baton.simulation;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a world is made of besides its seed.
 *
 * @param candidates how many contend, or 0 to let the seed choose
 * @param mutant which wrong variant of the code runs
 * @param zooKeeper which variant of the ZooKeeper backend runs, or null for another kind of store
 * @param etcd which variant of the etcd backend runs, or null for another kind of store
 * @param resilient which variant of the Resilience4j decorator runs around the backend of a register, or null for none
 * @param rho by how much clocks err in a search directed at the theorem's bound, or 0 for worlds full of faults
 * @param only the faults that strike, or null for all that the seed draws
 */
public record Options(
        int candidates,
        Mutant mutant,
        @Nullable ZooKeeperMutant zooKeeper,
        @Nullable EtcdMutant etcd,
        @Nullable ResilientMutant resilient,
        double rho,
        @Nullable List<Strike> only) {
    private static final int MOST_CANDIDATES = 64;

    /** The production code, with as many candidates as the seed chooses. */
    public static final Options DEFAULT = new Options(0, Mutant.NONE, null, null, null, 0, null);

    public Options {
        if (candidates < 0 || candidates > MOST_CANDIDATES) {
            throw new IllegalArgumentException(
                    "candidates " + candidates + " must be 1 to " + MOST_CANDIDATES + ", or 0 to let the seed choose");
        }
        if (!(rho >= 0 && rho < 1)) {
            throw new IllegalArgumentException(
                    "rho " + rho + " must be at least 0 and below 1: it is a relative error of clock rates");
        }
        only = only == null ? null : List.copyOf(only);
    }

    /** Options for a register. */
    public Options(int candidates, Mutant mutant) {
        this(candidates, mutant, null, null, null, 0, null);
    }

    /** These options with another mutant. */
    public Options with(Mutant other) {
        return new Options(candidates, other, zooKeeper, etcd, resilient, rho, only);
    }

    /** These options, at ZooKeeper. */
    public Options with(ZooKeeperMutant other) {
        return new Options(candidates, mutant, other, null, null, rho, only);
    }

    /** These options, at etcd. */
    public Options with(EtcdMutant other) {
        return new Options(candidates, mutant, null, other, null, rho, only);
    }

    /** These options, at a register with the decorator around its backend. */
    public Options with(ResilientMutant other) {
        return new Options(candidates, mutant, null, null, other, rho, only);
    }

    /** These options with clocks that err by {@code error}, in a search for two leaders. */
    public Options withRho(double error) {
        return new Options(candidates, mutant, zooKeeper, etcd, resilient, error, only);
    }

    /** These options with no faults but these. */
    Options only(List<Strike> strikes) {
        return new Options(candidates, mutant, zooKeeper, etcd, resilient, rho, strikes);
    }

    /** Whether clocks and cuts are chosen to break the theorem, and nothing else goes wrong. */
    boolean isDirected() {
        return rho > 0;
    }

    /** What there is to cover. */
    Coverage nothingCovered() {
        return new Coverage(kind().faults(), kind().rareTransitions());
    }

    /** What candidates contend at. */
    StoreKind kind() {
        if (etcd != null) {
            return new EtcdKind(etcd);
        }
        if (resilient != null) {
            return new ResilientKind(resilient);
        }
        return zooKeeper == null ? new RegisterKind() : new ZooKeeperKind(zooKeeper);
    }

    /** Whether candidates contend at a register. */
    boolean isAtARegister() {
        return zooKeeper == null && etcd == null;
    }

    /** Whether operators may break the premise of the invariants, or restore the store from a backup. */
    boolean hasOperators() {
        return zooKeeper == null;
    }

    /** The command that runs {@code seed} again, just so. */
    public String replay(long seed) {
        StringBuilder command =
                new StringBuilder(64).append(String.format(Locale.ROOT, "testing/simulate --seed %d", seed));
        if (candidates != 0) {
            command.append(" --candidates ").append(candidates);
        }
        if (mutant != Mutant.NONE) {
            command.append(" --mutant ").append(mutant.text());
        }
        if (zooKeeper != null) {
            command.append(" --store zookeeper");
            if (zooKeeper != ZooKeeperMutant.NONE) {
                command.append(':').append(zooKeeper.text());
            }
        }
        if (etcd != null) {
            command.append(" --store etcd");
            if (etcd != EtcdMutant.NONE) {
                command.append(':').append(etcd.text());
            }
        }
        if (resilient != null) {
            command.append(" --store resilient");
            if (resilient != ResilientMutant.NONE) {
                command.append(':').append(resilient.text());
            }
        }
        if (isDirected()) {
            command.append(" --rho ").append(rho);
        }
        if (only != null) {
            command.append(" --only ")
                    .append(
                            only.isEmpty()
                                    ? "none"
                                    : only.stream().map(Strike::toString).collect(Collectors.joining(",")));
        }
        return command.toString();
    }
}
