package dev.baton.benchmarks.kubernetes;

import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.testing.servers.FaultyHttp;
import dev.baton.testing.servers.KubeApiServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** The API server, and a namespace of one's own in it. */
final class Cluster {
    final KubeApiServer server;
    final String namespace;

    Cluster(String namespace) throws IOException {
        this.server = KubeApiServer.shared();
        this.namespace = namespace;
        server.createNamespace(namespace);
    }

    /** The election {@code name} here. */
    String election(String name) {
        return namespace + "/" + name;
    }

    KubernetesBackend backend() {
        return backend(server.kubeconfig());
    }

    KubernetesBackend backend(Path kubeconfig) {
        return KubernetesBackend.lease()
                .kubeconfig(kubeconfig)
                .events(false)
                .shutdownHook(false)
                .build();
    }

    /** A proxy before the server, which counts the requests that pass. */
    FaultyHttp counted() throws IOException {
        return FaultyHttp.before(URI.create(server.url()), server.trust());
    }

    /** A kubeconfig of the administrator's that leads through {@code proxy}. */
    Path kubeconfig(FaultyHttp proxy) throws IOException {
        String direct = Files.readString(server.kubeconfig());
        Path file = Files.createTempFile("baton-kubeconfig-", ".yaml");
        file.toFile().deleteOnExit();
        return Files.writeString(
                file, direct.replace(server.url(), proxy.url()).replaceAll("(?m)^.*certificate-authority.*\\R", ""));
    }

    /** Lets anybody elect here: client-go sends no token where there is no TLS, and the proxy has none. */
    void admitAnybody() throws IOException {
        String api = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace;
        post(api + "/roles", """
                {"metadata": {"name": "anybody"}, "rules": [
                  {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["*"]}]}""");
        post(api + "/rolebindings", """
                {"metadata": {"name": "anybody"},
                 "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "anybody"},
                 "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "system:anonymous"}]}""");
    }

    private void post(String path, String body) throws IOException {
        HttpResponse<String> response = server.request(server.adminToken(), "POST", path, body);
        if (response.statusCode() != 201) {
            throw new IOException("the API server answered " + response.statusCode() + ": " + response.body());
        }
    }
}
