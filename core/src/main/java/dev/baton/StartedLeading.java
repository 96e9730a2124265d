package dev.baton;

/** The callback that begins the work of a leader. */
@FunctionalInterface
public interface StartedLeading {

    /**
     * Called once when a term begins. It may return at once, having started the work elsewhere, or be the work itself;
     * the term goes on either way. When the term has to end, the thread is interrupted if the backend started it. Work
     * that runs elsewhere holds a {@linkplain LeaderElection#ifLeading permit}, or the hand-over does not wait for it.
     *
     * @param term ask {@link Leadership#acceptsWork()} before each piece of work
     * @throws Exception like anything else that is thrown, ends the term; this candidate waits before contending again
     */
    void lead(Leadership term) throws Exception;
}
