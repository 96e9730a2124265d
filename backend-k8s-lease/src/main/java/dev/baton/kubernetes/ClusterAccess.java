package dev.baton.kubernetes;

import dev.baton.spi.Printable;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.kubernetes.client.utils.Utils;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The address of an API server and the credentials for it, as fabric8's client reads them from a kubeconfig or the
 * environment, checked by kubectl's rules. Where a part is missing, fabric8 alone would use another server or no
 * credentials, or throw an exception at each request.
 */
public final class ClusterAccess {
    private static final int LARGEST_PORT = 65_535;

    private ClusterAccess() {}

    /**
     * The access of one context of a kubeconfig.
     *
     * @param context its name; null for the current one
     * @throws IllegalArgumentException naming the file, the fault and the way out
     */
    public static Config read(Path file, @Nullable String context) {
        String name = requireWhole("kubeconfig " + file, List.of(parse(file)), context);
        try {
            return Credentials.read(file, name);
        } catch (RuntimeException e) {
            throw invalid(file, e);
        }
    }

    /**
     * Refuses kubeconfigs that do not lead to a server and to credentials.
     *
     * @param said the content of each file; of two entries with one name, the first counts
     * @return the name of the context
     */
    private static String requireWhole(
            String where, List<io.fabric8.kubernetes.api.model.Config> said, @Nullable String context) {
        String name = context == null ? currentContext(where, said) : context;
        Context chosen = all(said, io.fabric8.kubernetes.api.model.Config::getContexts)
                .filter(each -> name.equals(each.getName()))
                .findFirst()
                .map(NamedContext::getContext)
                .orElseThrow(() -> wrong(
                        where,
                        "must have the context '" + name
                                + "'; see those that are there with \"kubectl config get-contexts\""));
        Cluster cluster = all(said, io.fabric8.kubernetes.api.model.Config::getClusters)
                .filter(each -> Objects.equals(each.getName(), chosen.getCluster()))
                .findFirst()
                .map(NamedCluster::getCluster)
                .orElseThrow(() -> wrong(
                        where,
                        "must have the cluster '" + chosen.getCluster() + "' that its context '" + name
                                + "' names; add it with \"kubectl config set-cluster\""));
        String user = chosen.getUser();
        if (user != null
                && !user.isBlank()
                && all(said, io.fabric8.kubernetes.api.model.Config::getUsers)
                        .noneMatch(each -> user.equals(each.getName()))) {
            throw wrong(
                    where,
                    "must have the user '" + user + "' that its context '" + name
                            + "' names; add it with \"kubectl config set-credentials\"");
        }
        requireServer(where, cluster.getServer());
        return name;
    }

    private static String currentContext(String where, List<io.fabric8.kubernetes.api.model.Config> said) {
        for (io.fabric8.kubernetes.api.model.Config each : said) {
            String name = each.getCurrentContext();
            if (name != null && !name.isBlank()) {
                return name;
            }
        }
        throw wrong(where, "must have a current context; set one with \"kubectl config use-context\"");
    }

    /** All entries of one kind: a file may omit the list, or leave an entry empty. */
    private static <T> Stream<T> all(
            List<io.fabric8.kubernetes.api.model.Config> said,
            Function<io.fabric8.kubernetes.api.model.Config, List<T>> kind) {
        return said.stream()
                .map(kind)
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .filter(Objects::nonNull);
    }

    private static void requireServer(String where, @Nullable String server) {
        Credentials.requireNoUserInfo(server);
        if (server == null || server.isBlank()) {
            throw wrong(where, "must name the server of its cluster, as in https://kube.example.com:6443");
        }
        // fabric8 would prepend http://, and send the token unencrypted.
        if (!server.matches("(?i)https?://.*")) {
            throw wrong(
                    where, "must name its server with a scheme, as in https://" + server.replaceFirst("^.*://", ""));
        }
        try {
            address(server);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    private static io.fabric8.kubernetes.api.model.Config parse(Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw wrong("kubeconfig " + file, "must be a file that can be read; correct the path or its permissions");
        }
        io.fabric8.kubernetes.api.model.@Nullable Config read;
        try (InputStream in = Files.newInputStream(file)) {
            read = Serialization.unmarshal(in, io.fabric8.kubernetes.api.model.Config.class);
        } catch (IOException | RuntimeException e) {
            throw invalid(file, e);
        }
        if (read == null) {
            throw wrong(
                    "kubeconfig " + file,
                    "must not be empty; write one with \"kubectl config view --raw\" where kubectl works");
        }
        return read;
    }

    private static IllegalArgumentException invalid(Path file, Exception cause) {
        return new IllegalArgumentException(
                "kubeconfig " + file + " must be valid; check it with \"kubectl --kubeconfig " + file
                        + " config view\"",
                Credentials.wordless(cause));
    }

    private static IllegalArgumentException wrong(String where, String what) {
        return new IllegalArgumentException(Printable.text(where + " " + what));
    }

    /**
     * The access that fabric8 finds: system properties, the kubeconfig of KUBECONFIG or of the home folder, the pod's
     * service account.
     *
     * @throws IllegalArgumentException when the kubeconfig that it finds is not valid, or leads to no server
     */
    public static Config found() {
        List<File> files = Credentials.files();
        List<io.fabric8.kubernetes.api.model.Config> said =
                valid(() -> files.stream().map(Credentials::whole).toList());
        // A server set by property or variable takes precedence over the files.
        if (!files.isEmpty() && Utils.getSystemPropertyOrEnvVar(Config.KUBERNETES_MASTER_SYSTEM_PROPERTY) == null) {
            String names = files.stream().map(File::toString).collect(Collectors.joining(" and "));
            requireWhole("kubeconfig " + names, said, null);
        }
        return valid(() -> Credentials.found(files));
    }

    private static <T> T valid(Supplier<T> found) {
        try {
            return found.get();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the kubeconfig that KUBECONFIG names, or else ~/.kube/config, must be valid; check it with"
                            + " \"kubectl config view\", or name another with kubeconfig(…)",
                    Printable.failure(e));
        }
    }

