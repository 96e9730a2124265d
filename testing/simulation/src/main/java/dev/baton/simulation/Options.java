package dev.baton.simulation;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a world is made of besides its seed.
 *
 * @param candidates how many contend, or 0 to let the seed choose
 * @param mutant which wrong variant of the code runs
 * @param zooKeeper which variant of the ZooKeeper backend runs, or null for a register
 */
public record Options(
        int candidates, Mutant mutant, @Nullable ZooKeeperMutant zooKeeper) {
    private static final int MOST_CANDIDATES = 64;

    /** The production code, with as many candidates as the seed chooses. */
    public static final Options DEFAULT = new Options(0, Mutant.NONE);

    public Options {
        if (candidates < 0 || candidates > MOST_CANDIDATES) {
            throw new IllegalArgumentException(
                    "candidates " + candidates + " must be 1 to " + MOST_CANDIDATES + ", or 0 to let the seed choose");
        }
    }

    /** Options for a register. */
    public Options(int candidates, Mutant mutant) {
        this(candidates, mutant, null);
    }

    /** These options with another mutant. */
    public Options with(Mutant other) {
        return new Options(candidates, other, zooKeeper);
    }

    /** These options, at ZooKeeper. */
    public Options with(ZooKeeperMutant other) {
        return new Options(candidates, mutant, other);
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
        return command.toString();
    }
}
