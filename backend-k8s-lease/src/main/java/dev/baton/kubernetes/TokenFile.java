package dev.baton.kubernetes;

import dev.baton.spi.BackendException;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The {@code tokenFile} of a kubeconfig's user, which fabric8 does not look at; read for each request, as it rotates. */
final class TokenFile implements OAuthTokenProvider {
    private final Path file;

    private TokenFile(Path file) {
        this.file = file;
    }

    /** That of the user whom {@code config} was read for, or null when there is none, or a token was given beside it. */
    static @Nullable TokenFile of(Config config) {
        File kubeconfig = config.getFileWithAuthInfo();
        if (kubeconfig == null
                || config.getOauthTokenProvider() != null
                || config.getOauthToken() != null
                || config.getCurrentContext() == null) {
            return null;
        }
        String user = config.getCurrentContext().getContext().getUser();
        try (InputStream in = Files.newInputStream(kubeconfig.toPath())) {
            for (NamedAuthInfo each : Serialization.unmarshal(in, io.fabric8.kubernetes.api.model.Config.class)
                    .getUsers()) {
                String named = each.getUser() == null ? null : each.getUser().getTokenFile();
                if (each.getName().equals(user) && named != null && !named.isBlank()) {
                    return new TokenFile(kubeconfig.toPath().toAbsolutePath().resolveSibling(named));
                }
            }
            return null;
        } catch (IOException e) {
            throw new IllegalArgumentException("kubeconfig " + kubeconfig + " must be a file that can be read", e);
        }
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
