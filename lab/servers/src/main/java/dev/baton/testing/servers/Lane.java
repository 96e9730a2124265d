package dev.baton.testing.servers;

import java.util.Map;

/**
 * How much a run shows, by the environment variable {@code BATON_LANE}, which Maven sets for tests: {@code mvn verify} is
 * the fast lane, {@code mvn verify -Pfull} the full one.
 *
 * <p>A test of the full lane alone is annotated with {@link FullLane}; the fast lane's report names it, with the reason.
 */
public enum Lane {
    /** Minutes, on a machine with a JDK and Maven: compiles no server, and skips what the machine lacks. */
    FAST(false, false),
    /** Everything: compiles the servers, and fails where the machine lacks something. */
    FULL(true, true),
    /** Outside Maven, from a script or an IDE: compiles the servers, and skips what the machine lacks. */
    BY_HAND(true, false);

    /** What the reason of a skipped test begins with where the full lane would run the test. */
    public static final String SKIPPED = "for the full lane: ";

    /** The environment variable. */
    public static final String VARIABLE = "BATON_LANE";

    private final boolean compiles;
    private final boolean skipsNothing;

    Lane(boolean compiles, boolean skipsNothing) {
        this.compiles = compiles;
        this.skipsNothing = skipsNothing;
    }

    /** The lane of this process. */
    public static Lane current() {
        return of(System.getenv());
    }

    /** The lane that {@code environment} names. */
    static Lane of(Map<String, String> environment) {
        String named = environment.getOrDefault(VARIABLE, "");
        return switch (named) {
            case "" -> BY_HAND;
            case "fast" -> FAST;
            case "full" -> FULL;
            default ->
                throw new IllegalArgumentException(VARIABLE + " is \"" + named + "\"; it is fast, full, or not set");
        };
    }

    /** Whether servers that are missing are compiled. */
    boolean compiles() {
        return compiles;
    }

    /** Whether what the machine lacks is a failure. */
    boolean skipsNothing() {
        return skipsNothing;
    }
}
