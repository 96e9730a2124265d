package dev.baton.cli.demo;

/**
 * One promise, and what became of it.
 *
 * @param promise what was promised
 * @param measured what was seen
 * @param bound what it was held against
 * @param outcome whether it was kept
 */
record Verdict(String promise, String measured, String bound, Outcome outcome) {
    enum Outcome {
        KEPT,
        BROKEN,
        /** Nothing was done that it could have been kept at, or broken. */
        NOT_SHOWN;

        /** Kept or broken, if what was promised was put to the test. */
        static Outcome of(boolean shown, boolean kept) {
            return !shown ? NOT_SHOWN : kept ? KEPT : BROKEN;
        }
    }

    boolean kept() {
        return outcome == Outcome.KEPT;
    }
}
