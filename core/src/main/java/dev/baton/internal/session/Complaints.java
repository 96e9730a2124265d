package dev.baton.internal.session;

import dev.baton.spi.BackendException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The warnings of a session: one line for each problem, however often it recurs, until the session has recovered. For one
 * thread.
 */
public final class Complaints {
    private final Logger log;
    private @Nullable String newest;

    /** No warning yet; {@code log} is the runtime's. */
    public Complaints(Logger log) {
        this.log = log;
    }

    /** Warns, unless that was the last warning. */
    public void warn(BackendException why) {
        String sentence = String.valueOf(why.getMessage());
        if (!sentence.equals(newest)) {
            newest = sentence;
            log.warn("{}", sentence);
        }
    }

    /** The session has recovered: the same problem is logged again. */
    public void clear() {
        newest = null;
    }
}
