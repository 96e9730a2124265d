package dev.baton.kubernetes;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.FaultyHttp;
import dev.baton.testing.servers.KubeApiServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** The shared API server, a namespace of one's own in it, and backends and candidates that are closed with it. */
@SuppressWarnings("try") // closing may be interrupted, which a test may see
final class KubernetesStage implements AutoCloseable {
    static final ElectionTiming FAST =
            ElectionTiming.of(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(500));
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final KubeApiServer server;
    final String namespace;
    final ElectionName election;
    private final List<AutoCloseable> open = new ArrayList<>();

    KubernetesStage() throws IOException {
        this(KubeApiServer.shared());
    }

    KubernetesStage(KubeApiServer server) throws IOException {
        this.server = server;
        namespace = "stage-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        election = new ElectionName(namespace, "reconciler");
        server.createNamespace(namespace);
    }

    /** As an administrator. */
    Config config() {
        return config(server.adminToken());
    }

    Config config(String token) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(server.url())
                .withOauthToken(token)
                .withCaCertData(java.util.Base64.getEncoder()
                        .encodeToString(server.caCertificatePem().getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .build();
    }

    /** As an administrator, by way of {@code proxy}. */
    Config through(FaultyHttp proxy) {
        return new ConfigBuilder(config()).withMasterUrl(proxy.url()).build();
    }

    FaultyHttp proxy() throws IOException {
        return later(FaultyHttp.before(URI.create(server.url()), server.trust()));
    }

    KubernetesBackend backend() {
        return backend(KubernetesBackend.lease(), settings -> settings);
    }

    KubernetesBackend backend(FaultyHttp proxy) {
        return backend(KubernetesBackend.lease(), settings -> settings.config(through(proxy)));
    }

    KubernetesBackend backend(KubernetesBackend.Builder builder, UnaryOperator<KubernetesBackend.Builder> settings) {
        return later(
                settings.apply(builder.config(config()).shutdownHook(false)).build());
    }

    TestCandidate candidate(KubernetesBackend backend, String identity) {
        return candidate(backend, identity, FAST);
    }

    TestCandidate candidate(KubernetesBackend backend, String identity, ElectionTiming timing) {
        return later(new TestCandidate(backend, election, identity, timing));
    }

    /** Closed, in reverse order, with the rest. */
    <T extends AutoCloseable> T later(T closeable) {
        open.add(closeable);
        return closeable;
    }

    /** What kubectl prints in this namespace. */
    String kubectl(String... arguments) {
        List<String> all = new ArrayList<>(List.of("-n", namespace));
        all.addAll(List.of(arguments));
        return server.kubectl(all.toArray(String[]::new)).strip();
    }

    ObjectNode lease() {
        try {
            return Json.parse(kubectl("get", "lease", election.name(), "-o", "json"));
        } catch (IOException e) {
            throw new IllegalStateException("kubectl printed no JSON", e);
        }
    }

    String holder() {
        return kubectl("get", "lease", election.name(), "-o", "jsonpath={.spec.holderIdentity}");
    }

    /** A file with this text. */
    String file(String name, String text) {
        try {
            Path file = Files.createTempDirectory("baton-stage").resolve(name);
            Files.writeString(file, text);
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void until(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    @Override
    public void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }
}
