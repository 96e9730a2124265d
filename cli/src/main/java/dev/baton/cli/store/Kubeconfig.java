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

/** Which cluster it is, and who we are there, as {@code kubectl} would have it. */
public final class Kubeconfig {
    /** What to say where none is {@linkplain #find found}; another way out may follow. */
    public static final String NONE =
            "no kubeconfig was found by --kubeconfig, by KUBECONFIG or at ~/.kube/config; name one";

    private Kubeconfig() {}

    /** The kubeconfig that kubectl would use: what is named, else the first of KUBECONFIG, else the one at home. */
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
     * With nothing tried again behind our back: a round trip is one. Over HTTP/1.1, since an API server that rejects
     * credentials ends an HTTP/2 connection before its answer is read.
     *
     * @throws IllegalArgumentException when no request could be made with {@code config}
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
