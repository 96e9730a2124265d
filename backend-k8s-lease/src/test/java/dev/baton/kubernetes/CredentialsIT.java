package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.baton.Leadership;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.FaultyHttp;
import dev.baton.testing.servers.KubeApiServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Who the client is, and whom it trusts: where that comes from, what happens when it changes, and that it is not told. */
class CredentialsIT {
    private static final ElectionTiming MEDIUM =
            ElectionTiming.of(Duration.ofSeconds(9), Duration.ofSeconds(6), Duration.ofSeconds(1));
    private static final String STORE_PASSWORD = "not-a-secret";
    private static final String STALE = "a-token-that-has-expired";

    @TempDir
    private Path folder;

    private final Map<String, @Nullable String> before = new HashMap<>();
    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    CredentialsIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    private void property(String name, String value) {
        before.putIfAbsent(name, System.getProperty(name));
        System.setProperty(name, value);
    }

    private static String trouble(TestCandidate candidate) {
        return Objects.requireNonNull(candidate.awaitEvent(Type.UNREACHABLE).detail());
    }

    /** A busy machine may be late before it is refused. */
    private static void awaitTrouble(TestCandidate candidate, String saying) {
        until(
                "it is told that" + saying,
                () -> candidate.events.stream()
                        .filter(event -> event.type() == Type.UNREACHABLE)
                        .anyMatch(event -> String.valueOf(event.detail()).contains(saying)));
    }

    private static long renewals(TestCandidate candidate) {
        return candidate.events.stream()
                .filter(event -> event.type() == Type.RENEWED)
                .count();
    }

    private KubernetesBackend backend(UnaryOperator<KubernetesBackend.Builder> settings) {
        return stage.backend(KubernetesBackend.lease(), settings);
    }

    // -- in a pod -------------------------------------------------------------------------------------------------

    /** What a pod finds: address in the environment, and token and certificate in files, which are elsewhere here. */
    private Path pod(String token) throws IOException {
        URI url = URI.create(stage.server.url());
        Path tokens = folder.resolve("token");
        Path authority = folder.resolve("ca.crt");
        Files.writeString(tokens, token);
        Files.writeString(authority, stage.server.caCertificatePem());
        property(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, "false");
        property(Config.KUBERNETES_SERVICE_HOST_PROPERTY, url.getHost());
        property(Config.KUBERNETES_SERVICE_PORT_PROPERTY, String.valueOf(url.getPort()));
        property(Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY, tokens.toString());
        property(Config.KUBERNETES_CA_CERTIFICATE_FILE_SYSTEM_PROPERTY, authority.toString());
        return tokens;
    }

    @Test
    void podConnectsWithoutASetting() throws IOException {
        pod(stage.server.adminToken());
        TestCandidate one = stage.candidate(stage.later(KubernetesBackend.connect()), "app-1");
        one.awaitTerm();
        assertThat(stage.holder()).isEqualTo("app-1");
    }

    @Test
    void tokenFileThatWasRotatedIsReadAgain() throws IOException {
        Path tokens = pod(STALE);
        TestCandidate one = stage.candidate(stage.later(KubernetesBackend.connect()), "app-1");
        awaitTrouble(one, " rejected the credentials of this client (401) ");
        Files.writeString(tokens, stage.server.adminToken());
        one.awaitTerm();
    }

    @Test
    void leaderWhoseTokenExpiresTakesTheNextOneFromItsFileWithoutALoss() throws IOException {
        String first = stage.server.createServiceAccountToken(stage.namespace, "first");
        String second = stage.server.createServiceAccountToken(stage.namespace, "second");
        stage.kubectl("create", "role", "leases", "--verb=*", "--resource=leases.coordination.k8s.io");
        stage.kubectl(
                "create",
                "rolebinding",
                "leases",
                "--role=leases",
                "--serviceaccount=" + stage.namespace + ":first",
                "--serviceaccount=" + stage.namespace + ":second");
        Path tokens = pod(first);
        TestCandidate one = stage.candidate(stage.later(KubernetesBackend.connect()), "app-1", MEDIUM);
        Leadership term = one.awaitTerm();
        Files.writeString(tokens, second);
        stage.kubectl("delete", "serviceaccount", "first");
        until(
                "the first token is worth nothing",
                () -> stage.server
                                .request(
                                        first,
                                        "GET",
                                        "/apis/coordination.k8s.io/v1/namespaces/" + stage.namespace + "/leases",
                                        null)
                                .statusCode()
                        == 401);
        long renewed = renewals(one);
        until("renewals go on", () -> renewals(one) > renewed + 2);
        assertThat(term.isValid()).isTrue();
        assertThat(one.ends()).isEmpty();
    }

    // -- kubeconfig -----------------------------------------------------------------------------------------------

