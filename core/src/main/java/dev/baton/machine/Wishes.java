package dev.baton.machine;

/**
 * The user's wishes for a candidate.
 *
 * @param paused no new term is to begin
 * @param withdrawn it is to leave the contest, and hand its term over
 * @param closing it is to stop for good
 */
record Wishes(boolean paused, boolean withdrawn, boolean closing) {
    static final Wishes TO_LEAD = new Wishes(false, false, false);

    /** Whether a new term may begin. */
    boolean contends() {
        return !paused && !withdrawn && !closing;
    }

    Wishes pause() {
        return new Wishes(true, withdrawn, closing);
    }

    Wishes withdraw() {
        return new Wishes(paused, true, closing);
    }

    Wishes resume() {
        return new Wishes(false, false, closing);
    }

    Wishes close() {
        return new Wishes(paused, withdrawn, true);
    }
}
