package dev.baton.verify.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;

/**
 * What a picture shows: lanes, one below the other, and stretches across all of them, on one axis of nanoseconds.
 *
 * @param from where the axis begins
 * @param to where it ends, later than {@code from}
 * @param tick what to write below a position of the axis
 * @param lanes from top to bottom
 * @param bands across all lanes
 */
public record Timeline(long from, long to, LongFunction<String> tick, List<Lane> lanes, List<Bar> bands) {

    public Timeline {
        to = Math.max(to, from + 1);
        lanes = List.copyOf(lanes);
        bands = List.copyOf(bands);
    }

    /** What a bar or a mark stands for, which decides its colour and its pattern. */
    public enum Tone {
        /** A term. */
        TERM,
        /** The part of a term in which it was asked to hand over. */
        DRAINING,
        /** A term of which nothing is known but that it may have lasted so long. */
        ASSUMED,
        /** What somebody else saw. */
        SEEN,
        /** Cut off from the store. */
        CUT_OFF,
        /** Told not to contend. */
        PAUSED,
        /** Nobody leads. */
        GAP,
        /** What must not be. */
        WRONG,
        /** Something was done to it. */
        FAULT,
        /** Something is being done to it. */
        DISTURBED,
        /** Something happened. */
        EVENT;

        /** The class of its shape in a picture. */
        String style() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One row.
     *
     * @param name written beside it
     * @param bars thick ones, later above earlier
     * @param lines thin ones below the bars
     * @param marks at moments
     */
    public record Lane(String name, List<Bar> bars, List<Bar> lines, List<Mark> marks) {
        /** A lane with nothing in it yet, to be added to. */
        public static Lane named(String name) {
            return new Lane(name, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /**
     * A stretch of time.
     *
     * @param from where it begins
     * @param to where it ends
     * @param tone what it stands for
     * @param label written in it where there is room
     * @param tip shown where the pointer rests
     */
    public record Bar(long from, long to, Tone tone, String label, String tip) {}

    /**
     * A moment.
     *
     * @param at when
     * @param tone what it stands for
     * @param label written beside it where there is room, or empty
     * @param tip shown where the pointer rests
     */
    public record Mark(long at, Tone tone, String label, String tip) {}

    /** {@code nanos} from the beginning, as in {@code 12.5 s}: a tick for time without a wall clock. */
    public static LongFunction<String> seconds(long from) {
        return at -> {
            double seconds = (at - from) / 1e9;
            return (seconds == Math.rint(seconds)
                            ? Long.toString((long) seconds)
                            : String.format(Locale.ROOT, "%.3f", seconds).replaceAll("0+$", ""))
                    + " s";
        };
    }
}
