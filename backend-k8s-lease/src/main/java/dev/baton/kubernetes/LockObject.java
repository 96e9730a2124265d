package dev.baton.kubernetes;

import dev.baton.spi.ElectionName;

/** The kinds of objects that can carry a record, and their paths on the API server. */
enum LockObject {
    /** {@code coordination.k8s.io/v1} Lease: what Kubernetes' own components use. */
    LEASE("k8s-lease", "coordination.k8s.io/v1", "Lease", "/apis/coordination.k8s.io/v1", "leases"),
    /** The annotation of client-go's former {@code endpoints} lock. */
    ENDPOINTS("k8s-endpoints", "v1", "Endpoints", "/api/v1", "endpoints"),
    /** The annotation of client-go's former {@code configmaps} lock. */
    CONFIG_MAP("k8s-configmap", "v1", "ConfigMap", "/api/v1", "configmaps");

    private final String text;
    private final String apiVersion;
    private final String kind;
    private final String root;
    private final String resource;

    LockObject(String text, String apiVersion, String kind, String root, String resource) {
        this.text = text;
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.root = root;
        this.resource = resource;
    }

    /** {@code k8s-lease} for {@link #LEASE}. */
    String text() {
        return text;
    }

    String apiVersion() {
        return apiVersion;
    }

    /** {@code Lease} for {@link #LEASE}. */
    String kind() {
        return kind;
    }

    /** {@code leases} for {@link #LEASE}: what RBAC and {@code kubectl} call them. */
    String resource() {
        return resource;
    }

    /** The API group; the core's is empty. */
    String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    RecordFormat format() {
        return this == LEASE ? RecordFormat.SPEC : RecordFormat.ANNOTATION;
    }

    /** The path of all objects of a namespace. */
    String path(String namespace) {
        return root + "/namespaces/" + namespace + "/" + resource;
    }

    /** The path of one object. */
    String path(ElectionName election) {
        return path(election.namespace()) + "/" + election.name();
    }
}
