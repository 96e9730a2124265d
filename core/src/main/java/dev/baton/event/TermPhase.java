package dev.baton.event;

/** Where a term is in its life; it only ever moves down this list. */
public enum TermPhase {
    /** Leading. */
    ACTIVE,
    /** Asked to hand over: still valid and renewed for work in flight, but no new work should begin. */
    DRAINING,
    /** Over, for good. */
    ENDED
}
