package dev.baton.conformance;

/** Facts about a backend that one test found out by waiting, so that other tests need not wait. */
final class Findings {
    private volatile boolean watchless;

    /** Whether a test waited in vain for watching(true). */
    boolean isWatchless() {
        return watchless;
    }

    void neverWatches() {
        watchless = true;
    }
}
