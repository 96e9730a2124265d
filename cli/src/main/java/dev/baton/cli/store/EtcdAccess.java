package dev.baton.cli.store;

import dev.baton.etcd.EtcdEndpoints;
import dev.baton.spi.ElectionTiming;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The access to etcd. Requests are not retried, so that one round trip is one request.
 *
 * @param authority the authority of the members' certificates, as PEM; null for the JVM's authorities
 * @param certificate the client's certificate, as PEM; null for none
 * @param key the certificate's key, as PEM in PKCS#8
 * @param user the user's name and password, separated by a colon; null for none
 */
public record EtcdAccess(
        @Nullable Path authority,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable String user) {
    public static final EtcdAccess OPEN = new EtcdAccess(null, null, null, null);

    /** The most bytes of one answer: the keys of some hundred thousand candidates. */
    private static final int LARGEST = 64 << 20;

    /**
     * A client of all {@code endpoints}; it connects when first used.
     *
     * @throws IllegalArgumentException when a file is not valid
     */
    public Client client(List<String> endpoints, Duration patience) {
        ClientBuilder builder = Client.builder()
                .target(EtcdEndpoints.target(endpoints))
                .connectTimeout(patience)
                .retryMaxAttempts(0)
                .maxInboundMessageSize(LARGEST)
                .waitForReady(false);
        if (user != null) {
            String[] parts = user.split(":", 2);
            builder.user(bytes(parts[0])).password(bytes(parts.length > 1 ? parts[1] : ""));
        }
        if (endpoints.stream().anyMatch(endpoint -> endpoint.startsWith("https:"))) {
            try {
                builder.sslContext(context -> {
                    if (authority != null) {
                        context.trustManager(file(authority));
                    }
                    if (certificate != null && key != null) {
                        context.keyManager(file(certificate), file(key));
                    }
                });
            } catch (SSLException e) {
                throw new IllegalArgumentException("TLS cannot be set up: " + e.getMessage(), e);
            }
        }
        return builder.build();
    }

    /**
     * Waits for an answer.
     *
     * @throws IOException with the innermost reason when there is none within {@code patience}
     */
    public static <T> T await(CompletableFuture<T> answer, Duration patience) throws IOException, InterruptedException {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(innermost(e), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + ElectionTiming.text(patience), e);
        }
    }

    /** The first line of the innermost message: further lines of Netty's messages repeat internal details. */
    private static String innermost(Throwable failure) {
        String said = failure.toString();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            said = message == null || message.isBlank() ? said : message;
        }
        return said.lines().findFirst().orElse(said);
    }

    public static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static File file(Path path) {
        return path.toFile();
    }
}
