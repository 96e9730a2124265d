package dev.baton.cli.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.LeaderElection;
import dev.baton.cli.status.Status.Election;
import dev.baton.cli.status.Status.State;
import dev.baton.cli.store.Kind;
import dev.baton.cli.store.KubernetesApi;
import dev.baton.kubernetes.KubernetesBackend;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elections in a cluster: GETs of Leases, or of objects with the annotation, of any client.
 *
 * <p>Ages count by the API server's clock, as its answers show it, and not by the clock of the operator's machine.
 */
final class KubernetesReader implements StatusReader {
    private static final Logger log = LoggerFactory.getLogger(KubernetesReader.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int PAGE = 500;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");
    /** Kubelets' heartbeats, one a node. */
    private static final String NODES = "kube-node-lease";
    /** The label of the Leases that API servers keep for each other. */
    private static final String SERVERS = "apiserver.kubernetes.io/identity";

    private final KubernetesApi api;
    private final Config config;
    private final Kind kind;
    private final @Nullable String namespace;
    private final List<Asked> asked;
    private @Nullable KubernetesBackend backend;

    /** The name of an election's object. */
    private record Asked(String namespace, String name) {
        @Override
        public String toString() {
            return namespace + "/" + name;
        }
    }

    /**
     * @param namespace the namespace of names without one, and to list when there are no names; null for all
     * @param names of elections, with or without a namespace and a slash
     * @throws IllegalArgumentException for a name that no object can have
     */
    KubernetesReader(Config config, Kind kind, @Nullable String namespace, List<String> names, Duration patience) {
        this.api = new KubernetesApi(config, patience);
        this.config = config;
        this.kind = kind;
        this.namespace = namespace;
        if (namespace != null && !NAME.matcher(namespace).matches()) {
            throw new IllegalArgumentException(
                    "namespace '" + namespace + "' must be of lower-case letters, digits and '-',"
                            + " as in kube-system; correct --namespace, or the namespace of the kubeconfig's context");
        }
        this.asked = names.stream().map(this::parse).toList();
    }

    private Asked parse(String text) {
        int slash = text.indexOf('/');
        String in = slash < 0 ? namespace : text.substring(0, slash);
        String name = text.substring(slash + 1);
        if (!NAME.matcher(name).matches() || (in != null && !NAME.matcher(in).matches())) {
            throw new IllegalArgumentException("election '" + text + "' must be a name or namespace/name of lower-case"
                    + " letters, digits, '-' and '.', as in kube-system/kube-scheduler; correct it, or leave it out to"
                    + " see all");
        }
        if (in == null) {
            throw new IllegalArgumentException(
                    "election '" + text + "' must be written namespace/name where --all-namespaces is given");
        }
        return new Asked(in, name);
    }

    @Override
    public Status read() throws IOException, InterruptedException {
        List<Election> elections = new ArrayList<>();
        Instant now = asked.isEmpty() ? readAll(elections) : readNamed(elections);
        return new Status(kind.shortText(), api.url(), now, elections, null, List.of());
    }

    private Instant readNamed(List<Election> elections) throws IOException, InterruptedException {
        Instant now = Instant.now();
        for (Asked each : asked) {
            KubernetesApi.Answer answer = api.get(kind.path(each.namespace()) + "/" + each.name());
            now = now(answer);
            if (answer.code() == KubernetesApi.NOT_FOUND) {
                elections.add(Election.without(
                        each.toString(),
                        State.ABSENT,
                        "no leader: there is no " + kind.object() + " " + each + "; baton status -n " + each.namespace()
                                + " lists the existing ones"));
            } else {
                elections.add(election(each.toString(), parse(answer, "get", each.namespace()), now));
            }
        }
        return now;
    }

    private Instant readAll(List<Election> elections) throws IOException, InterruptedException {
        String path = namespace == null ? kind.path() : kind.path(namespace);
        String next = "";
        Instant now;
        do {
            KubernetesApi.Answer answer = api.get(path + "?limit=" + PAGE
                    + (next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8)));
            JsonNode page = parse(answer, "list", namespace);
            now = now(answer);
            for (JsonNode object : page.path("items")) {
                if (isElection(object)) {
                    JsonNode metadata = object.path("metadata");
                    String name = metadata.path("namespace").asText() + "/"
                            + metadata.path("name").asText();
                    elections.add(election(name, object, now));
                }
            }
            next = page.path("metadata").path("continue").asText("");
        } while (!next.isEmpty());
        return now;
    }

