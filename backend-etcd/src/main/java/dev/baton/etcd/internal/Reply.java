package dev.baton.etcd.internal;

/** The outcome of one request. */
public sealed interface Reply<T> {

    /** The servers carried it out. */
    record Done<T>(T value) implements Reply<T> {}

    /** The servers did not carry it out, or the outcome is unknown. */
    record Failed<T>(Failure why) implements Reply<T> {}

    /** Shorthand for a failed reply. */
    static <T> Reply<T> failed(Failure.Kind kind, String detail) {
        return new Failed<>(new Failure(kind, detail));
    }
}
