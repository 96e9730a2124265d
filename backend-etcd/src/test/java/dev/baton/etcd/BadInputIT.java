package dev.baton.etcd;

import static dev.baton.etcd.Stage.claim;
import static dev.baton.etcd.Stage.failure;
import static dev.baton.etcd.Stage.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.LeaderElection;
import dev.baton.spi.Claim;
import dev.baton.testing.servers.EtcdCluster;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.ClientBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators get wrong: one clear sentence each, on a real server. */
class BadInputIT {
    /** For a busy machine: what is wrong is found out at once when the connection is made. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    /** The first answer with a reason in it: a busy machine may not know of one yet when it is asked. */
    private static String refusal(String endpoints, UnaryOperator<EtcdBackend.Builder> settings) throws Exception {
        return refusal(endpoints, settings, said -> !said.endsWith("is not reachable; retrying"));
    }

    private static String refusal(
            String endpoints, UnaryOperator<EtcdBackend.Builder> settings, Predicate<String> enough) throws Exception {
        try (EtcdBackend backend = settings.apply(EtcdBackend.builder(endpoints).shutdownHook(false))
                .build()) {
            Claim claim = claim(Stage.election(), "one");
            return await().atMost(PATIENCE.multipliedBy(2))
                    .until(() -> failure(backend.acquire(claim, in(backend, PATIENCE))), enough);
        }
    }

    private static Consumer<ClientBuilder> tls(Consumer<SslContextBuilder> context) {
        return client -> {
            try {
                client.sslContext(context);
            } catch (SSLException e) {
                throw new AssertionError(e);
            }
        };
    }

    @Test
    void nobodyListensThere() throws Exception {
        assertThat(refusal(
                        "http://127.0.0.1:1",
                        builder -> builder.connectionTimeout(Duration.ofSeconds(1)),
                        said -> said.contains("Connection refused")))
                .startsWith("etcd at http://127.0.0.1:1 is not reachable; retrying");
    }

    @Test
    void tlsTrustsTheRightAuthorityOnly() throws Exception {
        Certificates members = new Certificates(folder, "members");
        Certificates clients = new Certificates(folder, "clients");
        Certificates strangers = new Certificates(folder, "strangers");
        try (EtcdCluster cluster = EtcdCluster.builder()
                .tls(members.certificate(), members.key(), clients.certificate())
                .start()) {
            String endpoint = cluster.tlsEndpoint(0);
            try (EtcdBackend backend = EtcdBackend.builder(endpoint)
                    .shutdownHook(false)
                    .jetcd(tls(context -> context.trustManager(
                                    members.certificate().toFile())
                            .keyManager(
                                    clients.certificate().toFile(),
                                    clients.key().toFile())))
                    .build()) {
                Stage.leadInTheEnd(backend, claim(Stage.election(), "trusted"));
            }
            assertThat(refusal(
                            endpoint,
                            builder -> builder.jetcd(tls(context ->
                                    context.trustManager(strangers.certificate().toFile())))))
                    .startsWith("etcd at " + endpoint + " could not be trusted over TLS")
                    .contains("check that its addresses begin with https");
            assertThat(refusal(endpoint, builder -> builder)).contains("could not be trusted over TLS");
        }
    }

    @Test
    void addressOfIpv6LeadsToTheServer() throws Exception {
        Certificates members = new Certificates(folder, "members");
        try (EtcdCluster cluster = EtcdCluster.builder()
                .ipv6()
                .tls(members.certificate(), members.key(), null)
                .start()) {
            String plain = EtcdCluster.overIpv6(cluster.endpoint(0));
            assertThat(plain).startsWith("http://[::1]:");
            leads(EtcdBackend.builder(plain.toUpperCase(Locale.ROOT)));
            leads(EtcdBackend.builder(EtcdCluster.overIpv6(cluster.tlsEndpoint(0)))
                    .jetcd(tls(context ->
                            context.trustManager(members.certificate().toFile()))));
        }
    }

    private static void leads(EtcdBackend.Builder settings) {
        try (EtcdBackend backend = settings.shutdownHook(false).build();
                LeaderElection candidate = LeaderElection.on(
                                backend, Stage.election().toString())
                        .onStartedLeading(term -> {})
                        .start()) {
            await().atMost(PATIENCE.multipliedBy(2))
                    .until(() -> candidate.leadership().isPresent());
        }
    }

    /** One sentence that says what is the matter, where gRPC and Netty take two lines to say what happened. */
    @Test
    void tlsWhereThereIsNoneAndNoneWhereThereIsAreNamed() throws Exception {
        Certificates members = new Certificates(folder, "members");
        try (EtcdCluster cluster = EtcdCluster.builder()
                .tls(members.certificate(), members.key(), null)
                .start()) {
            String needless = cluster.endpoint(0).replace("http:", "https:");
            UnaryOperator<EtcdBackend.Builder> soon = builder -> builder.connectionTimeout(Duration.ofSeconds(1));
            assertThat(refusal(needless, soon))
                    .isEqualTo("etcd at " + needless + " is not reachable; retrying (it ended the connection instead of"
                            + " speaking TLS; write http:// in its address if it has none)");
            String missing = cluster.tlsEndpoint(0).replace("https:", "http:");
            assertThat(refusal(missing, soon))
                    .startsWith("etcd at " + missing + " is not reachable; retrying (it ")
                    // Which of the two it does is chance.
                    .containsAnyOf("closed the connection without an answer", "reset the connection")
                    .endsWith("requires TLS does; write https:// in its address if it has TLS)");
        }
    }

    @Test
    void passwordsAndPermissionsAreNamed() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.builder().start()) {
            enableAuth(cluster);
            String endpoints = cluster.endpoints();

            assertThat(refusal(endpoints, user("elector", "wrong")))
                    .startsWith("etcd at " + endpoints + " rejected the credentials of this client")
                    .contains("correct user and password");
            assertThat(refusal(endpoints, builder -> builder)).contains("rejected the credentials of this client");
            assertThat(refusal(endpoints, user("stranger", "secret")))
                    .startsWith("etcd at " + endpoints + " denies access to")
                    .contains("readwrite permission on the prefix /baton/")
                    .contains("etcdctl role grant-permission <role> readwrite --prefix=true /baton/");
            try (EtcdBackend backend = user("elector", "secret")
                    .apply(EtcdBackend.builder(endpoints).shutdownHook(false))
                    .build()) {
                Stage.leadInTheEnd(backend, claim(Stage.election(), "elector"));
            }
        }
    }

    private static UnaryOperator<EtcdBackend.Builder> user(String name, String password) {
        return builder -> builder.jetcd(client -> client.user(bytes(name)).password(bytes(password)));
    }

    static void enableAuth(EtcdCluster cluster) throws IOException {
        cluster.etcdctl("user", "add", "root:secret");
        cluster.etcdctl("user", "grant-role", "root", "root");
        cluster.etcdctl("role", "add", "electors");
        cluster.etcdctl("role", "grant-permission", "electors", "readwrite", "--prefix=true", "/baton/");
        cluster.etcdctl("user", "add", "elector:secret");
        cluster.etcdctl("user", "grant-role", "elector", "electors");
        cluster.etcdctl("user", "add", "stranger:secret");
        cluster.etcdctl("auth", "enable");
    }
}
