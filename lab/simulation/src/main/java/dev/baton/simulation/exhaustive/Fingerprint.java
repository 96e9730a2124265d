package dev.baton.simulation.exhaustive;

/**
 * A world in 128 bits: the same for two worlds only if the same can happen in them from here on.
 *
 * @param high one half
 * @param low the other
 */
record Fingerprint(long high, long low) implements Comparable<Fingerprint> {
    @Override
    public int compareTo(Fingerprint other) {
        int byHigh = Long.compare(high, other.high);
        return byHigh != 0 ? byHigh : Long.compare(low, other.low);
    }
}
