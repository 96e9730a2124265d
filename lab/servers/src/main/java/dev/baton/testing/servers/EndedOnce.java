package dev.baton.testing.servers;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What servers need at their end: it comes once, when they are closed, or when the JVM ends without that. */
final class EndedOnce implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndedOnce.class);

    private final Runnable end;
    private final Thread atShutdown;
    private volatile boolean ended;

    /** @param end ends the servers called {@code name}, and is run once */
    EndedOnce(String name, Runnable end) {
        this.end = end;
        this.atShutdown = new Thread(this::end, name + "-close");
    }

    /** From now on the end of the JVM is theirs. */
    void begin() {
        Runtime.getRuntime().addShutdownHook(atShutdown);
    }

    /** The end of the JVM is theirs no longer; whoever calls this has ended them. */
    void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException e) {
            LOG.debug("the JVM is shutting down", e);
        }
    }

    @Override
    public void close() {
        end();
        forget();
    }

    /** Whoever comes second waits: the JVM must not end with half of it done. */
    private synchronized void end() {
        if (!ended) {
            ended = true;
            end.run();
        }
    }

    /** Whether the end has begun; asked without a lock, so that it can be asked under one that the end takes. */
    boolean isOver() {
        return ended;
    }
}
