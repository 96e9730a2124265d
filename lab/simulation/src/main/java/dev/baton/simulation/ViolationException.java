package dev.baton.simulation;

/** An invariant broke; the message says which, and how. */
final class ViolationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ViolationException(String message) {
        super(message, null, false, false);
    }
}
