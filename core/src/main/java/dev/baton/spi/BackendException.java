package dev.baton.spi;

import org.jspecify.annotations.Nullable;

/**
 * A call to the store that learned nothing: unknown, never "no" (rule 3.1). Its message is one sentence for an operator:
 * what failed, where, and what to do.
 */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BackendException(String message) {
        super(message);
    }

    public BackendException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
