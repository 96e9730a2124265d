package dev.baton;

import dev.baton.event.EndReason;

/** The callback that ends the work of a leader. */
@FunctionalInterface
public interface StoppedLeading {

    /**
     * If this returns before the work has stopped, the successor's work overlaps with the rest of it. Called once for
     * every {@link StartedLeading} that began, after it has returned. When {@code reason} is
     * {@linkplain EndReason#isOrderly() orderly} the term was still valid when this was called, is renewed meanwhile,
     * every {@linkplain LeaderElection#ifLeading permit} has been given back, and the successor waits for this to return;
     * the term may be lost even so, which {@link Leadership#requireValid()} checks.
     *
     * <p>When the executor of the callbacks rejects this, or does not begin it within a retryPeriod, one of the backend's
     * threads runs it.
     *
     * @throws Exception is logged
     */
    void stopped(Leadership term, EndReason reason) throws Exception;
}
