package dev.baton.kubernetes;

import dev.baton.spi.BackendException;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What operators read: one sentence for each way in which an API server can fail us. */
final class Sentences {
    private final String url;
    private final LockObject object;

    Sentences(String url, LockObject object) {
        this.url = url;
        this.object = object;
    }

    /** Why a request to {@code verb} the object of {@code election} did not get an answer. */
    BackendException unanswered(String verb, ElectionName election, Duration patience, @Nullable Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof ApiServer.LateException) {
            return new BackendException(server() + " did not answer within " + ElectionTiming.text(patience) + " to "
                    + verb + " " + named(election) + "; the outcome is unknown, retrying on a new connection");
        }
        if (isDistrust(cause)) {
            return new BackendException(
                    server() + " shows a certificate that this client does not trust; set certificate-authority in the"
                            + " kubeconfig to the cluster's own",
                    cause);
        }
        return new BackendException(
                server() + " is not reachable (" + (cause == null ? "no answer" : said(cause)) + "); retrying", cause);
    }

    /** Why {@code response} is not what was asked for. */
    BackendException refused(String verb, ElectionName election, Response response) {
        String namespace = election.namespace();
        return new BackendException(
                switch (response.code()) {
                    case Response.UNAUTHORIZED ->
                        server() + " rejected the credentials of this client (401); renew the token or certificate, it"
                                + " is read again by itself where a kubeconfig or service account names a file";
                    case Response.FORBIDDEN ->
                        server() + " does not permit to " + verb + " " + object.resource() + " in namespace \""
                                + namespace + "\"; grant the verb \"" + verb + "\" on \"" + object.resource()
                                + "\" to this service account (" + response.message() + ")";
                    case Response.NOT_FOUND ->
                        server() + " has no namespace \"" + namespace + "\"; create it, or correct the name of "
                                + election;
                    case Response.TOO_MANY_REQUESTS ->
                        server() + " is busy (429) and would not " + verb + " " + named(election) + "; retrying";
                    default ->
                        server() + " answered " + response.code()
                                + (response.message().isEmpty() ? "" : " (" + response.message() + ")") + " to "
                                + verb + " " + named(election) + "; retrying";
                });
    }

    /** The server's revisions are not numbers, and tokens are made of them. */
    BackendException noNumber(ElectionName election, String resourceVersion) {
        return new BackendException("resourceVersion \"" + resourceVersion + "\" of " + named(election) + " at " + url
                + " must be a decimal number of at most 63 bits, because fencing tokens are made of it; this API"
                + " server's storage offers none, so nobody can lead here");
    }

    /** Its annotation was written by something else; {@code odd} says how that shows. */
    String odd(ElectionName election, String odd) {
        return "the annotation " + AnnotationFormat.ANNOTATION + " of " + named(election) + " " + odd;
    }

    String recreated(ElectionName election) {
        return named(election) + " was deleted, and " + server()
                + " created it anew from an update; it is being released, and contended for again";
    }

    private String server() {
        return "Kubernetes at " + url;
    }

    private String named(ElectionName election) {
        return object.kind() + " " + election;
    }

    private static String said(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }

    private static boolean isDistrust(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException
                    || cause instanceof CertPathBuilderException
                    || cause instanceof CertPathValidatorException) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof IOException)
                && cause.getCause() != null
                && !isDistrust(cause)) {
            cause = cause.getCause();
        }
        return cause;
    }
}
