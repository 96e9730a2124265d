package dev.baton.simulation.exhaustive;

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
    /** Room for two terms, one after the other, and a little more. */
    public static final Bounds DEFAULT = new Bounds(18, 4, 1, false, false);

    /** With another depth. */
    public Bounds withDepth(int other) {
        return new Bounds(other, units, faults, watched, longest);
    }

    /** With other units of time. */
    public Bounds withUnits(int other) {
        return new Bounds(depth, other, faults, watched, longest);
    }

    /** With another number of faults. */
    public Bounds withFaults(int other) {
        return new Bounds(depth, units, other, watched, longest);
    }

    /** With a watch that may be heard. */
    public Bounds withWatch(boolean other) {
        return new Bounds(depth, units, faults, other, longest);
    }

    /** With the longest jitter, or none. */
    public Bounds withLongestJitter(boolean other) {
        return new Bounds(depth, units, faults, watched, other);
    }

    @Override
    public String toString() {
        return "at most " + depth + " steps, " + units + " units of time, " + faults + " faults, the watch "
                + (watched ? "heard" : "silent") + ", jitter " + (longest ? "longest" : "none");
    }
}
