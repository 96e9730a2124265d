package dev.baton.register;

import dev.baton.spi.Printable;

/**
 * The register was not at the expected revision, so this request wrote nothing and will not. A copy of it may have
 * written: a proxy may have repeated the request, and the copy that came first moved the register. Only a read shows
 * that.
 */
public final class ConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The revision of the register, and the expected one; made {@linkplain Printable#text printable}. */
    public ConflictException(String message) {
        super(Printable.text(message));
    }
}
