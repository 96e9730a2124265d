package dev.baton.spi;

import dev.baton.internal.Required;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A call to the store that learned nothing: unknown, never "no" (rule 3.1), unless the store itself has said that the
 * request was {@linkplain #isNotWritten() not carried out} (rule 3.4). Its message is one sentence for an operator: what
 * failed, where, and what to do.
 *
 * <p>What is said here is shown: it is made {@linkplain Printable#text printable}, and so are the causes.
 */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean notWritten;

    /** What is unknown, why, and what to do, in one sentence. */
    public BackendException(String message) {
        this(message, null);
    }

    /** As {@link #BackendException(String)}, with what a client library said. */
    public BackendException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private BackendException(String message, @Nullable Throwable cause, boolean notWritten) {
        super(Printable.text(message), cause == null ? null : Printable.failure(cause));
        this.notWritten = notWritten;
    }

    /** The store has refused the request, in words of its own that say so for certain: nothing was written by it. */
    public static BackendException notWritten(String message) {
        return new BackendException(Required.given("message", message), null, true);
    }

    /** What a stage failed with: {@code failure} itself, or what the {@link CompletionException}s around it were made of. */
    public static Throwable unwrapped(Throwable failure) {
        Throwable cause = Required.given("failure", failure);
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Whether the store has said for certain that this request has written nothing, and will not. */
    public boolean isNotWritten() {
        return notWritten;
    }
}
