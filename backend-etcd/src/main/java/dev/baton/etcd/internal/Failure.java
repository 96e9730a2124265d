package dev.baton.etcd.internal;

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
        /** TLS could not be agreed upon, or broke off. */
        UNTRUSTED,
        /** User or password are wrong, missing, or not expected. */
        CREDENTIALS,
        /** The client has to authenticate again; nothing was done. */
        STALE_TOKEN,
        /** The user may not do that. */
        PERMISSION,
        /** The lease does not exist, any more or yet. */
        LEASE_NOT_FOUND,
        /** The database is full. The write that filled it is answered so as well, though it was carried out. */
        NO_SPACE,
        /** The revision asked for was compacted away. */
        COMPACTED,
        /** The server refused for a reason that is none of the above; nothing was done. */
        REFUSED
    }

    /** What an answer says of a write: the table in {@code docs/backends/etcd.md}. */
    public enum Meaning {
        /** It may have been carried out, or may still be. */
        UNKNOWN,
        /** It may have been carried out, and will not be any more: a read tells. */
        SETTLED,
        /** It was not carried out, nor will be; a copy of it may have been, which a read tells. */
        NOT_WRITTEN,
        /** The lease is gone for certain, and whatever was written on it. */
        GONE
    }

    /** What this says of a write that it is the answer to. */
    public Meaning means() {
        return switch (kind) {
            case UNKNOWN, NO_LEADER, UNTRUSTED -> Meaning.UNKNOWN;
            case NO_SPACE -> Meaning.SETTLED;
            case LEASE_NOT_FOUND -> Meaning.GONE;
            case CREDENTIALS, STALE_TOKEN, PERMISSION, COMPACTED, REFUSED -> Meaning.NOT_WRITTEN;
        };
    }

    /** Whether nobody has said why, so that asking again may help. */
    public boolean isUnknown() {
        return kind == Kind.UNKNOWN || kind == Kind.NO_LEADER;
    }
}
