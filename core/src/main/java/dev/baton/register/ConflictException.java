package dev.baton.register;

import dev.baton.spi.Printable;

/**
 * The register did not stand where it was expected, so this request wrote nothing and will not. A copy of it may have:
 * whatever lies in between may have repeated it, and the copy that came first moved the register. A read tells.
 */
public final class ConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Where the register stands, and where it was expected; made {@linkplain Printable#text printable}. */
    public ConflictException(String message) {
        super(Printable.text(message));
    }
}
