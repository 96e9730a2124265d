package dev.baton.verify;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * One leadership by its leader's events.
 *
 * @param run the leader's run
 * @param token its fencing token
 * @param began the event of its beginning; in a log whose beginning is missing, the first event that names the term
 * @param validUntil the end of its validity by its last renewal, or null if the log does not have it
 * @param draining when it was asked to hand over, or null
 * @param ended the event of its end, or null without one
 * @param clockStep the nanoseconds by which the wall clock moved against the monotonic one meanwhile
 */
public record Term(
        CandidateRun run,
        FencingToken token,
        LoggedEvent began,
        @Nullable Moment validUntil,
        @Nullable Moment draining,
        @Nullable LoggedEvent ended,
        long clockStep) {

    /** Whether the log has its beginning, and not only later events of it. */
    boolean hasItsBeginning() {
        return began.event().type() == Type.TERM_STARTED;
    }

    /** When it began, on the line of {@code clocks}. */
    public long start(Clocks clocks) {
        return clocks.position(began.event().at());
    }

    /**
     * The end of its validity on the line of {@code clocks}: the event of its end, or its expiry, whichever came first.
     * A stopped process logs the end late, and a killed one never.
     */
    public long end(Clocks clocks) {
        LoggedEvent last = ended == null ? run.last() : ended;
        long said = clocks.position(last.event().at());
        if (validUntil == null) {
            return said;
        }
        long lapsed = clocks.position(validUntil);
        return Math.max(start(clocks), ended == null ? lapsed : Math.min(said, lapsed));
    }

    /** The reason of its end, or null when the log has none. */
    public @Nullable EndReason reason() {
        return ended == null ? null : ended.event().reason();
    }

    /** How long after its expiry the log has the event of its end; 0 when in time. */
    long saidLateBy() {
        return ended == null || validUntil == null
                ? 0
                : Math.max(0, ended.event().at().nanosSince(validUntil));
    }

    /** {@code ada's term with token 42}. */
    @Override
    public String toString() {
        return run.name() + "'s term with token " + Words.token(token);
    }
}
