package dev.baton.register;

import dev.baton.spi.Printable;

/** The register did not stand where it was expected: nothing was written, for certain. */
public final class ConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConflictException(String message) {
        super(Printable.text(message));
    }
}
