package dev.baton.kubernetes;

import dev.baton.spi.Printable;
import dev.baton.spi.Secrets;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import io.fabric8.kubernetes.client.utils.Utils;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of a client on Kubernetes: reads them, makes them fit for requests, and keeps them out of messages.
 * Not for users of the library.
 *
 * <p>A token with a line break at its end is trimmed; a credential that no header can carry is refused, in a message
 * without the credential. Baton itself runs the program that a kubeconfig names for credentials, because fabric8 would
 * log the program's output.
 */
public final class Credentials {
    /** fabric8's interceptor that logs every header at TRACE, the credential among them. */
    private static final String FABRIC8_HEADER_LOG = "HttpLogging";

    private static final Pattern SECRET_NAME = Pattern.compile("(?i)auth|token|key|secret|cookie");

    private Credentials() {}

    // -- read -----------------------------------------------------------------------------------------------------

    /**
     * The access in one kubeconfig; runs no program.
     *
     * @param context the context to use; null for the current one
     * @throws IllegalArgumentException when the file is not a kubeconfig; neither message nor cause repeats its content
     */
    public static Config read(Path file, @Nullable String context) {
        Config read = Config.empty();
        KubeConfigUtils.merge(read, context, parsed(file.toFile()));
        return read;
    }

    /** The kubeconfigs that fabric8 finds; none where a setting keeps it from looking for them. */
    static List<File> files() {
        List<File> files = new ArrayList<>();
        if (Utils.getSystemPropertyOrEnvVar(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, true)) {
            Config.getKubeconfigFilenames().stream()
                    .map(File::new)
                    .filter(file -> file.isFile() && file.length() > 0)
                    .forEach(files::add);
        }
        return files;
    }

    /**
     * The access that fabric8 finds: from kubeconfigs, or else the pod's service account; system properties take
     * precedence over both.
     *
     * @param files as {@link #files} found them
     * @throws IllegalArgumentException as {@link #read}
     */
    static Config found(List<File> files) {
        if (files.isEmpty()) {
            return new ConfigBuilder().build();
        }
        Config found = Config.empty();
        KubeConfigUtils.merge(
                found,
                null,
                files.stream().map(Credentials::parsed).toArray(io.fabric8.kubernetes.api.model.Config[]::new));
        Config.configFromSysPropsOrEnvVars(found);
        found.setAutoConfigure(true);
        return found;
    }

    /** The content of {@code file} without the programs in it. */
    private static io.fabric8.kubernetes.api.model.Config parsed(File file) {
        io.fabric8.kubernetes.api.model.Config parsed = whole(file);
        if (parsed.getUsers() != null) {
            parsed.getUsers().stream()
                    .filter(each -> each != null && each.getUser() != null)
                    .forEach(each -> each.getUser().setExec(null));
        }
        return parsed;
    }

    /**
     * The whole content of {@code file}. A parser's message repeats the lines around the error, which may hold a token,
     * so it is left out.
     */
    static io.fabric8.kubernetes.api.model.Config whole(File file) {
        io.fabric8.kubernetes.api.model.Config parsed = null;
        try {
            parsed = KubeConfigUtils.parseConfig(file);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(invalid(file), wordless(e));
        }
        if (parsed == null) {
            throw new IllegalArgumentException(invalid(file));
        }
        return parsed;
    }

    private static String invalid(File file) {
        String shown = Printable.value(file.toString());
        return "kubeconfig " + shown + " must be valid; check it with \"kubectl --kubeconfig " + shown
                + " config view\"";
    }

    static Throwable wordless(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        IllegalArgumentException wordless = new IllegalArgumentException(
                innermost.getClass().getName() + ", whose message may repeat a secret and is left out");
        wordless.setStackTrace(innermost.getStackTrace());
        return wordless;
    }

    // -- made fit for requests ----------------------------------------------------------------------------------------

