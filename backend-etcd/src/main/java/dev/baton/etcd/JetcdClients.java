package dev.baton.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Clients;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;

/** Makes clients of jetcd's, each for one member: the backend chooses the next member, not jetcd's load balancer. */
record JetcdClients(Settings settings) implements Clients {
    @Override
    public List<String> endpoints() {
        return settings.endpoints();
    }

    @Override
    public Channel open(String endpoint) {
        return new JetcdChannel(endpoint, builder(settings, endpoint).build());
    }

    /** Returns jetcd's builder after the user's settings, for one client or to check the settings. */
    static ClientBuilder builder(Settings settings, String endpoint) {
        ClientBuilder builder = Client.builder().connectTimeout(settings.connectionTimeout());
        settings.jetcd().accept(builder);
        trim(builder);
        if (builder.sslContext() == null && endpoint.startsWith("https:")) {
            useTheSystemsAuthorities(builder);
        }
        // The backend decides what to retry: jetcd's own retries have no limit, and repeat requests for leases.
        return builder.target(target(endpoint)).retryMaxAttempts(0).waitForReady(false);
    }

    /** Removes the line break at the end of a password that was read from a file. */
    private static void trim(ClientBuilder builder) {
        if (builder.user() != null && builder.password() != null) {
            builder.user(trimmed(builder.user())).password(trimmed(builder.password()));
        }
    }

    private static ByteSequence trimmed(ByteSequence credential) {
        byte[] bytes = credential.getBytes();
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
            end--;
        }
        return ByteSequence.from(Arrays.copyOf(bytes, end));
    }

    private static void useTheSystemsAuthorities(ClientBuilder builder) {
        try {
            builder.sslContext(context -> {});
        } catch (SSLException e) {
            throw new IllegalStateException("TLS with the system's certificate authorities could not be set up", e);
        }
    }

    /** Returns the target by which jetcd finds {@code endpoint}. */
    static String target(String endpoint) {
        return EtcdEndpoints.target(List.of(endpoint));
    }
}
