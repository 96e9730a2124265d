package dev.baton;

import dev.baton.event.EndReason;

/** What a leader does last. */
@FunctionalInterface
public interface StoppedLeading {

    /**
     * Called once for every {@link StartedLeading} that began, after it has returned. When {@code reason} is
     * {@linkplain EndReason#isOrderly() orderly} the term is still valid and the successor waits for this to return.
     *
     * @throws Exception is logged
     */
    void stopped(Leadership term, EndReason reason) throws Exception;
}
