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
    OPERATOR_BLANKS,
    ERROR_BEFORE_COMMIT,
    CONFLICT_WITHOUT_CAUSE,
    STALE_READ,
    CONNECTION_DEAD,
    REQUESTS_QUEUED,
    WATCH_GONE,
    WATCH_REPLAYED,
    WATCH_BOOKMARK,
    BACKEND_CLOSED,
    METADATA_EDITED,
    RECORD_RECREATED,
    OUTSIDER_LEADS,
    OPERATOR_APPOINTS,
    OPERATOR_CHANGES_NONCE,
    OPERATOR_SHORTENS,
    RESTORE;

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
        return name().startsWith("OPERATOR_");
    }

    /** Whether only a register suffers this: other stores have faults of their own. */
    boolean isOfARegister() {
        return compareTo(ERROR_BEFORE_COMMIT) >= 0;
    }
}
