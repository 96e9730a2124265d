package dev.baton.conformance;

import org.opentest4j.TestAbortedException;

/** Why a test cannot be made here: thrown through it, this skips the test with a reason that the report repeats. */
public final class Cannot {
    private Cannot() {}

    /** What a {@link BackendHarness} throws for a fault that it cannot inject. */
    public static TestAbortedException because(String reason) {
        return new TestAbortedException(reason);
    }
}
