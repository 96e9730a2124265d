package dev.baton.kubernetes;

import dev.baton.spi.BackendException;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code tokenFile} of a kubeconfig's user, which fabric8 ignores; read for each request, because it rotates. */
final class TokenFile implements OAuthTokenProvider {
    private final Path file;

    private TokenFile(Path file) {
        this.file = file;
    }

    /**
     * The token file of the user in {@code config}; null when it names none, or {@code config} has a token beside it.
     */
    static @Nullable TokenFile of(Config config) {
        AuthInfo user = user(config);
        File kubeconfig = config.getFileWithAuthInfo();
        String named = user == null ? null : user.getTokenFile();
        return kubeconfig == null || named == null || named.isBlank()
                ? null
                : new TokenFile(kubeconfig.toPath().toAbsolutePath().resolveSibling(named));
    }

    /**
     * The user in the kubeconfig that {@code config} was read from, or null when other settings have the credentials.
     */
    static @Nullable AuthInfo user(Config config) {
        File kubeconfig = config.getFileWithAuthInfo();
        if (kubeconfig == null
                || config.getOauthTokenProvider() != null
                || config.getOauthToken() != null
                || config.getCurrentContext() == null) {
            return null;
        }
        String user = config.getCurrentContext().getContext().getUser();
        List<NamedAuthInfo> users = Credentials.whole(kubeconfig).getUsers();
        for (NamedAuthInfo each : users == null ? List.<NamedAuthInfo>of() : users) {
            if (each.getUser() != null
                    && each.getName() != null
                    && each.getName().equals(user)) {
                return each.getUser();
            }
        }
        return null;
    }

    @Override
    public String getToken() {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new BackendException(
                    "the token file " + file + " of the kubeconfig cannot be read; correct tokenFile, or the file's"
                            + " permissions",
                    e);
        }
    }
}
