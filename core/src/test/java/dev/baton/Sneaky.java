package dev.baton;

/** Throws what a method does not declare, as Kotlin, Scala and bytecode do. */
final class Sneaky {
    private Sneaky() {}

    /** Throws {@code failure}, whatever it is. */
    static void raise(Throwable failure) {
        Sneaky.<RuntimeException>as(failure);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void as(Throwable failure) throws E {
        throw (E) failure;
    }
}
