package dev.baton.testing.servers;

import java.io.IOException;
import java.net.http.HttpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service account that candidates are, and the role that is bound to it. */
final class CandidateRole {
    private static final Logger LOG = LoggerFactory.getLogger(CandidateRole.class);
    private static final String NAMESPACE = """
            {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"%s"}}""";
    private static final String ROLE = """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"%s"},"rules":[
            {"apiGroups":["coordination.k8s.io"],"resources":["leases"],
             "verbs":["get","list","watch","create","update","patch"]},
            {"apiGroups":[""],"resources":["endpoints","configmaps"],
             "verbs":["get","list","watch","create","update","patch"]},
            {"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch"]}]}""";
    private static final String BINDING = """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"%1$s"},
            "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"%1$s"},
            "subjects":[{"kind":"ServiceAccount","name":"%1$s","namespace":"%2$s"}]}""";

    private CandidateRole() {}

    /** Makes the namespace, the role and its binding to the service account {@code name}, unless they are there. */
    static void grant(KubeApiServer server, String namespace, String name) throws IOException {
        String roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace;
        make(server, "/api/v1/namespaces", NAMESPACE.formatted(namespace));
        make(server, roles + "/roles", ROLE.formatted(name));
        make(server, roles + "/rolebindings", BINDING.formatted(name, namespace));
    }

    /** Whether {@code server} has heard of it. */
    static boolean isGranted(KubeApiServer server, String namespace, String token) {
        try {
            String leases = "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
            return server.request(token, "GET", leases, null).statusCode() == 200;
        } catch (IOException e) {
            LOG.trace("{} does not answer", server.url(), e);
            return false;
        }
    }

    private static void make(KubeApiServer server, String path, String body) throws IOException {
        HttpResponse<String> answer = server.request(server.adminToken(), "POST", path, body);
        boolean there = answer.statusCode() == 201 || answer.statusCode() == 409;
        if (!there) {
            throw new IOException("POST " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
    }
}
