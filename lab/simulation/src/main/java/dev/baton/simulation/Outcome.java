package dev.baton.simulation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a world went.
 *
 * @param seed which
 * @param options of what kind
 * @param violation the invariant that broke first, in a sentence, or null when all held
 * @param lastEvents what led to it, oldest first; empty when nothing broke
 * @param events how many happened
 * @param terms how many began
 * @param history a hash of all events, in order
 * @param simulatedNanos how long it lasted in virtual time
 * @param unfencedCorruptions how often the register without fencing lost an update
 * @param mostCalls the most calls that one candidate made to the store within 30 retryPeriods
 * @param recoveryNanos from the healing of all faults until one leader led for good; −1 when nobody contended
 * @param faults how often each was injected
 * @param struck each of them, in order
 * @param coverage what the machines did while they were
 */
public record Outcome(
        long seed,
        Options options,
        @Nullable String violation,
        List<String> lastEvents,
        long events,
        long terms,
        long history,
        long simulatedNanos,
        long unfencedCorruptions,
        long mostCalls,
        long recoveryNanos,
        Map<Fault, Long> faults,
        List<Strike> struck,
        Coverage.OfOneWorld coverage) {

    /** Whether every invariant held. */
    public boolean isGood() {
        return violation == null;
    }

    /** The violation, what led to it, and the command that replays it. */
    public String report() {
        if (violation == null) {
            return "seed " + seed + ": every invariant held";
        }
        StringBuilder text = new StringBuilder(4096);
        for (String event : lastEvents) {
            text.append("  ").append(event).append('\n');
        }
        return text.append("seed ")
                .append(seed)
                .append(": ")
                .append(violation)
                .append("\nreplay: ")
                .append(options.replay(seed))
                .toString();
    }
}
