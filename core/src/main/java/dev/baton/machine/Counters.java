package dev.baton.machine;

/**
 * The counters of a candidate.
 *
 * @param claims made
 * @param calls made
 * @param races lost in a row
 * @param badStarts of onStartedLeading, in a row
 */
record Counters(long claims, long calls, int races, int badStarts) {
    static final Counters NONE = new Counters(0, 0, 0, 0);

    Counters nextClaim() {
        return new Counters(claims + 1, calls, races, badStarts);
    }

    Counters nextCall() {
        return new Counters(claims, calls + 1, races, badStarts);
    }

    Counters races(int value) {
        return new Counters(claims, calls, value, badStarts);
    }

    Counters badStarts(int value) {
        return new Counters(claims, calls, races, value);
    }
}
