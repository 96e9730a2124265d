package dev.baton.driver;

/** Describes failures of user code and client libraries. */
public final class Failures {
    private Failures() {}

    /** As {@link Throwable#toString()}, or the name of its class where that throws. */
    public static String text(Throwable failure) {
        try {
            return failure.toString();
        } catch (Throwable e) {
            return failure.getClass().getName() + ", which could not be printed: "
                    + e.getClass().getName();
        }
    }
}
