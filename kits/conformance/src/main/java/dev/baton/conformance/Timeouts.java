package dev.baton.conformance;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How much slower this machine is than the harness assumes. */
public final class Timeouts {
    /** The environment variable that multiplies every timeout of the kit: 1 unless set. */
    public static final String FACTOR = "BATON_CONFORMANCE_TIMEOUT_FACTOR";

    private Timeouts() {}

    /**
     * The value of {@value #FACTOR}.
     *
     * @throws IllegalArgumentException unless it is a number greater than zero
     */
    public static double factor() {
        return factor(System.getenv(FACTOR));
    }

    static double factor(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return 1;
        }
        try {
            double factor = Double.parseDouble(text.strip());
            if (factor > 0 && factor <= 1_000) {
                return factor;
            }
        } catch (NumberFormatException e) {
            throw malformed(text, e);
        }
        throw malformed(text, null);
    }

    private static IllegalArgumentException malformed(String text, @Nullable NumberFormatException cause) {
        return new IllegalArgumentException(
                FACTOR + " \"" + text
                        + "\" must be a number greater than 0 and at most 1000, such as 3 on a machine three"
                        + " times as slow",
                cause);
    }

    static Duration scaled(Duration duration, double factor) {
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }
}
