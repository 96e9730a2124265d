package dev.baton.campaign;

import dev.baton.campaign.Fault.Kind;

/**
 * A fault that happened. Times are of this machine's monotonic clock, in nanoseconds.
 *
 * @param fault its name
 * @param kind of whom
 * @param whom the candidate's name, {@code store} or {@code record}
 * @param leading whether that candidate led
 * @param from when it was begun
 * @param to when it was over
 * @param healed when what was made at the same time was over as well, and the store served again
 * @param beside the name of what was made at the same time, or nothing
 */
record Struck(String fault, Kind kind, String whom, boolean leading, long from, long to, long healed, String beside) {
    /** Of the store as a whole. */
    static final String STORE = "store";
    /** Of the record of who leads. */
    static final String RECORD = "record";

    /** One that was alone. */
    static Struck alone(String fault, Kind kind, String whom, boolean leading, long from, long to) {
        return new Struck(fault, kind, whom, leading, from, to, to, "");
    }

    boolean isAlone() {
        return beside.isEmpty();
    }
}