    private Path kubeconfig(String user) throws IOException {
        Path authority = folder.resolve("ca.crt");
        Files.writeString(authority, stage.server.caCertificatePem());
        Path file = folder.resolve("kubeconfig");
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters:
                  - name: c
                    cluster: {server: "%s", certificate-authority: "%s"}
                users:
                  - name: u
                    user: %s
                contexts:
                  - name: x
                    context: {cluster: c, user: u}
                current-context: x
                """.formatted(stage.server.url(), authority, user));
        return file;
    }

    @Test
    void tokenInAKubeconfigThatWasReplacedIsReadAgain() throws IOException {
        Path file = kubeconfig("{token: " + STALE + "}");
        TestCandidate one = stage.candidate(backend(settings -> settings.kubeconfig(file)), "app-1");
        awaitTrouble(one, " rejected the credentials of this client (401) ");
        kubeconfig("{token: " + stage.server.adminToken() + "}");
        one.awaitTerm();
    }

    @Test
    void programThatGivesTokensIsAskedAgain() throws IOException {
        Path token = folder.resolve("given");
        Files.writeString(token, STALE);
        Path program = folder.resolve("give");
        Files.writeString(program, """
                #!/bin/sh
                printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%%s"}}' \\
                  "$(cat '%s')"
                """.formatted(token));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path file = kubeconfig("{exec: {apiVersion: client.authentication.k8s.io/v1, command: \"" + program
                + "\", interactiveMode: Never}}");
        TestCandidate one = stage.candidate(backend(settings -> settings.kubeconfig(file)), "app-1");
        awaitTrouble(one, " rejected the credentials of this client (401) ");
        Files.writeString(token, stage.server.adminToken());
        one.awaitTerm();
    }

    @Test
    void tokenFileOfAKubeconfigIsReadAgain() throws IOException {
        Path token = folder.resolve("rotated");
        Path file = kubeconfig("{tokenFile: rotated}");
        Files.writeString(token, STALE);
        TestCandidate one = stage.candidate(backend(settings -> settings.kubeconfig(file)), "app-1");
        awaitTrouble(one, " rejected the credentials of this client (401) ");
        Files.delete(token);
        until(
                "that is said too",
                () -> one.events.stream()
                        .anyMatch(event -> ("the token file " + token
                                        + " of the kubeconfig cannot be read; correct tokenFile,"
                                        + " or the file's permissions")
                                .equals(event.detail())));
        Files.writeString(token, stage.server.adminToken() + "\n");
        one.awaitTerm();
    }

    @Test
    void providerOfTokensIsAskedForEachRequest() {
        AtomicReference<String> token = new AtomicReference<>(STALE);
        OAuthTokenProvider provider = token::get;
        Config config = new ConfigBuilder(stage.config(""))
                .withOauthTokenProvider(provider)
                .build();
        TestCandidate one = stage.candidate(backend(settings -> settings.config(config)), "app-1");
        awaitTrouble(one, " rejected the credentials of this client (401) ");
        token.set(stage.server.adminToken());
        one.awaitTerm();
    }

    // -- trust ----------------------------------------------------------------------------------------------------

    @Test
    void certificateOfAnUnknownAuthorityIsSaid() {
        Config config = new ConfigBuilder(stage.config()).withCaCertData(null).build();
        assertThat(trouble(
                        stage.candidate(backend(settings -> settings.config(config)), "app-1", ElectionTiming.DEFAULT)))
                .startsWith("Kubernetes at " + stage.server.url()
                        + " shows a certificate that this client does not trust (")
                .endsWith("; set certificate-authority in the kubeconfig to the cluster's own");
    }

    @Test
    void certificateOfAnotherHostIsSaid() {
        String url = "https://localhost:" + URI.create(stage.server.url()).getPort();
        Config config = new ConfigBuilder(stage.config()).withMasterUrl(url).build();
        assertThat(trouble(
                        stage.candidate(backend(settings -> settings.config(config)), "app-1", ElectionTiming.DEFAULT)))
                .startsWith("Kubernetes at " + url + " shows a certificate for another host (")
                .endsWith("; address it by a name that its certificate has");
    }

    @Test
    void authorityThatWasReplacedInItsFileIsReadAgain() throws IOException {
        Path authority = folder.resolve("ca.crt");
        Files.writeString(authority, Files.readString(otherAuthority()));
        Config config = new ConfigBuilder(stage.config())
                .withCaCertData(null)
                .withCaCertFile(authority.toString())
                .build();
        TestCandidate one = stage.candidate(backend(settings -> settings.config(config)), "app-1");
        assertThat(trouble(one)).contains(" shows a certificate that this client does not trust ");
        Files.writeString(authority, stage.server.caCertificatePem());
        one.awaitTerm();
    }

    private Path otherAuthority() throws IOException {
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=other", "-keyalg", "RSA", "-ext", "bc:c");
        Path pem = folder.resolve("other.pem");
        keytool("-exportcert", "-alias", "ca", "-rfc", "-file", pem.toString());
        return pem;
    }

    @Test
    void clientCertificateThatWasReplacedInItsFileIsReadAgain() throws Exception {
        Path authority = otherAuthority();
        Path certificate = folder.resolve("client.pem");
        Path key = folder.resolve("client.key");
        keytool("-genkeypair", "-alias", "client", "-dname", "CN=app,O=system:masters", "-keyalg", "RSA");
        Files.writeString(key, clientKey());
        signClient(certificate, 5);
        EtcdCluster etcd = EtcdCluster.builder().start();
        stage.later(etcd);
        KubeApiServer server = stage.later(KubeApiServer.builder(etcd)
                .flag("--client-ca-file=" + authority)
                .start());
        KubernetesStage other = stage.later(new KubernetesStage(server));
        Config config = new ConfigBuilder(other.config())
                .withOauthToken(null)
                .withClientCertFile(certificate.toString())
                .withClientKeyFile(key.toString())
                .build();
        TestCandidate one =
                other.candidate(other.backend(KubernetesBackend.lease(), settings -> settings.config(config)), "app-1");
        awaitTrouble(one, " rejected the credentials of this client (401) ");
        signClient(certificate, 20);
        one.awaitTerm();
    }

    /** A certificate of the last ten days, and of the next as far as it is good for more than these. */
    private void signClient(Path certificate, int days) throws IOException {
        Path request = folder.resolve("client.csr");
        keytool("-certreq", "-alias", "client", "-file", request.toString());
        keytool(
                "-gencert",
                "-alias",
                "ca",
                "-rfc",
                "-infile",
                request.toString(),
                "-outfile",
                certificate.toString(),
                "-ext",
                "EKU=clientAuth",
                "-startdate",
                "-10d",
                "-validity",
                String.valueOf(days));
    }

    private String clientKey() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(folder.resolve("keys.p12").toFile(), STORE_PASSWORD.toCharArray());
        byte[] key = store.getKey("client", STORE_PASSWORD.toCharArray()).getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
                + "\n-----END PRIVATE KEY-----\n";
    }

    /** The JDK's own maker of keys and certificates. */
    private void keytool(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", folder.resolve("keys.p12").toString(), "-storepass", STORE_PASSWORD));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.onExit().join().exitValue())
                .as("%s", List.of(arguments))
                .isZero();
    }

    // -- secrecy --------------------------------------------------------------------------------------------------

    /** Everything that is logged, at any level, with its exceptions. */
    private static final class Everything extends AppenderBase<ILoggingEvent> {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLoggerName() + " " + event.getFormattedMessage());
            for (IThrowableProxy thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
                lines.add(thrown.getClassName() + ": " + thrown.getMessage());
            }
        }
    }

    @Test
    void tokenIsInNoLineOfTheLogAndInNoMessage() throws IOException {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level level = root.getLevel();
        Everything everything = new Everything();
        everything.setContext(root.getLoggerContext());
        everything.start();
        root.addAppender(everything);
        root.setLevel(Level.TRACE);
        // What the console shows stays what it was.
        root.iteratorForAppenders().forEachRemaining(appender -> {
            if (appender != everything) {
                root.detachAppender(appender);
                stage.later(() -> root.addAppender(appender));
            }
        });
        try {
            FaultyHttp proxy = stage.proxy();
            TestCandidate one = stage.candidate(stage.backend(proxy), "app-1");
            Leadership first = one.awaitTerm();
            proxy.when(asked -> asked.method().equals("PUT"), 1, FaultyHttp.Exchange::reset);
            one.awaitEvent(Type.UNREACHABLE);
            FaultyHttp.Rule refusing =
                    proxy.when(asked -> true, exchange -> exchange.answer(401, "Unauthorized", "no", Map.of()));
            one.awaitEvent(Type.TERM_ENDED);
            refusing.end();
            one.awaitTermAfter(first);
            TestCandidate stale = stage.candidate(backend(settings -> settings.config(stage.config(STALE))), "app-2");
            stale.awaitEvent(Type.UNREACHABLE);
            List<String> said = new ArrayList<>(everything.lines);
            for (TestCandidate each : List.of(one, stale)) {
                said.add(each.election.health().toString());
                each.events.stream().map(ElectionEvent::toString).forEach(said::add);
            }
            assertThat(said).anyMatch(line -> line.startsWith("dev.baton.")).hasSizeGreaterThan(20);
            assertThat(said)
                    .noneMatch(line -> line.contains(stage.server.adminToken()))
                    .noneMatch(line -> line.contains(STALE))
                    .noneMatch(line -> line.contains("Bearer"));
        } finally {
            root.setLevel(level);
            root.detachAppender(everything);
        }
    }
}
