package dev.baton.spi;

import dev.baton.internal.Required;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A call to the store with an unknown outcome, which is never "no" (rule 3.1), unless the store itself has answered that
 * the request was {@linkplain #isNotWritten() not carried out} (rule 3.4). The message is one sentence for an operator:
 * what failed, where, and what to do.
 *
 * <p>The message and the causes are made {@linkplain Printable#text printable}, since they are displayed.
 */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean notWritten;

    /** What is unknown, why, and what to do, in one sentence. */
    public BackendException(String message) {
        this(message, null);
    }

    /** As {@link #BackendException(String)}, with the failure of a client library. */
    public BackendException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private BackendException(String message, @Nullable Throwable cause, boolean notWritten) {
        super(Printable.text(message), cause == null ? null : Printable.failure(cause));
        this.notWritten = notWritten;
    }

    /** The store has refused the request by an answer that is certain: the request wrote nothing. */
    public static BackendException notWritten(String message) {
        return new BackendException(Required.given("message", message), null, true);
    }

    /** The cause of a failed stage: {@code failure} itself, or the failure inside its {@link CompletionException}s. */
    public static Throwable unwrapped(Throwable failure) {
        Throwable cause = Required.given("failure", failure);
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Whether the store's answer makes certain that this request has written nothing, and will not. */
    public boolean isNotWritten() {
        return notWritten;
    }
}
