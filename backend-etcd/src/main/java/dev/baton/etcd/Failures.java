package dev.baton.etcd;

import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Failure.Kind;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.GeneralSecurityException;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of the exceptions of jetcd, gRPC and TLS. etcd's errors differ only in their words, and a gRPC status alone
 * tells nothing: gRPC converts any answer of a proxy into a status, {@code UNIMPLEMENTED} for a 404 for example (rule 3.4).
 */
final class Failures {
    private static final int DEEPEST = 20;

    /** The prefix of all of etcd's errors. */
    private static final String OWN_WORDS = "etcdserver: ";

    /** Parts of etcd's error messages, and what each means; the first match decides. */
    private static final Map<String, Kind> WORDS = Map.ofEntries(
            Map.entry("requested lease not found", Kind.LEASE_NOT_FOUND),
            Map.entry("permission denied", Kind.PERMISSION),
            Map.entry("authentication failed", Kind.CREDENTIALS),
            Map.entry("authentication is not enabled", Kind.CREDENTIALS),
            Map.entry("user name is empty", Kind.CREDENTIALS),
            Map.entry("user name not found", Kind.CREDENTIALS),
            Map.entry("invalid auth token", Kind.STALE_TOKEN),
            Map.entry("revision of auth store is old", Kind.STALE_TOKEN),
            Map.entry("database space exceeded", Kind.NO_SPACE),
            Map.entry("no leader", Kind.NO_LEADER),
            Map.entry("has been compacted", Kind.COMPACTED));

    /** Parts of gRPC's messages about a server that speaks another protocol than its address says, and what each means. */
    private static final Map<String, String> STRANGERS = Map.of(
            "Connection closed while performing TLS negotiation",
            "it ended the connection instead of speaking TLS; write http:// in its address if it has none",
            "Network closed for unknown reason",
            "it closed the connection without an answer, as a server that requires TLS does; write https:// in its"
                    + " address if it has TLS",
            "Connection reset by peer",
            "it reset the connection, as a server that stops or requires TLS does; write https:// in its address"
                    + " if it has TLS",
            "First received frame was not SETTINGS",
            "the server there is not etcd, or requires TLS; check the port, and whether it is http or https");

    private static final String NO_TLS = "it answers without TLS; write http:// in its address if it has none";

    private Failures() {}

    /** Returns why a request failed. */
    static Failure of(Throwable thrown) {
        Failure why = ofWatch(thrown);
        return switch (why.kind()) {
            case UNKNOWN, UNTRUSTED -> why;
            default -> why.detail().contains(OWN_WORDS) ? why : new Failure(Kind.UNKNOWN, why.detail());
        };
    }

    /** Returns why a watch ended: etcd reports it in an answer of its own, and in other words. */
    static Failure ofWatch(Throwable thrown) {
        String words = "";
        Status.@Nullable Code code = null;
        Throwable each = thrown;
        for (int depth = 0; each != null && depth < DEEPEST; depth++, each = each.getCause()) {
            if (each instanceof NotSslRecordException) {
                return new Failure(Kind.UNKNOWN, NO_TLS);
            }
            if (each instanceof SSLException || each instanceof GeneralSecurityException) {
                return new Failure(Kind.UNTRUSTED, deepest(each));
            }
            if (each instanceof CompactedException) {
                return new Failure(Kind.COMPACTED, String.valueOf(each.getMessage()));
            }
            Status status = status(each);
            if (status != null) {
                // The innermost status is the one that the server sent.
                code = status.getCode();
                String description = status.getDescription();
                words = description == null ? words : description;
            }
        }
        if (code == null) {
            return new Failure(Kind.UNKNOWN, deepest(thrown));
        }
        for (Map.Entry<String, String> stranger : STRANGERS.entrySet()) {
            if (words.contains(stranger.getKey()) || deepest(thrown).contains(stranger.getKey())) {
                return new Failure(Kind.UNKNOWN, stranger.getValue());
            }
        }
        return new Failure(kind(code, words), words.isEmpty() ? deepest(thrown) : detail(thrown, words));
    }

    /** Returns the meaning of a reason that a server gave. */
    static Failure of(String words, Status.Code code) {
        return new Failure(kind(code, words), words);
    }

    private static Kind kind(Status.Code code, String words) {
        for (Map.Entry<String, Kind> meaning : WORDS.entrySet()) {
            if (words.contains(meaning.getKey())) {
                return meaning.getValue();
            }
        }
        return switch (code) {
            case UNAUTHENTICATED -> Kind.CREDENTIALS;
            case PERMISSION_DENIED -> Kind.PERMISSION;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, NOT_FOUND, OUT_OF_RANGE, UNIMPLEMENTED, RESOURCE_EXHAUSTED ->
                Kind.REFUSED;
            default -> Kind.UNKNOWN;
        };
    }

    private static @Nullable Status status(Throwable thrown) {
        if (thrown instanceof StatusRuntimeException failed) {
            return failed.getStatus();
        }
        if (thrown instanceof StatusException failed) {
            return failed.getStatus();
        }
        if (thrown instanceof EtcdException failed) {
            return code(failed.getErrorCode()).toStatus().withDescription(failed.getMessage());
        }
        return null;
    }

    private static Status.Code code(ErrorCode code) {
        try {
            return Status.Code.valueOf(code.name());
        } catch (IllegalArgumentException e) {
            return Status.Code.UNKNOWN;
        }
    }

    /** gRPC's message is "io exception"; the reason is in its cause. */
    private static String detail(Throwable thrown, String words) {
        String deepest = deepest(thrown);
        return deepest.contains(words) ? words : words + ": " + deepest;
    }

    private static String deepest(Throwable thrown) {
        Throwable innermost = thrown;
        for (int depth = 0; innermost.getCause() != null && depth < DEEPEST; depth++) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null ? innermost.getClass().getSimpleName() : message;
    }
}
