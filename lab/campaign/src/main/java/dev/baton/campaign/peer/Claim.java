package dev.baton.campaign.peer;

import dev.baton.campaign.candidate.Leadership;
import org.jspecify.annotations.Nullable;

/**
 * Whether a peer says that it leads, told to a {@link Leadership} as it changes, however often and in whatever order the
 * peer's callbacks come. Safe for use by many threads.
 */
final class Claim implements AutoCloseable {
    private final Leadership leadership;
    private volatile boolean held;
    private boolean closed;

    Claim(Leadership leadership) {
        this.leadership = leadership;
    }

    /** The peer says that it leads; ignored if it has said so already, or this is closed. */
    synchronized void begin(@Nullable Long token) {
        if (!held && !closed) {
            held = true;
            leadership.began(token);
        }
    }

    /** It says that it does not. */
    synchronized void end() {
        if (held) {
            held = false;
            leadership.ended();
        }
    }

    boolean isHeld() {
        return held;
    }

    /** Ends it for good: a callback that comes late begins nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        end();
    }
}
