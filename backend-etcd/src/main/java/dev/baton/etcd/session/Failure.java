package dev.baton.etcd.session;

import dev.baton.spi.Printable;

/**
 * Why a request, or a watch, came to nothing.
 *
 * @param detail the servers' or the client library's own words, made {@linkplain Printable#text printable}
 */
public record Failure(Kind kind, String detail) {

    public Failure {
        detail = Printable.text(detail);
    }

    /** What an operator, or the backend, can do about it. */
    public enum Kind {
        /** No answer came, or none that says whether the request was carried out; it may be yet. */
        UNKNOWN,
        /** The member has no leader, so it serves nobody; whether the request is carried out is not known. */
        NO_LEADER,
        /** TLS could not be agreed upon; nothing was sent. */
        UNTRUSTED,
        /** User or password are wrong, missing, or not expected. */
        CREDENTIALS,
        /** The client has to authenticate again; nothing was done. */
        STALE_TOKEN,
        /** The user may not do that. */
        PERMISSION,
        /** The lease does not exist, any more or yet. */
        LEASE_NOT_FOUND,
        /** The database is full. */
        NO_SPACE,
        /** The revision asked for was compacted away. */
        COMPACTED,
        /** The server refused for a reason that is none of the above; nothing was done. */
        REFUSED
    }

    /** Whether the request may have been carried out, or may still be. */
    public boolean isUnknown() {
        return kind == Kind.UNKNOWN || kind == Kind.NO_LEADER;
    }
}
