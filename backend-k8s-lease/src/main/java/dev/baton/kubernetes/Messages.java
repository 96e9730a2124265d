package dev.baton.kubernetes;

import dev.baton.internal.Linkage;
import dev.baton.spi.BackendException;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Secrets;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The messages for operators: one sentence for each way in which a request to an API server can fail. */
final class Messages {
    private final String url;
    private final Secrets secrets;
    private final LockObject object;

    Messages(String url, LockObject object, Secrets secrets) {
        this.secrets = secrets;
        this.url = url;
        this.object = object;
    }

    /** Why a request to {@code verb} the object of {@code election} got no response. */
    BackendException unanswered(String verb, ElectionName election, Duration patience, @Nullable Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof ApiServer.LateException late) {
            return new BackendException(server()
                    + late(late.sent, verb + " " + named(election), patience)
                    + (verb.equals("get") ? "; retrying" : "; the outcome is unknown, retrying")
                    + (late.sent ? " on a new connection" : ""));
        }
        if (cause instanceof BackendException said) {
            return said;
        }
        if (ClusterAccess.speaksNoTls(cause)) {
            return new BackendException(
                    server() + " answers without TLS; write http:// in its address if it has none", cause);
        }
        String fault = Linkage.fault(cause);
        if (fault != null) {
            return new BackendException(server() + ": the client failed: " + fault, cause);
        }
        CertificateFault certificateFault = CertificateFault.of(cause);
        if (cause != null && certificateFault != null) {
            return new BackendException(
                    secrets.hide(server() + distrusted(certificateFault, said(innermost(cause)))), secrets.hide(cause));
        }
        return new BackendException(
                secrets.hide(server() + " is not reachable ("
                        + (cause == null ? "no answer" : unreachable(failure, cause)) + "); retrying"),
                cause == null ? null : secrets.hide(cause));
    }

    private static String late(boolean sent, String request, Duration patience) {
        return sent
                ? " did not answer the request to " + request + " within " + ElectionTiming.text(patience)
                : ": the request to " + request + " was not sent within " + ElectionTiming.text(patience)
                        + ", because fetching the credentials took longer";
    }

    /** For a refused connection the JDK's exception names only a closed channel, because it has tried twice. */
    private String unreachable(@Nullable Throwable failure, Throwable deepest) {
        URI address = URI.create(url);
        String host = String.valueOf(address.getHost());
        String port = address.getPort() >= 0
                ? Integer.toString(address.getPort())
                : "https".equals(address.getScheme()) ? "443" : "80";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return "no address is known for " + host;
            }
            if (cause instanceof ConnectException && isRefused(cause)) {
                return "connection refused by " + host + ":" + port + ", or no route to it";
            }
        }
        return said(deepest);
    }

    private static boolean isRefused(Throwable connecting) {
        return connecting.getCause() instanceof ClosedChannelException
                || String.valueOf(connecting.getMessage()).contains("refused");
    }

    /**
     * Why {@code response} is a refusal.
     *
     * @param notWritten whether it is certain that nothing was written
     */
    BackendException refused(String verb, ElectionName election, Response response, boolean notWritten) {
        String sentence = refusal(verb, election, response);
        return notWritten ? BackendException.notWritten(sentence) : new BackendException(sentence);
    }

    private String refusal(String verb, ElectionName election, Response response) {
        String asked = verb + " " + object.resource() + " in namespace \"" + election.namespace() + "\"";
        // Some gateways repeat the request, with its credentials.
        String said = response.message().isEmpty() ? "" : " (" + secrets.hide(response.message()) + ")";
        if (Answers.isWithoutNamespace(response)) {
            return server() + " has no namespace \"" + election.namespace() + "\" to " + verb + " " + object.resource()
                    + " in (404); create it, or correct the name of " + election + said;
        }
        return switch (response.code()) {
            case Response.UNAUTHORIZED ->
                server() + " rejected the credentials of this client (401) when asked to " + asked
                        + "; renew the token or certificate: Baton reads it again where a kubeconfig or service account"
                        + " names a file";
            case Response.FORBIDDEN -> forbidden(verb, election, response, asked) + said;
            case Response.OK, Response.CREATED, Response.NOT_FOUND ->
                server() + " answered " + response.code() + said + " to " + verb + " " + named(election)
                        + ", but not as an API server answers about that object: a proxy in between may have answered"
                        + " instead; retrying";
            case Response.TOO_MANY_REQUESTS ->
                server() + " is busy (429) and would not " + verb + " " + named(election) + "; retrying"
                        + later(response);
            case Response.BAD_REQUEST ->
                url.startsWith("http:") && response.body().isEmpty()
                        ? server() + " answers 400 to plain HTTP, as TLS servers do; write https:// in its address"
                        : server() + " answered 400" + said + " to " + verb + " " + named(election) + "; retrying";
            default ->
                server() + " answered " + response.code() + said + " to " + verb + " " + named(election) + "; retrying"
                        + later(response);
        };
    }

    private String forbidden(String verb, ElectionName election, Response response, String asked) {
        if (response.isOfTerminatingNamespace()) {
            return server() + " creates nothing in namespace \"" + election.namespace()
                    + "\", which is being deleted; create it again once it is gone, or name another than " + election;
        }
        if (response.isToUnauthenticated()) {
            return server() + " does not permit unauthenticated clients to " + asked + "; set a token or a client"
                    + " certificate";
        }
        return response.isOfMissingPermission(verb)
                ? server() + " does not permit to " + asked + "; grant the verb \"" + verb + "\" on \""
                        + object.resource() + "\" to this service account"
                : server() + " does not permit to " + asked + ", for another reason than a missing permission";
    }

    private static String later(Response response) {
        return response.retryAfter().isZero()
                ? ""
                : "; it asks clients to wait " + ElectionTiming.text(response.retryAfter()) + ": a standby waits at"
                        + " most five retryPeriods, a leader one";
    }

    /** Why a request was not sent: the server's Retry-After has not passed. */
    BackendException mustWait(String verb, ElectionName election) {
        return new BackendException(server() + " has asked for a pause (Retry-After), so the request to " + verb + " "
                + named(election) + " was not sent; retrying after the pause");
    }

    private static String distrusted(CertificateFault why, String said) {
        return switch (why) {
            case UNKNOWN_AUTHORITY ->
                " shows a certificate that this client does not trust (" + said + "); set certificate-authority in the"
                        + " kubeconfig to the cluster's own";
            case NOT_NOW ->
                " shows a certificate that is not valid at this time (" + said + "); renew it, or set the clock of this"
                        + " machine";
            case OTHER_HOST ->
                " shows a certificate for another host (" + said + "); address it by a name that its certificate has";
        };
    }

    /** The server's revisions are not numbers, so they cannot serve as tokens. */
    BackendException noNumber(ElectionName election, String resourceVersion) {
        return new BackendException("resourceVersion \"" + resourceVersion + "\" of " + named(election) + " at " + url
                + " must be a decimal number of at most 63 bits, because fencing tokens are made of it; this API"
                + " server's storage has none, so no candidate can lead here");
    }

    /** The election's annotation was written by another kind of client; {@code odd} describes how it differs. */
    String odd(ElectionName election, String odd) {
        return "the annotation " + AnnotationFormat.ANNOTATION + " of " + named(election) + " " + odd;
    }

    String recreated(ElectionName election) {
        return named(election) + " was deleted, and " + server()
                + " re-created it from an update; releasing it, then contending again";
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

    private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof IOException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
