package dev.baton.campaign.candidate;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The ways to elect that a campaign knows, by name. */
public enum Elector {
    /** This library. */
    BATON(BatonContender::open, EnumSet.allOf(Store.class));

    private final Contenders contenders;
    private final Set<Store> stores;

    Elector(Contenders contenders, Set<Store> stores) {
        this.contenders = contenders;
        this.stores = stores;
    }

    /** Opens its contenders. */
    public Contenders contenders() {
        return contenders;
    }

    /** Whether it elects on {@code store}. */
    public boolean electsOn(Store store) {
        return stores.contains(store);
    }

    /** {@code baton}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The one named {@code text}.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Elector named(String text) {
        return Arrays.stream(values())
                .filter(elector -> elector.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no elector \"" + text + "\"; there are "
                        + Arrays.stream(values()).map(Elector::text).collect(Collectors.joining(", "))));
    }
}
