package dev.baton.cli.demo;

/**
 * One promise, and whether it was kept.
 *
 * @param promise the promise
 * @param measured the measured value
 * @param bound its bound
 * @param outcome whether it was kept
 */
record Verdict(String promise, String measured, String bound, Outcome outcome) {
    enum Outcome {
        KEPT,
        BROKEN,
        /** No act tested the promise. */
        NOT_SHOWN;

        /** Kept or broken, if an act tested the promise. */
        static Outcome of(boolean shown, boolean kept) {
            return !shown ? NOT_SHOWN : kept ? KEPT : BROKEN;
        }
    }

    boolean kept() {
        return outcome == Outcome.KEPT;
    }
}
