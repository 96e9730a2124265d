package dev.baton.examples.activestandby;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of this instance, for probes and operators. All methods may be called from any thread, and none blocks but
 * {@link #close}.
 */
interface Standing extends AutoCloseable {

    /** The reason to restart this process, or empty. */
    Optional<String> ill();

    /** The reason why this process could not lead if it had to, or empty. */
    Optional<String> unready();

    /** The leader, as the fields of a JSON object. */
    Map<String, @Nullable Object> leader();

    /** Stops the work, then releases the claim; returns when both are done, or have taken too long. */
    @Override
    void close();

    /** Whether no work is running. After {@link #close}, whether the work stopped in time. */
    boolean idle();
}
