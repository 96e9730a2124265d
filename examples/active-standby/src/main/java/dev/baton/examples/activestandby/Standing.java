package dev.baton.examples.activestandby;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where this instance stands, for probes and people. All methods may be called from any thread, and none blocks but {@link #close}. */
interface Standing extends AutoCloseable {

    /** Why this process should be restarted; empty if it should not. */
    Optional<String> ill();

    /** Why this process could not lead if it had to; empty if it could. */
    Optional<String> unready();

    /** Who leads, as the fields of a JSON object. */
    Map<String, @Nullable Object> leader();

    /** Stops the work, then lets another lead; returns when both are done, or have taken too long. */
    @Override
    void close();

    /** Whether no work is under way; asked after {@link #close}, whether that was in time. */
    boolean idle();
}
