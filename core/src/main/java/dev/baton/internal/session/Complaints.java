package dev.baton.internal.session;

import dev.baton.spi.BackendException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Warnings of a session: one line for each problem, however often it recurs, until it has been well. For one thread. */
public final class Complaints {
    private final Logger log;
    private @Nullable String newest;

    /** Nothing was complained of yet; {@code log} is the runtime's. */
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

    /** All is well: the same problem is told of again. */
    public void clear() {
        newest = null;
    }
}
