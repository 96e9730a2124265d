package dev.baton.cli.demo;

import dev.baton.cli.store.Kind;
import dev.baton.cli.store.KubernetesApi;
import dev.baton.spi.ElectionName;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes to an object beside the election's, of the same kind, and deletes both at the end. */
final class KubernetesProbe implements Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern VERSION = Pattern.compile("\"resourceVersion\":\\s*\"([0-9]+)\"");

    private final KubernetesApi api;
    private final Kind kind;
    private final ElectionName election;
    private String version = "";
    private long writes;

    private KubernetesProbe(Config config, Kind kind, ElectionName election) {
        this.api = new KubernetesApi(config, PATIENCE);
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
            probe.api.close();
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
            api.close();
        }
    }

    /** The API server's address. */
    String url() {
        return api.url();
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
        KubernetesApi.Answer answer = api.send(method, path() + name, body);
        boolean gone = method.equals("DELETE") && answer.code() == KubernetesApi.NOT_FOUND;
        if (!answer.isSuccessful() && !gone) {
            throw new IOException("Kubernetes at " + url() + " answered " + answer.code() + " to " + method + " "
                    + path() + name + ": " + answer.body());
        }
        Matcher found = VERSION.matcher(answer.body());
        version = found.find() ? found.group(1) : version;
    }
}
