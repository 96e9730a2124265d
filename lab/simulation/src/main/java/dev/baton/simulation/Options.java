package dev.baton.simulation;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a world is made of besides its seed.
 *
 * @param candidates how many contend, or 0 to let the seed choose
 * @param planted which variant of the code runs, at which store
 * @param rho by how much clocks err in a search directed at the theorem's bound, or 0 for worlds full of faults
 * @param only the faults that strike, or null for all that the seed draws
 */
public record Options(
        int candidates,
        Planted planted,
        double rho,
        @Nullable List<Strike> only) {
    private static final int MOST_CANDIDATES = 64;

    /** The production code at a register, with as many candidates as the seed chooses. */
    public static final Options DEFAULT = new Options(0, Mutant.NONE, 0, null);

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

    /** These options with another variant of the code, at its store. */
    public Options with(Planted other) {
        return new Options(candidates, other, rho, only);
    }

    /** These options with clocks that err by {@code error}, in a search for two leaders. */
    public Options withRho(double error) {
        return new Options(candidates, planted, error, only);
    }

    /** These options with no faults but these. */
    Options only(List<Strike> strikes) {
        return new Options(candidates, planted, rho, strikes);
    }

    /** Whether clocks and cuts are chosen to break the theorem, and nothing else goes wrong. */
    boolean isDirected() {
        return rho > 0;
    }

    /** What candidates contend at. */
    StoreKind kind() {
        return planted.kind();
    }

    /** Which variant of what is common to all stores runs. */
    Mutant mutant() {
        return planted instanceof Mutant mutant ? mutant : Mutant.NONE;
    }

    /** What there is to cover. */
    Coverage nothingCovered() {
        return new Coverage(kind().faults(), kind().rareTransitions());
    }

    /** The command that runs {@code seed} again, just so. */
    public String replay(long seed) {
        StringBuilder command =
                new StringBuilder(64).append(String.format(Locale.ROOT, "lab/simulate --seed %d", seed));
        if (candidates != 0) {
            command.append(" --candidates ").append(candidates);
        }
        if (!planted.store().equals(Mutant.NONE.store())) {
            command.append(" --store ").append(planted.store());
        }
        if (!planted.isNothing()) {
            command.append(" --mutant ").append(planted.text());
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
