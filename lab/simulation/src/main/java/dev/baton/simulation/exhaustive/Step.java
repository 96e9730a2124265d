package dev.baton.simulation.exhaustive;

/**
 * One thing that may happen next.
 *
 * @param kind what
 * @param index to which message in flight, or to which candidate
 */
record Step(Kind kind, int index) {
    /** What may happen next. */
    enum Kind {
        /** Everybody's due timers fire, a unit of time passes, and what is due then fires. */
        ADVANCE,
        /** A unit of time passes, and nothing of this candidate runs: neither now nor until it resumes. */
        PAUSE,
        /** A paused candidate's due timers fire. */
        RESUME,
        /** A request reaches the store. */
        ARRIVE,
        /** A reply reaches its candidate; a read that has not reached the store does so just before. */
        DELIVER,
        /** A candidate is told that a call has failed; what it sent may still arrive. */
        BREAK,
        /** A candidate hears of the oldest change that its watch has not delivered yet. */
        HEAR,
        /** The work of a term that is over by the clock asks, before its candidate has noticed. */
        ASK,
        /** onStartedLeading, told to stop, returns. */
        RETURN,
        /** onStoppedLeading returns. */
        STOPPED,
        /** The user asks a leader to step down. */
        STEP_DOWN,
        /** The user closes a candidate. */
        CLOSE,
        /** A candidate dies and is started anew. */
        CRASH
    }

    static Step of(Kind kind) {
        return new Step(kind, 0);
    }
}
