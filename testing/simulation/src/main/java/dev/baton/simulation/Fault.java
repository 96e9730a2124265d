package dev.baton.simulation;

import java.util.Locale;

/** What can go wrong in a world. Each seed draws which of these do. */
enum Fault {
    REQUEST_LOST,
    REQUEST_LATE,
    REQUEST_DUPLICATED,
    REPLY_LOST,
    REPLY_SLOW,
    ERROR_AFTER_COMMIT,
    PARTITION,
    STORE_DOWN,
    STORE_BUSY,
    SENDER_STALLED,
    WATCH_EVENT_LOST,
    WATCH_EVENT_SLOW,
    WATCH_STALLED,
    CRASH,
    PROCESS_PAUSED,
    MACHINE_SUSPENDED,
    WALL_CLOCK_JUMP,
    START_REJECTED,
    START_HANGS,
    START_THROWS,
    WORK_RETURNS_EARLY,
    WORK_IGNORES_INTERRUPT,
    WORK_STALLS,
    STOP_HANGS,
    STEP_DOWN,
    PAUSE,
    WITHDRAW,
    CLOSE,
    OPERATOR_DELETES,
    OPERATOR_BLANKS;

    /** {@code request-lost} for {@link #REQUEST_LOST}. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Its row and its bit, within one run of the program. */
    @SuppressWarnings("EnumOrdinal")
    int place() {
        return ordinal();
    }

    /** Whether this breaks the premise that only the holder, or the store's own expiry, ends a live claim. */
    boolean breaksThePremise() {
        return this == OPERATOR_DELETES || this == OPERATOR_BLANKS;
    }
}
