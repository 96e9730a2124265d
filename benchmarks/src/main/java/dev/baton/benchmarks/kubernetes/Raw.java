package dev.baton.benchmarks.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One Lease, with nothing between it and the HTTP client that the backend uses too (the JDK's, HTTP/1.1): what any
 * election there has to pay.
 */
final class Raw implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Cluster cluster;
    private final String name;
    private final HttpClient http;
    private volatile Flow.@Nullable Subscription subscription;
    private @Nullable CompletableFuture<?> watch;

    Raw(Cluster cluster, String name) throws IOException {
        this.cluster = cluster;
        this.name = name;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(cluster.server.trust())
                .build();
    }

    ObjectNode create(String holder) throws IOException, InterruptedException {
        ObjectNode lease = JSON.createObjectNode();
        lease.put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
        lease.putObject("metadata").put("name", name);
        lease.putObject("spec").put("leaseDurationSeconds", 15).put("holderIdentity", holder);
        HttpRequest request = request("")
                .POST(HttpRequest.BodyPublishers.ofString(lease.toString()))
                .build();
        return parse(answer(http.send(request, HttpResponse.BodyHandlers.ofString())));
    }

    /** Writes {@code lease} with another holder, on condition that it still stands. */
    CompletableFuture<ObjectNode> put(ObjectNode lease, String holder) {
        ObjectNode next = lease.deepCopy();
        ((ObjectNode) next.get("spec")).put("holderIdentity", holder);
        HttpRequest request = request("/" + name)
                .PUT(HttpRequest.BodyPublishers.ofString(next.toString()))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(Raw::answer)
                .thenApply(Raw::parse);
    }

    /** Hands every Lease that stands or comes to stand here to {@code changed}, on a thread of the client. */
    void watch(Consumer<ObjectNode> changed) {
        HttpRequest request = request("?watch=true&fieldSelector=metadata.name%3D" + name)
                .GET()
                .build();
        watch = http.sendAsync(request, HttpResponse.BodyHandlers.fromLineSubscriber(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription begun) {
                subscription = begun;
                begun.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(String line) {
                changed.accept((ObjectNode) parse(line).get("object"));
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
        }));
    }

    static String holder(ObjectNode lease) {
        return lease.at("/spec/holderIdentity").asText();
    }

    private HttpRequest.Builder request(String rest) {
        return HttpRequest.newBuilder(URI.create(cluster.server.url() + "/apis/coordination.k8s.io/v1/namespaces/"
                        + cluster.namespace + "/leases" + rest))
                .header("Authorization", "Bearer " + cluster.server.adminToken())
                .header("Content-Type", "application/json");
    }

    private static String answer(HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(
                    "the API server answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    private static ObjectNode parse(String text) {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Flow.Subscription open = subscription;
        if (open != null) {
            open.cancel();
        }
        if (watch != null) {
            watch.cancel(true);
        }
    }
}
