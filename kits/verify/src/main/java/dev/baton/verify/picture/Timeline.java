package dev.baton.verify.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;

/**
 * The content of a picture: lanes, one below the other, and stretches across all of them, on one axis of nanoseconds.
 *
 * @param from the beginning of the axis
 * @param to its end, later than {@code from}
 * @param tick the text below a position of the axis
 * @param lanes the lanes from top to bottom
 * @param bands the stretches across all lanes
 */
public record Timeline(long from, long to, LongFunction<String> tick, List<Lane> lanes, List<Bar> bands) {

    public Timeline {
        to = Math.max(to, from + 1);
        lanes = List.copyOf(lanes);
        bands = List.copyOf(bands);
    }

    /** The meaning of a bar or a mark, which decides its colour and its pattern. */
    public enum Tone {
        /** A term. */
        TERM,
        /** The part of a term in which it was asked to hand over. */
        DRAINING,
        /** A term that may have lasted so long; more is not known. */
        ASSUMED,
        /** A leadership that only another candidate saw. */
        SEEN,
        /** Cut off from the store. */
        CUT_OFF,
        /** Paused. */
        PAUSED,
        /** No candidate leads. */
        GAP,
        /** A broken promise. */
        WRONG,
        /** A fault was caused. */
        FAULT,
        /** A fault lasts. */
        DISTURBED,
        /** An event. */
        EVENT;

        /** The CSS class of its shape. */
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
        /** An empty lane. */
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
