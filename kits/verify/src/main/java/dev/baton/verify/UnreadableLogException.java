package dev.baton.verify;

import dev.baton.spi.Printable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A log that cannot be parsed. The message is one sentence that names the file and, where there is one, the line. */
public final class UnreadableLogException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableLogException(Origin origin, String why, @Nullable Throwable cause) {
        super(
                Printable.value(origin.file()) + (origin.line() == 0 ? "" : ", line " + origin.line()) + ": "
                        + Printable.text(why),
                cause == null ? null : Printable.failure(cause));
    }
}
