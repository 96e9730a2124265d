package dev.baton.testing.servers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests to what answers with a certificate of one authority: API servers, what stands before them, and their like. */
final class KubeHttp {
    /** How long a probe waits for its answer. */
    static final Duration PROBE_LIMIT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(KubeHttp.class);

    private final HttpClient client;

    KubeHttp(X509Certificate authority) throws IOException {
        this.client = HttpClient.newBuilder()
                .connectTimeout(PROBE_LIMIT)
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trusting(authority))
                .build();
    }

    /** What trusts {@code authority} and no other. */
    static SSLContext trusting(X509Certificate authority) throws IOException {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", authority);
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the API server's authority cannot be trusted", e);
        }
    }

    /**
     * Sends a request and returns the answer, whatever its status.
     *
     * @param token who asks, or null for nobody in particular
     * @param body JSON, or null for none
     * @throws IOException if there is no answer within {@code limit}
     */
    HttpResponse<String> send(@Nullable String token, String method, String url, @Nullable String body, Duration limit)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(limit)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + method + " " + url, e);
        }
    }

    /** What a probe of {@code url} is answered with status 200, or nothing if it is not. */
    String probe(@Nullable String token, String url) {
        try {
            HttpResponse<String> answer = send(token, "GET", url, null, PROBE_LIMIT);
            return answer.statusCode() == 200 ? answer.body() : "";
        } catch (IOException e) {
            LOG.trace("{} does not answer", url, e);
            return "";
        }
    }
}
