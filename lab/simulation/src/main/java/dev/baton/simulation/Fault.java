package dev.baton.simulation;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

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
    LEADER_CHANGED,
    FOLLOWER_CUT_OFF,
    RACK_LOST,
    TIMEOUT_CUT,
    TOUCH_DELAYED,
    CONNECTION_LATE,
    SESSION_EXPIRED,
    PERMISSION_TAKEN,
    THROTTLED,
    LEADER_STALLED,
    QUORUM_LOST,
    LEASE_EXPIRED,
    STORE_COMPACTED,
    WATCH_ENDED,
    WATCH_REFUSED,
    OPERATOR_REVOKES,
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
    RESTORE,
    WRITES_REFUSED,
    ANSWERED_IN_BETWEEN,
    READING_DENIED,
    CREATING_DENIED,
    DELETING_DENIED,
    WRITING_DENIED,
    QUOTA_EXCEEDED;

    /** {@code request-lost} for {@link #REQUEST_LOST}. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Its row and its bit, within one run of the program. */
    @SuppressWarnings("EnumOrdinal")
    int place() {
        return ordinal();
    }

    /** Those that a register can suffer. */
    static Set<Fault> ofRegisters() {
        return Arrays.stream(values())
                .filter(fault -> !fault.isOfServers() && !fault.isRefusal())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Fault.class)));
    }

    /** Whether only servers that keep sessions, or leases, suffer this. */
    boolean isOfServers() {
        return switch (this) {
            case LEADER_CHANGED,
                    FOLLOWER_CUT_OFF,
                    RACK_LOST,
                    TIMEOUT_CUT,
                    TOUCH_DELAYED,
                    CONNECTION_LATE,
                    SESSION_EXPIRED,
                    PERMISSION_TAKEN,
                    THROTTLED,
                    OPERATOR_REVOKES -> true;
            default -> isOfEtcd();
        };
    }

    /** Whether only etcd suffers this. */
    boolean isOfEtcd() {
        return switch (this) {
            case LEADER_STALLED, QUORUM_LOST, LEASE_EXPIRED, STORE_COMPACTED, WATCH_ENDED, WATCH_REFUSED -> true;
            default -> false;
        };
    }

    /** Whether this breaks the premise that only the holder, or the store's own expiry, ends a live claim. */
    boolean breaksThePremise() {
        return name().startsWith("OPERATOR_");
    }

    /** Whether only a register suffers this: other stores have faults of their own. */
    boolean isOfARegister() {
        return compareTo(ERROR_BEFORE_COMMIT) >= 0 && !isRefusal();
    }

    /** Whether servers that could do what they are asked refuse to, for a while that {@link Refusals} draw. */
    boolean isRefusal() {
        return compareTo(READING_DENIED) >= 0;
    }
}