    /** Whether the object has a holder, and is an election's. */
    private boolean isElection(JsonNode object) {
        if (kind != Kind.K8S_LEASE) {
            return !LeaderRecord.annotation(object).isEmpty();
        }
        JsonNode metadata = object.path("metadata");
        boolean heartbeat =
                (namespace == null && NODES.equals(metadata.path("namespace").asText()))
                        || metadata.path("labels").has(SERVERS);
        return !heartbeat && LeaderRecord.ofLease(object).holder() != null;
    }

    private Election election(String name, JsonNode object, Instant now) {
        if (kind == Kind.K8S_LEASE) {
            return LeaderRecord.ofLease(object).at(name, now);
        }
        LeaderRecord record = LeaderRecord.ofAnnotation(object);
        if (record != null) {
            return record.at(name, now);
        }
        return LeaderRecord.annotation(object).isEmpty()
                ? Election.without(
                        name,
                        State.VACANT,
                        "no leader: the " + kind.object() + " has no annotation " + LeaderRecord.ANNOTATION)
                : Election.without(
                        name,
                        State.UNKNOWN,
                        "the annotation " + LeaderRecord.ANNOTATION + " is not a leader record; look at it with"
                                + " kubectl, and delete it if it has no owner");
    }

    private static Instant now(KubernetesApi.Answer answer) {
        Instant local = Instant.now();
        Instant date = answer.date();
        // The server's clock shows whole seconds: this machine's is more precise where both agree.
        return date == null || Duration.between(date, local).abs().compareTo(Duration.ofSeconds(2)) <= 0 ? local : date;
    }

    private JsonNode parse(KubernetesApi.Answer answer, String verb, @Nullable String in) throws IOException {
        JsonNode body;
        try {
            body = MAPPER.readTree(answer.body());
        } catch (JsonProcessingException e) {
            body = MAPPER.createObjectNode();
        }
        if (answer.isSuccessful()) {
            return body;
        }
        String said = body.path("message").asText("").isEmpty()
                ? ""
                : " (" + body.path("message").asText() + ")";
        String where = in == null ? "all namespaces" : "namespace \"" + in + "\"";
        throw new IOException("Kubernetes at " + api.url()
                + switch (answer.code()) {
                    case KubernetesApi.UNAUTHORIZED ->
                        " rejected the credentials of this client (401); renew those in the kubeconfig, or choose"
                                + " another with --kubeconfig or --context";
                    case KubernetesApi.FORBIDDEN ->
                        " does not permit to " + verb + " " + kind.resource() + " in " + where
                                + "; grant that verb, or "
                                + (verb.equals("list") ? "name the elections" : "choose another kubeconfig") + said;
                    case KubernetesApi.BAD_REQUEST ->
                        api.url().startsWith("http:") && said.isEmpty()
                                ? " answers 400 to plain HTTP, as TLS servers do; write https:// in the"
                                        + " kubeconfig's server"
                                : " answered 400" + said + " when asked to " + verb + " " + kind.resource() + " in "
                                        + where;
                    default ->
                        " answered " + answer.code() + said + " when asked to " + verb + " " + kind.resource() + " in "
                                + where;
                });
    }

    /** Watches the named elections with the library's own watches. */
    @Override
    public void follow(Runnable changed) {
        if (asked.isEmpty()) {
            return;
        }
        KubernetesBackend watching = kind.kubernetes()
                .config(config)
                .events(false)
                .shutdownHook(false)
                .build();
        backend = watching;
        for (Asked each : asked) {
            try {
                LeaderElection.observe(watching, each.toString())
                        .onLeaderChange(leader -> changed.run())
                        .start();
            } catch (IllegalArgumentException e) {
                // Kubernetes allows the name, and the library does not: the interval reads it again.
                log.debug("{} cannot be watched", each, e);
            }
        }
    }

    @Override
    public void close() {
        if (backend != null) {
            backend.close();
        }
        api.close();
    }
}
