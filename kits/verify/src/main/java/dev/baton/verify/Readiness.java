package dev.baton.verify;

import dev.baton.event.ElectionEvent;

/** The conditions that keep a candidate from leading, updated by each event. */
final class Readiness {
    private boolean blind;
    private boolean idle;
    private boolean cutOff;
    private boolean busy;

    /** @param blind whether its log begins in the middle, so that at first it is unknown which leader it sees */
    Readiness(boolean blind) {
        this.blind = blind;
        this.idle = !blind;
    }

    /** Whether no condition keeps it from leading after {@code event}. */
    boolean after(ElectionEvent event) {
        switch (event.type()) {
            case STARTED, RESUMED -> idle = false;
            case PAUSED, STOPPED -> idle = true;
            case UNREACHABLE, TOKEN_REFUSED -> cutOff = true;
            case REACHABLE -> cutOff = false;
            case WORK_STARTED -> busy = true;
            case WORK_STOPPED -> busy = false;
            case NEW_LEADER, NO_LEADER, TERM_STARTED, TERM_ENDED -> blind = false;
            default -> {
                // The other events do not keep it from leading.
            }
        }
        return !blind && !idle && !cutOff && !busy;
    }
}
