package dev.baton.internal;

import org.jspecify.annotations.Nullable;

/**
 * Tells a class path that does not fit together from everything else that can fail: such an error is no defect of the code
 * that meets it, and no server's doing.
 */
public final class Linkage {
    private static final int DEEPEST = 20;
    private static final String UNINITIALIZED = "Could not initialize class";

    private Linkage() {}

    /** Which class is missing or does not fit, in a sentence, or null when {@code failure} is no such error. */
    public static @Nullable String fault(@Nullable Throwable failure) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < DEEPEST; depth++, each = each.getCause()) {
            if (each instanceof LinkageError error && !isOfInitializer(error)) {
                return error.getClass().getSimpleName() + ": "
                        + String.valueOf(error.getMessage()).replace('/', '.')
                        + " is missing, or of another version than what uses it was built against; look for a missing jar,"
                        + " or two versions of one, among the dependencies, for example with mvn dependency:tree";
            }
        }
        return null;
    }

    /** {@link #fault} where there is one, and otherwise what {@code failure} says of itself. */
    public static String describe(Throwable failure) {
        String fault = fault(Required.given("failure", failure));
        return fault == null ? failure.toString() : fault;
    }

    /** The class is there, but what it does when it is first used failed, for whatever reason. */
    private static boolean isOfInitializer(LinkageError error) {
        return error instanceof ExceptionInInitializerError
                || String.valueOf(error.getMessage()).startsWith(UNINITIALIZED);
    }
}
