package dev.baton;

import dev.baton.event.EndReason;

/** What a leader does last. */
@FunctionalInterface
public interface StoppedLeading {

    /**
     * Returning before the work has stopped gives the claim away: the successor begins while the rest still runs. Called
     * once for every {@link StartedLeading} that began, after it has returned. When {@code reason} is
     * {@linkplain EndReason#isOrderly() orderly} the term was still valid when this was called, is renewed meanwhile, every
     * {@linkplain LeaderElection#ifLeading permit} has been given back, and the successor waits for this to return; it may
     * be lost even so, which {@link Leadership#requireValid()} tells.
     *
     * <p>When the executor of the callbacks rejects this, or does not begin it within a retryPeriod, a thread of the
     * backend's runs it.
     *
     * @throws Exception is logged
     */
    void stopped(Leadership term, EndReason reason) throws Exception;
}
