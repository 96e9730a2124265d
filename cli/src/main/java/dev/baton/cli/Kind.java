package dev.baton.cli;

import dev.baton.etcd.EtcdBackend;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.spi.LockBackend;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The kinds of stores, called as the library calls them. */
enum Kind {
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

    String text() {
        return text;
    }

    /** What an operator calls it. */
    String shortText() {
        return shortText;
    }

    /** Of the objects that carry the record, on Kubernetes. */
    String apiVersion() {
        return apiVersion;
    }

    /** What one such object is called, {@code Lease} for example. */
    String object() {
        return object;
    }

    /** The path of all such objects in {@code namespace}. */
    String path(String namespace) {
        return root() + "/namespaces/" + namespace + "/" + resource;
    }

    /** The path of all such objects in all namespaces. */
    String path() {
        return root() + "/" + resource;
    }

    private String root() {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
    }

    /** What such objects are called in paths and permissions, {@code leases} for example. */
    String resource() {
        return resource;
    }

    static Optional<Kind> of(String text) {
        return Arrays.stream(values())
                .filter(kind -> kind.text.equals(text) || kind.shortText.equals(text))
                .findFirst();
    }

    /** All of them, for a sentence. */
    static String choices() {
        return Arrays.stream(values()).map(Kind::text).collect(Collectors.joining(", "));
    }

    /** All of them as operators call them, for a sentence. */
    static String shortChoices() {
        return Arrays.stream(values()).map(Kind::shortText).collect(Collectors.joining(", "));
    }

    /** The backend of a candidate; it connects when first used. */
    LockBackend open(Part part) {
        return switch (this) {
            case ZOOKEEPER ->
                ZooKeeperBackend.builder(part.address())
                        .basePath(part.place())
                        .tickTime(part.tick())
                        .build();
            case ETCD ->
                EtcdBackend.builder(part.address())
                        .prefix(part.place())
                        // The venue has looked at the servers before.
                        .allowUnsafeServers(true)
                        .build();
            case K8S_LEASE, K8S_ENDPOINTS, K8S_CONFIGMAP ->
                // Events would stay in the cluster for an hour after the demo.
                kubernetes(Path.of(part.address())).events(false).build();
        };
    }

    /** @throws IllegalArgumentException when the kubeconfig is of no use */
    KubernetesBackend.Builder kubernetes(Path kubeconfig) {
        return kubernetes().kubeconfig(kubeconfig);
    }

    /** One that is yet to be told where the cluster is. */
    KubernetesBackend.Builder kubernetes() {
        return switch (this) {
            case K8S_ENDPOINTS -> KubernetesBackend.endpoints();
            case K8S_CONFIGMAP -> KubernetesBackend.configMap();
            case K8S_LEASE -> KubernetesBackend.lease();
            case ZOOKEEPER, ETCD -> throw new IllegalStateException(text + " is not on Kubernetes");
        };
    }
}
