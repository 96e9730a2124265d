package dev.baton.kubernetes;

import dev.baton.spi.Secrets;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client with connections of its own. It is made for its first request, and lives until it is retired and its last
 * request has ended. Safe for use by many threads.
 */
final class ConnectionPool {
    private final Config config;
    private final Secrets secrets;
    /** Certificates that may change on disk: a client that has read older ones must be replaced. */
    private final CertificateFiles certificates;

    private final JdkClients clients;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private JdkClients.@Nullable Made made;
    private String certificatesRead = "";
    private int inFlight;
    private boolean retired;
    /** Whether the server has answered: only then are there connections that are kept alive for later requests. */
    private volatile boolean served;

    ConnectionPool(Config config, Secrets secrets, CertificateFiles certificates, JdkClients clients) {
        this.config = config;
        this.secrets = secrets;
        this.certificates = certificates;
        this.clients = clients;
    }

    /** The client, with the certificates as they were on disk when it was made. */
    synchronized HttpClient http() {
        JdkClients.Made client = made;
        if (client == null) {
            certificatesRead = certificates.state();
            client = clients.open(config, secrets);
            made = client;
        }
        return client.http();
    }

    /** Counts a request, which keeps the client alive until {@link #finish}. */
    synchronized void begin() {
        inFlight++;
    }

    /** The request has failed, where {@code response} is null, or ends with the body of its response. */
    void finish(@Nullable HttpResponse<AsyncBody> response) {
        if (response == null) {
            finished();
        } else {
            CompletionStage<Void> body = response.body().done();
            body.whenComplete((done, broken) -> finished());
        }
    }

    private synchronized void finished() {
        inFlight--;
        endIfUnused();
    }

    /** The server has answered a request. */
    void serve() {
        served = true;
    }

    boolean hasServed() {
        return served;
    }

    /** Whether the certificates on disk have changed since the client read them. */
    synchronized boolean isOutdated() {
        return made != null && !certificatesRead.equals(certificates.state());
    }

    /** Takes no more requests. The stage completes when the last request has ended and the client is closed. */
    synchronized CompletionStage<Void> retire() {
        retired = true;
        endIfUnused();
        return ended;
    }

    private void endIfUnused() {
        if (retired && inFlight == 0 && !ended.isDone()) {
            if (made != null) {
                clients.close(made);
            }
            ended.complete(null);
        }
    }
}
