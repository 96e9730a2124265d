package dev.baton.simulation.exhaustive;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How small the world is.
 *
 * @param depth the most steps of a history
 * @param units the most units of time in a history
 * @param faults the most pauses, broken calls, crashes, step-downs and closes in a history, of all kinds together
 * @param watched whether changes of the register may be heard of; otherwise the watch keeps silent for ever
 * @param longest whether every jitter is the longest that production code draws, rather than none
 */
public record Bounds(int depth, int units, int faults, boolean watched, boolean longest) {
    private static final Pattern NUMBER = Pattern.compile("(depth|units|faults):(\\d{1,4})");

    /** A lease and a unit more, in which any message may be late: small enough to be gone through to its end. */
    public static final Bounds DEFAULT = new Bounds(1_000, 4, 0, false, false);

    /**
     * These bounds, but for what {@code text} says: any of {@code depth:N}, {@code units:N}, {@code faults:N},
     * {@code watched} and {@code longest-jitter}, with commas between them.
     *
     * @throws IllegalArgumentException naming the part that is none of these
     */
    public static Bounds parse(String text) {
        Bounds bounds = DEFAULT;
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            bounds = bounds.with(part);
        }
        return bounds;
    }

    private Bounds with(String part) {
        if (part.equals("watched")) {
            return new Bounds(depth, units, faults, true, longest);
        }
        if (part.equals("longest-jitter")) {
            return new Bounds(depth, units, faults, watched, true);
        }
        Matcher matcher = NUMBER.matcher(part);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "bound \"" + part
                            + "\" must be depth:N, units:N, faults:N, watched or longest-jitter; several with commas between them");
        }
        int number = Integer.parseInt(matcher.group(2));
        return switch (matcher.group(1)) {
            case "depth" -> new Bounds(number, units, faults, watched, longest);
            case "units" -> new Bounds(depth, number, faults, watched, longest);
            default -> new Bounds(depth, units, number, watched, longest);
        };
    }

    @Override
    public String toString() {
        return "at most " + depth + " steps, " + units + " units of time, " + faults + " faults, the watch "
                + (watched ? "heard" : "silent") + ", jitter " + (longest ? "longest" : "none");
    }
}
