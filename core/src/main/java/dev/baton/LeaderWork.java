package dev.baton;

/**
 * A piece of work that only a leader may do.
 *
 * @param <E> the exception that the work throws
 */
@FunctionalInterface
public interface LeaderWork<E extends Exception> {

    /**
     * Does the work.
     *
     * @param term the term under way; ask {@link Leadership#requireValid()} before each step that only a leader may take
     */
    void run(Leadership term) throws E;
}
