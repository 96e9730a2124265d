package dev.baton.zookeeper;

import static dev.baton.zookeeper.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.client.ZKClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutual TLS, set up through Curator's builder as its users know it. */
class TlsIT {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    @Test
    void aCandidateLeadsOverMutualTls() throws Exception {
        int port = freePort();
        try (ZooKeeperEnsemble server = server(port);
                ZooKeeperBackend backend = ZooKeeperBackend.builder("127.0.0.1:" + port)
                        .curator(builder -> builder.zkClientConfig(clientConfig()))
                        .build()) {
            assertThat(server.members()).isEqualTo(1);
            LeaderElection election = LeaderElection.on(backend, "orders/reconciler")
                    .onStartedLeading(term -> {})
                    .start();
            await().until(election::leadership, Optional::isPresent);
        }
    }

    /** The same port, without the settings: a plain client gets nowhere. */
    @Test
    void aCandidateWithoutTlsDoesNotLead() throws Exception {
        int port = freePort();
        try (ZooKeeperEnsemble server = server(port);
                ZooKeeperBackend backend = ZooKeeperBackend.builder("127.0.0.1:" + port)
                        .connectionTimeout(Duration.ofSeconds(1))
                        .build()) {
            assertThat(server.members()).isEqualTo(1);
            LeaderElection election = LeaderElection.on(backend, "orders/reconciler")
                    .onStartedLeading(term -> {})
                    .start();
            await().until(() -> !election.health().healthy());
            assertThat(election.leadership()).isEmpty();
            assertThat(election.health().detail()).contains("127.0.0.1:" + port);
        }
    }

    private ZooKeeperEnsemble server(int port) throws Exception {
        makeKeys();
        return ZooKeeperEnsemble.builder()
                .extra("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory")
                .extra("secureClientPort", Integer.toString(port))
                .extra("secureClientPortAddress", "127.0.0.1")
                .extra("ssl.keyStore.location", store("keys").toString())
                .extra("ssl.keyStore.password", PASSWORD)
                .extra("ssl.trustStore.location", store("trusted").toString())
                .extra("ssl.trustStore.password", PASSWORD)
                .start();
    }

    private ZKClientConfig clientConfig() {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        config.setProperty("zookeeper.ssl.keyStore.location", store("keys").toString());
        config.setProperty("zookeeper.ssl.keyStore.password", PASSWORD);
        config.setProperty("zookeeper.ssl.trustStore.location", store("trusted").toString());
        config.setProperty("zookeeper.ssl.trustStore.password", PASSWORD);
        return config;
    }

    private Path store(String name) {
        return folder.resolve(name + ".p12");
    }

    private void makeKeys() throws Exception {
        keytool("-genkeypair -keyalg RSA -dname CN=localhost -ext SAN=ip:127.0.0.1,dns:localhost -validity 2", "keys");
        keytool("-exportcert -file " + folder.resolve("cert"), "keys");
        keytool("-importcert -noprompt -file " + folder.resolve("cert"), "trusted");
    }

    private void keytool(String command, String store) throws Exception {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        words.addAll(List.of(command.split(" ")));
        words.addAll(List.of(
                "-alias",
                "zookeeper",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store(store).toString()));
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(command).isZero();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
