package dev.baton.verify;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A log that cannot be understood. The message is one sentence that names the file and, where it has any, the line. */
public final class UnreadableLogException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableLogException(Origin origin, String why, @Nullable Throwable cause) {
        super(
                origin.line() == 0
                        ? origin.file() + ": " + why
                        : origin.file() + ", line " + origin.line() + ": " + why,
                cause);
    }
}
