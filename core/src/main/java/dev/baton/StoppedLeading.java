package dev.baton;

import dev.baton.event.EndReason;

/** What a leader does last. */
@FunctionalInterface
public interface StoppedLeading {

    /**
     * Called once for every {@link StartedLeading} that began, after it has returned. When {@code reason} is
     * {@linkplain EndReason#isOrderly() orderly} the term was still valid when this was called, is renewed meanwhile, and
     * the successor waits for this to return; it may be lost even so, which {@link Leadership#requireValid()} tells.
     *
     * @throws Exception is logged
     */
    void stopped(Leadership term, EndReason reason) throws Exception;
}
