package dev.baton.campaign.candidate;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.stream.Collectors;

/** The ways to elect that a campaign knows, by name. */
public enum Elector {
    /** This library. */
    BATON,
    /** This library, by a user who does not heed that a term has ended: to see a campaign fail. */
    HEEDLESS;

    /** Opens its contenders. */
    public Contenders contenders() {
        return switch (this) {
            case BATON -> BatonContender::open;
            case HEEDLESS -> HeedlessContender::open;
        };
    }

    /** Whether it elects on {@code store}. */
    public boolean electsOn(Store store) {
        return switch (this) {
            case BATON, HEEDLESS -> EnumSet.allOf(Store.class).contains(store);
        };
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
