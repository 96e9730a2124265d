package dev.baton.spi;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A logger for threads that run no user code: an outbox writes each line, and asks whether its level is enabled.
 * Appenders that block or throw delay no election; the messages of failures are {@linkplain Printable printable} there.
 */
final class OutboxLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    private final transient Logger right;
    private final transient Executor outbox;

    OutboxLogger(Logger right, Executor outbox) {
        this.name = right.getName();
        this.right = right;
        this.outbox = outbox;
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable cause) {
        outbox.execute(() -> write(level, marker, pattern, arguments, cause));
    }

    private void write(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable cause) {
        LoggingEventBuilder line = right.atLevel(level);
        if (marker != null) {
            line = line.addMarker(marker);
        }
        if (arguments != null) {
            for (Object argument : arguments) {
                line = line.addArgument(argument);
            }
        }
        if (cause != null) {
            line = line.setCause(Printable.failure(cause));
        }
        line.log(pattern);
    }

    @Override
    public boolean isTraceEnabled() {
        return true;
    }

    @Override
    public boolean isDebugEnabled() {
        return true;
    }

    @Override
    public boolean isInfoEnabled() {
        return true;
    }

    @Override
    public boolean isWarnEnabled() {
        return true;
    }

    @Override
    public boolean isErrorEnabled() {
        return true;
    }
}