    /**
     * A copy of {@code config} with credentials that requests can carry.
     *
     * @throws IllegalArgumentException when a header cannot carry the credential, or the address has one in it
     */
    public static Config fit(Config config) {
        requireNoUserInfo(config.getMasterUrl());
        // With autoConfigure the copy would run a kubeconfig's program.
        Config fit = new ConfigBuilder(config)
                .withAutoConfigure(false)
                .withOauthToken(token(config.getOauthToken()))
                .withAutoOAuthToken(token(config.getAutoOAuthToken()))
                .withUsername(oneLine(config.getUsername()))
                .withPassword(oneLine(config.getPassword()))
                .withCustomHeaders(headers(config.getCustomHeaders()))
                .build();
        OAuthTokenProvider provider = config.getOauthTokenProvider();
        if (provider == null) {
            provider = TokenFile.of(config);
        }
        ExecPlugin program = provider == null ? ExecPlugin.of(config) : null;
        if (program != null) {
            program.certify(fit);
            provider = program;
        } else {
            fit.setAutoConfigure(config.getAutoConfigure());
        }
        fit.setOauthTokenProvider(provider);
        return fit;
    }

    /** Refuses an address with user info, in a message without the user info. */
    static void requireNoUserInfo(@Nullable String url) {
        if (url != null && url.indexOf('@') >= 0) {
            throw new IllegalArgumentException("the API server's address \"" + Secrets.hideUserInfo(url)
                    + "\" must have no user info, which would be ignored; write https://host:port, and put the"
                    + " credentials into the kubeconfig's user");
        }
    }

    private static @Nullable String token(@Nullable String token) {
        if (token == null) {
            return null;
        }
        String trimmed = token.strip();
        if (!isFit(trimmed)) {
            throw new IllegalArgumentException(unfit("token"));
        }
        return trimmed;
    }

    private static @Nullable String oneLine(@Nullable String text) {
        return text == null ? null : text.replaceAll("^[\r\n]+|[\r\n]+$", "");
    }

    private static @Nullable Map<String, String> headers(@Nullable Map<String, String> headers) {
        if (headers == null) {
            return null;
        }
        Map<String, String> fit = new TreeMap<>();
        headers.forEach((name, value) -> {
            String trimmed = value.strip();
            if (!isFit(trimmed)) {
                throw new IllegalArgumentException(unfit("header " + Printable.value(name)));
            }
            fit.put(name, trimmed);
        });
        return fit;
    }

    /** Whether a header can carry {@code value}: only visible ASCII and blanks. */
    static boolean isFit(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    /** The message for a credential that no header can carry. */
    static String unfit(String what) {
        return "the " + what
                + " of this client must be one line of ASCII: it has a line break or another character that no"
                + " HTTP header may have; write it anew, on one line";
    }

    // -- kept out of messages -----------------------------------------------------------------------------------------

    /** The secrets in {@code config}. */
    static Secrets secrets(Config config) {
        List<@Nullable String> values = new ArrayList<>(Arrays.asList(
                config.getOauthToken(),
                config.getAutoOAuthToken(),
                config.getPassword(),
                config.getClientKeyData(),
                config.getTrustStorePassphrase(),
                config.getKeyStorePassphrase(),
                config.getProxyPassword()));
        if (config.getUsername() != null && config.getPassword() != null) {
            values.add(HttpClientUtils.basicCredentials(config.getUsername(), config.getPassword())
                    .substring("Basic ".length()));
        }
        addSecret(values, config.getCustomHeaders());
        addSecret(
                values,
                config.getAuthProvider() == null
                        ? null
                        : config.getAuthProvider().getConfig());
        return Secrets.of(values);
    }

    private static void addSecret(List<@Nullable String> values, @Nullable Map<String, String> settings) {
        if (settings != null) {
            settings.forEach((name, value) -> {
                if (SECRET_NAME.matcher(name).find()) {
                    values.add(value);
                }
            });
        }
    }

    /** Clients that send the credentials of {@code config}, a result of {@link #fit}, and log none of them. */
    public static HttpClient.Builder client(HttpClient.Factory factory, Config config) {
        return client(factory, config, secrets(config));
    }

    static HttpClient.Builder client(HttpClient.Factory factory, Config config, Secrets secrets) {
        return factory.newBuilder(config)
                .addOrReplaceInterceptor(FABRIC8_HEADER_LOG, null)
                .addOrReplaceInterceptor(TokenRefreshInterceptor.NAME, new Authorization(config, factory, secrets));
    }
}
