package dev.baton.machine;

import org.jspecify.annotations.Nullable;

/**
 * A candidate's contact with the store.
 *
 * @param failures of calls to the backend, in a row
 * @param trouble why the last call failed, or null when it was answered
 */
record Contact(int failures, @Nullable String trouble) {
    static final Contact GOOD = new Contact(0, null);

    /** More failures than this count as this many. */
    private static final int MOST_FAILURES = 20;

    Contact failed(String why) {
        return new Contact(Math.min(failures + 1, MOST_FAILURES), why);
    }

    /** Keeps the trouble, but resets the count, so that the next call is not delayed. */
    Contact forgiven() {
        return new Contact(0, trouble);
    }
}
