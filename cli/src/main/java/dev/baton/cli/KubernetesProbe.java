package dev.baton.cli;

import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes to an object beside the election's, of the same kind, and deletes both in the end. */
final class KubernetesProbe implements Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern VERSION = Pattern.compile("\"resourceVersion\":\\s*\"([0-9]+)\"");
    private static final int NOT_FOUND = 404;

    private final HttpClient client;
    private final Config config;
    private final Kind kind;
    private final ElectionName election;
    private String version = "";
    private long writes;

    private KubernetesProbe(Config config, Kind kind, ElectionName election) {
        this.client = new JdkHttpClientFactory().newBuilder(config).build();
        this.config = config;
        this.kind = kind;
        this.election = election;
    }

    /** @throws IOException when the API server does not answer, or does not let the demo create an object */
    static KubernetesProbe create(Config config, Kind kind, ElectionName election)
            throws IOException, InterruptedException {
        KubernetesProbe probe = new KubernetesProbe(config, kind, election);
        try {
            probe.send("POST", "", probe.object());
            return probe;
        } catch (IOException e) {
            probe.client.close();
            throw e;
        }
    }

    @Override
    public void write() throws IOException, InterruptedException {
        writes++;
        send("PUT", "/" + name(), object());
    }

    @Override
    public void cleanUp() throws IOException, InterruptedException {
        try {
            for (String name : List.of(name(), election.name())) {
                send("DELETE", "/" + name, "{}");
            }
        } finally {
            client.close();
        }
    }

    /** The API server's address. */
    String url() {
        return config.getMasterUrl().replaceAll("/$", "");
    }

    private String name() {
        return election.name() + "-round-trips";
    }

    private String object() {
        return """
                {"apiVersion":"%s","kind":"%s","metadata":{"namespace":"%s","name":"%s","resourceVersion":"%s",
                "annotations":{"writes":"%d"}}}""".formatted(kind.apiVersion(), kind.object(), election.namespace(), name(), version, writes);
    }

    private String path() {
        return kind.path(election.namespace());
    }

    private void send(String method, String name, String body) throws IOException, InterruptedException {
        HttpRequest request = client.newHttpRequestBuilder()
                .uri(url() + path() + name)
                .method(method, "application/json", body)
                .build();
        HttpResponse<String> answer;
        try {
            answer = client.sendAsync(request, String.class).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(
                    "Kubernetes at " + url() + " is not reachable (" + e.getCause()
                            + "); check the kubeconfig's current" + " context with \"kubectl get namespaces\"",
                    e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "Kubernetes at " + url() + " did not answer within " + ElectionTiming.text(PATIENCE), e);
        }
        boolean gone = method.equals("DELETE") && answer.code() == NOT_FOUND;
        if (!answer.isSuccessful() && !gone) {
            throw new IOException("Kubernetes at " + url() + " answered " + answer.code() + " to " + method + " "
                    + path() + name + ": " + answer.bodyString());
        }
        Matcher found = VERSION.matcher(answer.bodyString());
        version = found.find() ? found.group(1) : version;
    }
}