    /**
     * {@code config} in a form that requests can use: its address normalised, its proxies as curl and kubectl read
     * them.
     *
     * @throws IllegalArgumentException naming the address or proxy that no request could use
     */
    public static Config usable(Config config) {
        URI server = address(config.getMasterUrl());
        ConfigBuilder usable =
                new ConfigBuilder(config).withAutoConfigure(false).withMasterUrl(server.toString());
        List<String> direct = withoutProxy(config.getNoProxy());
        if (direct.contains("*") || direct.contains(unbracketed(server.getHost()))) {
            usable.withHttpProxy(null).withHttpsProxy(null).withNoProxy();
        } else {
            // fabric8 knows no addresses of IPv6 here; those that are left are not the server's.
            usable.withNoProxy(
                    direct.stream().filter(each -> each.indexOf(':') < 0).toArray(String[]::new));
        }
        Config made = usable.build();
        made.setAutoConfigure(config.getAutoConfigure());
        requireProxies(made);
        return made;
    }

    private static void requireProxies(Config config) {
        boolean none = config.getHttpProxy() == null && config.getHttpsProxy() == null;
        try {
            if (!none) {
                new JdkHttpClientFactory().newBuilder(proxiesOf(config));
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the proxy for " + config.getMasterUrl() + " must be http://host:port, in HTTPS_PROXY for https and"
                            + " HTTP_PROXY for http, and NO_PROXY host names and addresses separated by commas ("
                            + Printable.text(String.valueOf(innermost(e).getMessage())) + "); correct them",
                    Printable.failure(e));
        }
    }

    /** A copy of {@code config} without certificates, whose files may appear later. */
    private static Config proxiesOf(Config config) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(config.getMasterUrl())
                .withHttpProxy(config.getHttpProxy())
                .withHttpsProxy(config.getHttpsProxy())
                .withNoProxy(config.getNoProxy())
                .build();
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * Whether {@code failure} of an https request means that the server does not speak TLS. The JDK reports that only
     * in the message.
     */
    public static boolean speaksNoTls(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (cause instanceof SSLException && said.contains("unrecognized ssl message")) {
                return true;
            }
        }
        return false;
    }

    private static List<String> withoutProxy(String @Nullable [] entries) {
        List<String> direct = new ArrayList<>();
        Arrays.stream(entries == null ? new String[0] : entries)
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .map(ClusterAccess::unbracketed)
                .forEach(direct::add);
        return direct;
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /**
     * An API server's address.
     *
     * @return it, with the scheme in lower case
     * @throws IllegalArgumentException when no request could be sent there
     */
    private static URI address(@Nullable String url) {
        Credentials.requireNoUserInfo(url);
        URI uri;
        try {
            uri = URI.create(url == null ? "" : url);
        } catch (IllegalArgumentException e) {
            throw unusable(url, e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean web = scheme.equals("http") || scheme.equals("https");
        boolean port = uri.getPort() == -1 || (uri.getPort() >= 1 && uri.getPort() <= LARGEST_PORT);
        if (!web || uri.getHost() == null || !port || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw unusable(url, null);
        }
        return URI.create(scheme + String.valueOf(url).substring(scheme.length()));
    }

    private static IllegalArgumentException unusable(@Nullable String url, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "the API server's address \"" + Printable.value(String.valueOf(url))
                        + "\" must be https://host:port, the host a name without '_', an IPv4"
                        + " address, or an IPv6 address in brackets, the port between 1 and " + LARGEST_PORT
                        + "; correct \"server\" in the kubeconfig, or masterUrl",
                cause == null ? null : Printable.failure(cause));
    }
}
