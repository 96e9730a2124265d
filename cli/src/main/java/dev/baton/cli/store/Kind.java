package dev.baton.cli.store;

import dev.baton.kubernetes.KubernetesBackend;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The kinds of stores, with the library's names. */
public enum Kind {
    ZOOKEEPER("zookeeper", "zookeeper", "", "", ""),
    ETCD("etcd", "etcd", "", "", ""),
    K8S_LEASE("k8s-lease", "kubernetes", "coordination.k8s.io/v1", "Lease", "leases"),
    K8S_ENDPOINTS("k8s-endpoints", "endpoints", "v1", "Endpoints", "endpoints"),
    K8S_CONFIGMAP("k8s-configmap", "configmap", "v1", "ConfigMap", "configmaps");

    private final String text;
    private final String shortText;
    private final String apiVersion;
    private final String object;
    private final String resource;

    Kind(String text, String shortText, String apiVersion, String object, String resource) {
        this.text = text;
        this.shortText = shortText;
        this.apiVersion = apiVersion;
        this.object = object;
        this.resource = resource;
    }

    public String text() {
        return text;
    }

    /** The name for operators. */
    public String shortText() {
        return shortText;
    }

    /** The API version of the objects that carry the record, on Kubernetes. */
    public String apiVersion() {
        return apiVersion;
    }

    /** The kind of one such object, {@code Lease} for example. */
    public String object() {
        return object;
    }

    /** The path of all such objects in {@code namespace}. */
    public String path(String namespace) {
        return root() + "/namespaces/" + namespace + "/" + resource;
    }

    /** The path of all such objects in all namespaces. */
    public String path() {
        return root() + "/" + resource;
    }

    private String root() {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
    }

    /** The name of such objects in paths and permissions, {@code leases} for example. */
    public String resource() {
        return resource;
    }

    public static Optional<Kind> of(String text) {
        return Arrays.stream(values())
                .filter(kind -> kind.text.equals(text) || kind.shortText.equals(text))
                .findFirst();
    }

    /**
     * The message for a text that {@linkplain #of names no kind}.
     *
     * @param called the names to offer instead
     */
    public static String notThere(String text, Function<Kind, String> called) {
        return "'" + text + "' is not there yet; those that are: "
                + Arrays.stream(values()).map(called).collect(Collectors.joining(", "));
    }

    /**
     * A backend in the cluster of that kubeconfig's current context.
     *
     * @throws IllegalArgumentException when the kubeconfig is not valid
     */
    public KubernetesBackend.Builder kubernetes(Path kubeconfig) {
        return kubernetes().kubeconfig(kubeconfig);
    }

    /** The builder of a backend, without the cluster's address. */
    public KubernetesBackend.Builder kubernetes() {
        return switch (this) {
            case K8S_ENDPOINTS -> KubernetesBackend.endpoints();
            case K8S_CONFIGMAP -> KubernetesBackend.configMap();
            case K8S_LEASE -> KubernetesBackend.lease();
            case ZOOKEEPER, ETCD -> throw new IllegalStateException(text + " is not on Kubernetes");
        };
    }
}
