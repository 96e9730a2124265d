package dev.baton.cli;

import dev.baton.etcd.EtcdBackend;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.spi.LockBackend;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The kinds of stores that a demo can be played on, called as the library calls them. */
enum Kind {
    ZOOKEEPER("zookeeper", "", "", ""),
    ETCD("etcd", "", "", ""),
    K8S_LEASE("k8s-lease", "coordination.k8s.io/v1", "Lease", "leases"),
    K8S_ENDPOINTS("k8s-endpoints", "v1", "Endpoints", "endpoints"),
    K8S_CONFIGMAP("k8s-configmap", "v1", "ConfigMap", "configmaps");

    private final String text;
    private final String apiVersion;
    private final String object;
    private final String resource;

    Kind(String text, String apiVersion, String object, String resource) {
        this.text = text;
        this.apiVersion = apiVersion;
        this.object = object;
        this.resource = resource;
    }

    String text() {
        return text;
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
        String root = apiVersion.contains("/") ? "/apis/" : "/api/";
        return root + apiVersion + "/namespaces/" + namespace + "/" + resource;
    }

    static Optional<Kind> of(String text) {
        return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
    }

    /** All of them, for a sentence. */
    static String choices() {
        return Arrays.stream(values()).map(Kind::text).collect(Collectors.joining(", "));
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
        return switch (this) {
            case K8S_ENDPOINTS -> KubernetesBackend.endpoints().kubeconfig(kubeconfig);
            case K8S_CONFIGMAP -> KubernetesBackend.configMap().kubeconfig(kubeconfig);
            case K8S_LEASE -> KubernetesBackend.lease().kubeconfig(kubeconfig);
            case ZOOKEEPER, ETCD -> throw new IllegalStateException(text + " needs no kubeconfig");
        };
    }
}
