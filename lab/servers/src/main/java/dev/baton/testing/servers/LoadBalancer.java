package dev.baton.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * HAProxy before API servers: it passes connections on to those that call themselves ready, in turn, and cuts those to
 * one that no longer does.
 */
final class LoadBalancer {
    /**
     * After kubeadm's documentation, with checks that notice within two seconds what takes it ten, and without its time
     * limit on connections on which nothing is said, which would end every quiet watch.
     */
    private static final String CONFIGURATION = """
            global
                maxconn 2000
            defaults
                mode tcp
                timeout connect 2s
                timeout check 2s
                timeout client 1h
                timeout server 1h
                retries 3
                option redispatch 1
            frontend kubernetes
                bind 127.0.0.1:%d
                default_backend apiservers
            backend apiservers
                balance roundrobin
                option httpchk
                http-check send meth GET uri /readyz
                http-check expect status 200
                default-server check check-ssl verify required ca-file %s inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
            %s
            frontend statistics
                bind 127.0.0.1:%d
                mode http
                stats enable
                stats uri /
                stats refresh 2s
            """;

    private LoadBalancer() {}

    /**
     * HAProxy, not yet started.
     *
     * @param folder where it runs, which is there
     * @param port where clients connect to
     * @param statisticsPort where a browser sees what it thinks of the API servers
     * @throws org.opentest4j.TestAbortedException if it is not installed
     */
    static ServerProcess process(Path folder, List<KubeApiServer> servers, int port, int statisticsPort)
            throws IOException {
        Path authority = Files.writeString(
                folder.resolve("authority.pem"), servers.get(0).caCertificatePem());
        String lines = IntStream.range(0, servers.size())
                .mapToObj(i -> "    server " + Part.apiServer(i) + " 127.0.0.1:"
                        + servers.get(i).address().getPort())
                .collect(Collectors.joining("\n"));
        Path configuration = Files.writeString(
                folder.resolve("haproxy.cfg"), CONFIGURATION.formatted(port, authority, lines, statisticsPort));
        return new ServerProcess(List.of(binary().toString(), "-db", "-f", configuration.toString()), folder);
    }

    /** Asked for before anything is started, so that what is missing aborts the test at once. */
    static Path binary() {
        // Where Debian puts it, which is on no PATH but the administrator's.
        Path debian = Path.of("/usr/sbin/haproxy");
        return Files.isExecutable(debian)
                ? debian
                : Requires.program("haproxy", "install it, on Debian with apt-get install haproxy");
    }
}
