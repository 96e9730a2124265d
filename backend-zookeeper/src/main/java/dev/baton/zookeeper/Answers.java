package dev.baton.zookeeper;

import org.apache.zookeeper.KeeperException.Code;

/**
 * What an answer says of a node: the table in {@code docs/backends/zookeeper.md}. A code that the client library makes up,
 * and one by which a server admits to trouble of its own, say nothing (rule 3.4).
 */
final class Answers {
    /** What an answer means. */
    enum Meaning {
        /** It was carried out. */
        DONE,
        /** Nothing was written, nor will be by this request. */
        NOT_WRITTEN,
        /** There is no such node. */
        GONE,
        /** It may have been carried out, or may still be; or nothing was learned. */
        UNKNOWN
    }

    private Answers() {}

    /** What {@code code} in answer to a create says. */
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

    /** What {@code code} in answer to a question about a node, or to its deletion, says of that node. */
    static Meaning toLook(Code code) {
        return switch (code) {
            case OK -> Meaning.DONE;
            case NONODE -> Meaning.GONE;
            default -> Meaning.UNKNOWN;
        };
    }
}
