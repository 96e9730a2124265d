package dev.baton.conformance;

import org.opentest4j.TestAbortedException;

/**
 * The reason why a test cannot run with this backend or harness: thrown through the test, it skips the test, and the
 * report shows the reason.
 */
public final class Cannot {
    private Cannot() {}

    /** For a {@link BackendHarness} to throw where it cannot inject a fault. */
    public static TestAbortedException because(String reason) {
        return new TestAbortedException(reason);
    }
}
