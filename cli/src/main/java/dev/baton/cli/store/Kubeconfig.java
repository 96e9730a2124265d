package dev.baton.cli.store;

import dev.baton.kubernetes.ClusterAccess;
import dev.baton.kubernetes.Credentials;
import io.fabric8.kubernetes.client.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cluster's address and the credentials, by {@code kubectl}'s rules. */
public final class Kubeconfig {
    /** The message when no kubeconfig was {@linkplain #find found}; another way out may follow. */
    public static final String NONE =
            "no kubeconfig was found by --kubeconfig, by KUBECONFIG or at ~/.kube/config; name one";

    private Kubeconfig() {}

    /**
     * The kubeconfig that kubectl would use: the named one, else the first of KUBECONFIG, else the one in the home
     * folder.
     */
    public static Optional<Path> find(@Nullable Path named, Map<String, String> environment, Path home) {
        if (named != null) {
            return Optional.of(named);
        }
        List<Path> candidates = new ArrayList<>();
        for (String file : environment.getOrDefault("KUBECONFIG", "").split(":", -1)) {
            if (!file.isBlank()) {
                candidates.add(Path.of(file));
            }
        }
        if (candidates.isEmpty()) {
            candidates.add(home.resolve(".kube").resolve("config"));
        }
        return candidates.stream().filter(Files::isReadable).findFirst();
    }

    /**
     * A client without retries, so that one round trip is one request. It uses HTTP/1.1, because an API server that
     * rejects credentials ends an HTTP/2 connection before its answer is read.
     *
     * @throws IllegalArgumentException when no request could use {@code config}
     */
    public static Config withoutRetries(Config config) {
        Config fit = Credentials.fit(ClusterAccess.usable(config));
        fit.setRequestRetryBackoffLimit(0);
        fit.setHttp2Disable(true);
        return fit;
    }

    /** The context's namespace. */
    public static String namespace(Config config) {
        String namespace = config.getNamespace();
        return namespace == null || namespace.isBlank() ? "default" : namespace;
    }
}
