package dev.baton.internal;

import org.jspecify.annotations.Nullable;

/**
 * Tells an inconsistent class path from other failures: such an error is a defect neither of the code that meets it nor
 * of a server.
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

    /** {@link #fault} where there is one, and otherwise the text of {@code failure}. */
    public static String describe(Throwable failure) {
        String fault = fault(Required.given("failure", failure));
        return fault == null ? failure.toString() : fault;
    }

    /** The class is there, but its initialization failed. */
    private static boolean isOfInitializer(LinkageError error) {
        return error instanceof ExceptionInInitializerError
                || String.valueOf(error.getMessage()).startsWith(UNINITIALIZED);
    }
}
