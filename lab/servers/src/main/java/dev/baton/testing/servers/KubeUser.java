package dev.baton.testing.servers;

import java.nio.file.Path;

/**
 * A service account that may take part in elections in one namespace, and nothing else.
 *
 * @param token its bearer token, good for a week
 * @param kubeconfig the file with which clients are this user, in that namespace, through the load balancer
 */
public record KubeUser(String namespace, String name, String token, Path kubeconfig) {}
