package dev.baton.verify;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * One leadership by its leader's own account.
 *
 * @param run whose it was
 * @param token its fencing token
 * @param began the event that says so; in a log whose beginning is missing, the first that mentions it
 * @param validUntil until when its last renewal made it valid, or null if the log does not say
 * @param draining when it was asked to hand over, or null
 * @param ended the event that says so, or null when none does
 * @param clockStep by how many nanoseconds the wall clock moved against the monotonic one meanwhile
 */
public record Term(
        CandidateRun run,
        FencingToken token,
        LoggedEvent began,
        @Nullable Moment validUntil,
        @Nullable Moment draining,
        @Nullable LoggedEvent ended,
        long clockStep) {

    /** Whether the log tells when it began, and does not merely mention it later. */
    boolean hasItsBeginning() {
        return began.event().type() == Type.TERM_STARTED;
    }

    /** When it began, on the line of {@code clocks}. */
    public long start(Clocks clocks) {
        return clocks.position(began.event().at());
    }

    /**
     * When it was valid no more, on the line of {@code clocks}: when it said that it was over, or when its validity had run
     * out, whichever came first. A stopped process says it late, and a killed one never.
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

    /** Why it ended, or null when nothing says so. */
    public @Nullable EndReason reason() {
        return ended == null ? null : ended.event().reason();
    }

    /** How long after its validity had run out it said so; 0 when in time. */
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
