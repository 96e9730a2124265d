package dev.baton.simulation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A small, plausible mistake that is planted around the production code, or none. Each kind of store has its own. */
public sealed interface Planted permits Mutant, ZooKeeperMutant, EtcdMutant, ResilientMutant {
    /** The constant. */
    String name();

    /** The mistake in a sentence, with the rule or the bug elsewhere that it stands for. */
    String mistake();

    /** The name of the store where it is planted. */
    String store();

    /** What candidates contend at, with this planted. */
    StoreKind kind();

    /** {@code keep-alive-trusted} for {@code KEEP_ALIVE_TRUSTED}. */
    default String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether only servers that refuse what they could do bring the mistake to light. */
    boolean isShownByRefusals();

    /** Whether the code is as it is. */
    default boolean isNothing() {
        return name().equals("NONE");
    }

    /** All that can be planted, at each store nothing first. */
    static List<Planted> all() {
        return Stream.<Planted[]>of(
                        Mutant.values(), ZooKeeperMutant.values(), EtcdMutant.values(), ResilientMutant.values())
                .flatMap(Arrays::stream)
                .toList();
    }

    /**
     * What {@code text} names at {@code store}.
     *
     * @throws IllegalArgumentException naming those there are
     */
    static Planted at(String store, String text) {
        List<Planted> there =
                all().stream().filter(planted -> planted.store().equals(store)).toList();
        if (there.isEmpty()) {
            throw new IllegalArgumentException("store \"" + store + "\" must be one of "
                    + all().stream().map(Planted::store).distinct().toList());
        }
        return there.stream()
                .filter(planted -> planted.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("mutant \"" + text + "\" of the store " + store
                        + " must be one of " + there.stream().map(Planted::text).toList()));
    }
}
