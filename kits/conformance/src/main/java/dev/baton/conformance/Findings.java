package dev.baton.conformance;

/** What one test found out about a backend that others need not wait for again. */
final class Findings {
    private volatile boolean watchless;

    /** Whether it was waited for in vain that changes be delivered as they happen. */
    boolean isWatchless() {
        return watchless;
    }

    void neverWatches() {
        watchless = true;
    }
}
