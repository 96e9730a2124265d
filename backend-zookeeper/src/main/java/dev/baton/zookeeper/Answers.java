package dev.baton.zookeeper;

import org.apache.zookeeper.KeeperException.Code;

/**
 * The meaning of an answer for a node: the table in {@code docs/backends/zookeeper.md}. A code that the client library
 * makes up tells nothing, nor does one by which a server reports trouble of its own (rule 3.4).
 */
final class Answers {
    /** The meaning of an answer. */
    enum Meaning {
        /** The request was carried out. */
        DONE,
        /** The request wrote nothing, and never will. */
        NOT_WRITTEN,
        /** The node does not exist. */
        GONE,
        /** The request may have been carried out, or may still be; of a read: nothing is known. */
        UNKNOWN
    }

    private Answers() {}

    /** The meaning of {@code code} in answer to a create. */
    static Meaning toCreate(Code code) {
        return switch (code) {
            case OK -> Meaning.DONE;
            case NOAUTH,
                    INVALIDACL,
                    NONODE,
                    NODEEXISTS,
                    NOCHILDRENFOREPHEMERALS,
                    BADARGUMENTS,
                    UNIMPLEMENTED,
                    QUOTAEXCEEDED,
                    THROTTLEDOP,
                    NOTREADONLY,
                    EPHEMERALONLOCALSESSION -> Meaning.NOT_WRITTEN;
            default -> Meaning.UNKNOWN;
        };
    }

    /** The meaning of {@code code} in answer to a read of a node, or to its deletion. */
    static Meaning toLook(Code code) {
        return switch (code) {
            case OK -> Meaning.DONE;
            case NONODE -> Meaning.GONE;
            default -> Meaning.UNKNOWN;
        };
    }
}
