package dev.baton.spi;

import org.jspecify.annotations.Nullable;

/**
 * A call to the store that learned nothing: unknown, never "no" (rule 3.1). Its message is one sentence for an operator:
 * what failed, where, and what to do.
 *
 * <p>What is said here is shown: it is made {@linkplain Printable#text printable}, and so are the causes.
 */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BackendException(String message) {
        this(message, null);
    }

    public BackendException(String message, @Nullable Throwable cause) {
        super(Printable.text(message), cause == null ? null : Printable.failure(cause));
    }
}
