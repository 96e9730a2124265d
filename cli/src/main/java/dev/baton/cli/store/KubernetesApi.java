package dev.baton.cli.store;

import dev.baton.kubernetes.ClusterAccess;
import dev.baton.kubernetes.Credentials;
import dev.baton.spi.ElectionTiming;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Single requests to an API server, without retries, and a sentence for each way in which a request can fail. */
public final class KubernetesApi implements AutoCloseable {
    public static final int BAD_REQUEST = 400;
    public static final int NOT_FOUND = 404;
    public static final int UNAUTHORIZED = 401;
    public static final int FORBIDDEN = 403;

    private final HttpClient client;
    private final Config config;
    private final Duration patience;

    /**
     * An answer of any status.
     *
     * @param date the time of the answer by the server's clock, in whole seconds; null if the answer has none
     */
    public record Answer(int code, String body, @Nullable Instant date) {
        public boolean isSuccessful() {
            return HttpResponse.isSuccessful(code);
        }
    }

    /**
     * @param config a result of {@link Credentials#fit}
     * @param patience how long an answer may take
     */
    public KubernetesApi(Config config, Duration patience) {
        this.client = Credentials.client(new JdkHttpClientFactory(), config).build();
        this.config = config;
        this.patience = patience;
    }

    /** The API server's address. */
    public String url() {
        return config.getMasterUrl().replaceAll("/$", "");
    }

    public Answer get(String path) throws IOException, InterruptedException {
        return send(client.newHttpRequestBuilder().uri(url() + path).build());
    }

    public Answer send(String method, String path, String body) throws IOException, InterruptedException {
        return send(client.newHttpRequestBuilder()
                .uri(url() + path)
                .method(method, "application/json", body)
                .build());
    }

    private Answer send(HttpRequest request) throws IOException, InterruptedException {
        try {
            HttpResponse<String> response =
                    client.sendAsync(request, String.class).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.code(), response.bodyString(), date(response.header("Date")));
        } catch (ExecutionException e) {
            throw new IOException("Kubernetes at " + url() + unanswered(e), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "Kubernetes at " + url() + " did not answer within " + ElectionTiming.text(patience), e);
        }
    }

    private static String unanswered(ExecutionException failure) {
        if (ClusterAccess.speaksNoTls(failure)) {
            return " answers without TLS; write http:// in the kubeconfig's server if it has none";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
                return " shows a certificate that is not trusted (" + cause.getMessage()
                        + "); set certificate-authority in the kubeconfig to the cluster's own, and use an address that"
                        + " the certificate names";
            }
        }
        return " is not reachable (" + failure.getCause() + "); check the kubeconfig's current context with \"kubectl"
                + " get namespaces\"";
    }

    private static @Nullable Instant date(@Nullable String header) {
        try {
            return header == null
                    ? null
                    : ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
