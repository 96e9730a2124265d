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
 * @param healed when it was healed, and the store served again
 */
record Struck(String fault, Kind kind, String whom, boolean leading, long from, long healed) {}
