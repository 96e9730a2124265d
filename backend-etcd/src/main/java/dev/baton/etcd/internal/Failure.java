package dev.baton.etcd.internal;

import dev.baton.spi.Printable;

/**
 * Why a request, or a watch, has failed.
 *
 * @param detail the message of the servers or the client library, made {@linkplain Printable#text printable}
 */
public record Failure(Kind kind, String detail) {

    public Failure {
        detail = Printable.text(detail);
    }

    /** The kinds of failure that an operator, or the backend, acts on in different ways. */
    public enum Kind {
        /** The outcome is unknown: no answer came, or the answer does not tell it; the request may still be carried out. */
        UNKNOWN,
        /** The member has no leader and serves no request; whether this one is carried out is unknown. */
        NO_LEADER,
        /** The TLS handshake failed, or the TLS connection broke. */
        UNTRUSTED,
        /** User or password are wrong, missing, or not expected. */
        CREDENTIALS,
        /** The client must authenticate again; the request was not carried out. */
        STALE_TOKEN,
        /** The user lacks the permission. */
        PERMISSION,
        /** The lease does not exist, any more or yet. */
        LEASE_NOT_FOUND,
        /** The database is full. The write that filled it gets the same answer, though it was carried out. */
        NO_SPACE,
        /** The requested revision was compacted away. */
        COMPACTED,
        /** The server refused for another reason; the request was not carried out. */
        REFUSED
    }

    /** The meaning of an answer for a write: the table in {@code docs/backends/etcd.md}. */
    public enum Meaning {
        /** The write may have been carried out, or may still be. */
        UNKNOWN,
        /** The write may have been carried out, and will not be any more: a read settles it. */
        SETTLED,
        /** The write was not carried out, nor will be; a copy of it may have been, which a read settles. */
        NOT_WRITTEN,
        /** The lease is gone for certain, with all keys on it. */
        GONE
    }

    /** What this failure means for the write that it answers. */
    public Meaning means() {
        return switch (kind) {
            case UNKNOWN, NO_LEADER, UNTRUSTED -> Meaning.UNKNOWN;
            case NO_SPACE -> Meaning.SETTLED;
            case LEASE_NOT_FOUND -> Meaning.GONE;
            case CREDENTIALS, STALE_TOKEN, PERMISSION, COMPACTED, REFUSED -> Meaning.NOT_WRITTEN;
        };
    }

    /** Whether the reason is unknown, so that a retry may help. */
    public boolean isUnknown() {
        return kind == Kind.UNKNOWN || kind == Kind.NO_LEADER;
    }
}
