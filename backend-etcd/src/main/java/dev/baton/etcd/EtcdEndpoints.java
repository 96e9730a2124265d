package dev.baton.etcd;

import dev.baton.spi.Printable;
import dev.baton.spi.Secrets;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The addresses of an etcd cluster's members: which forms are valid, and their form for jetcd. */
public final class EtcdEndpoints {
    private static final int LARGEST_PORT = 65_535;

    private EtcdEndpoints() {}

    /**
     * Parses addresses that are separated by commas: each {@code http://host:port} or {@code https://host:port}, the host a
     * name, an IPv4 address, or an IPv6 address in brackets. Without a scheme it is {@code http}, as for {@code etcdctl}.
     *
     * @return each address once, with its scheme in lower case and nothing after its port
     * @throws IllegalArgumentException with the address, the rule that it breaks and the way out
     */
    public static List<String> parse(String endpoints) {
        if (endpoints.isBlank()) {
            throw new IllegalArgumentException("etcd's address must not be blank; write http://host:port of each"
                    + " member, separated by commas, for example \"http://localhost:2379\"");
        }
        if (endpoints.indexOf('@') >= 0) {
            throw new IllegalArgumentException("etcd's address \"" + Secrets.hideUserInfo(endpoints)
                    + "\" must have no user info: it would not be used; write http://host:port, and give user and password"
                    + " apart");
        }
        return Arrays.stream(endpoints.split(",", -1))
                .map(String::strip)
                .map(EtcdEndpoints::endpoint)
                .distinct()
                .toList();
    }

    private static String endpoint(String text) {
        URI uri;
        try {
            uri = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            throw malformed(text, hint(text), e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        String authority = uri.getRawAuthority();
        if (!(scheme.equals("http") || scheme.equals("https")) || authority == null) {
            throw malformed(text, "", null);
        }
        if (uri.getHost() == null || uri.getPort() < 1 || uri.getPort() > LARGEST_PORT) {
            throw malformed(text, hint(text), null);
        }
        String path = uri.getRawPath();
        if (!(path.isEmpty() || path.equals("/")) || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw malformed(text, " with nothing after the port: etcd answers at no path", null);
        }
        return scheme + "://" + authority;
    }

    /** A hint at what is wrong with the part between the slashes and the port, or an empty string. */
    private static String hint(String text) {
        String rest = text.substring(text.indexOf("://") < 0 ? 0 : text.indexOf("://") + 3);
        int end = rest.lastIndexOf(':');
        String host = end < 0 ? rest : rest.substring(0, end);
        String port = end < 0 ? "" : rest.substring(end + 1);
        if (host.contains(":") && !host.startsWith("[")) {
            return ", an IPv6 address in brackets, as in http://[::1]:2379";
        }
        if (host.contains("_")) {
            return ", and no host has a '_' in its name; use a name without one, or the IP address";
        }
        return port.matches("\\d+") ? ", the port between 1 and " + LARGEST_PORT : "";
    }

    private static IllegalArgumentException malformed(
            String text, String hint, @Nullable IllegalArgumentException cause) {
        return new IllegalArgumentException(
                "etcd's address \"" + Printable.value(text) + "\" must be http://host:port or https://host:port" + hint,
                cause == null ? null : Printable.failure(cause));
    }

    /**
     * The addresses {@code endpoints} as jetcd's {@code target}. From addresses jetcd would write an IPv6 literal in a form
     * that it cannot parse itself.
     *
     * @param endpoints as {@link #parse} returned them
     */
    public static String target(List<String> endpoints) {
        return endpoints.stream()
                .map(endpoint -> endpoint.substring(endpoint.indexOf("://") + 3))
                .map(authority ->
                        authority.replace("%", "%25").replace("[", "%5B").replace("]", "%5D"))
                .collect(Collectors.joining(",", "ip:///", ""));
    }
}
