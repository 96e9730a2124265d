package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.ElectionName;
import java.util.List;

/**
 * One candidate from its start to its end, as far as the logs have it; at least one event.
 *
 * @param election the election that it contended for
 * @param name its identity; a second run under the same identity is called {@code identity (2)}
 * @param log its events, in their order
 */
public record CandidateRun(ElectionName election, String name, List<LoggedEvent> log) {

    public CandidateRun {
        log = List.copyOf(log);
    }

    /** The candidate's identity. */
    public String identity() {
        return first().event().identity();
    }

    /** Whether {@code other} is this run; names are unique within an election. */
    boolean is(CandidateRun other) {
        return name.equals(other.name);
    }

    LoggedEvent first() {
        return log.get(0);
    }

    LoggedEvent last() {
        return log.get(log.size() - 1);
    }

    /** Whether the log has the start of the run, so that no earlier event can be missing. */
    boolean hasItsBeginning() {
        return first().event().type() == Type.STARTED;
    }

    /** Whether the log has the stop of the run, so that no later event can be missing. */
    boolean hasItsEnd() {
        return log.stream().anyMatch(logged -> logged.event().type() == Type.STOPPED);
    }

    /**
     * The nanoseconds between its two clocks at {@code event}: constant unless the wall clock is set or the machine is
     * suspended.
     */
    static long offset(ElectionEvent event) {
        return event.at().wallNanos() - event.at().nanos();
    }
}
