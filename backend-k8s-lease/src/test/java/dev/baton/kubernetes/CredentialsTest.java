package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.sun.net.httpserver.HttpServer;
import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Whatever form a credential has, and whatever goes wrong with it: it is sent, or refused, and never told. */
@Timeout(180)
class CredentialsTest {
    /** In every secret here. */
    private static final String SECRET = "s3cret";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final List<ElectionEvent> events = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");
    private final Level before = root.getLevel();
    private final HttpServer server;
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getLoggerName() + ": " + event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                logged.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
    };

    /** A server that repeats what it was sent, as some gateways do. */
    CredentialsTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String credential =
                    Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "none");
            sent.add(credential);
            byte[] body = Json.text(Json.object()
                            .put("kind", "Status")
                            .put("message", "no " + credential + " here\n" + credential.replaceAll("^\\S+ ", "")))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(500, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @BeforeEach
    void listen() {
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void close() {
        root.detachAppender(appender);
        root.setLevel(before);
        server.stop(0);
        threads.shutdownNow();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private ConfigBuilder config() {
        return new ConfigBuilder(Config.empty()).withMasterUrl(url()).withNamespace("orders");
    }

    private static void assertHidden(@Nullable String text) {
        assertThat(text).doesNotContain(SECRET).doesNotContain("czNjcmV0");
    }

    /** Contends until that has failed, and looks at all that is told of it. */
    private String trouble(KubernetesBackend.Builder builder) {
        try (KubernetesBackend backend = builder.shutdownHook(false).build();
                LeaderElection election = LeaderElection.on(backend, "orders/x")
                        .events(events::add)
                        .onStartedLeading(term -> {})
                        .start()) {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> events.stream().anyMatch(event -> event.type() == Type.UNREACHABLE));
            // A busy machine may not run a program, or answer, in a call's four seconds; it is asked again.
            String detail = await().atMost(Duration.ofMinutes(2))
                    .until(
                            () -> election.health().healthy()
                                    ? ""
                                    : election.health().detail(),
                            told -> !told.isEmpty() && !told.contains(" did not answer the request to "));
            assertHidden(detail);
            assertThat(detail).doesNotContain("\n");
            return detail;
        } finally {
            events.forEach(event -> {
                assertHidden(event.toString());
                assertHidden(event.toJson());
            });
            // The JDK's own HTTP client logs what it is told to by a system property alone.
            logged.forEach(CredentialsTest::assertHidden);
        }
    }

    @Test
    void tokenWithALineBreakAtItsEndIsSentWithout() {
        assertThat(trouble(KubernetesBackend.lease()
                        .config(config().withOauthToken("s3cret-token\n").build())))
                .contains(" answered 500 ");
        assertThat(sent).contains("Bearer s3cret-token").doesNotContain("none");
    }

    @Test
    void tokenOfAProviderWithALineBreakAtItsEndIsSentWithout() {
        assertThat(trouble(KubernetesBackend.lease()
                        .config(config().withOauthTokenProvider(() -> " s3cret-token\r\n")
                                .build())))
                .contains(" answered 500 ");
        assertThat(sent).contains("Bearer s3cret-token");
    }

    @Test
    void tokenThatNoHeaderCanCarryIsRefusedWhenBuilt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubernetesBackend.lease()
                        .config(config().withOauthToken("s3cret\ntoken").build())
                        .build())
                .withMessageContaining("the token of this client must be one line of ASCII")
                .satisfies(refused -> assertHidden(refused.toString()));
    }

    @Test
    void tokenOfAProviderThatNoHeaderCanCarryIsNotRepeated() {
        assertThat(trouble(KubernetesBackend.lease()
                        .config(config().withOauthTokenProvider(() -> "s3cret\ntoken")
                                .build())))
                .isEqualTo(Credentials.unfit("token"));
        assertThat(sent).isEmpty();
    }

    @Test
    void headerOfTheUsersThatCannotBeSentIsRefusedWhenBuilt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubernetesBackend.lease()
                        .config(config().withCustomHeaders(java.util.Map.of("X-Auth", "s3cret\nx"))
                                .build())
                        .build())
                .withMessageContaining("the header X-Auth of this client must be one line")
                .satisfies(refused -> assertHidden(refused.toString()));
    }

    @Test
    void passwordIsTrimmedAndHiddenWhenAServerRepeatsIt() {
        trouble(KubernetesBackend.lease()
                .config(config().withUsername("root").withPassword("s3cret\n").build()));
        assertThat(sent).contains("Basic cm9vdDpzM2NyZXQ=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://root:s3cret@127.0.0.1:1", "https://root:s3/cret@127.0.0.1:1/", "root:s3cret@127.0.0.1"})
    void userInfoInTheAddressIsRefusedWhenBuilt(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubernetesBackend.lease()
                        .config(config().withMasterUrl(address).build())
                        .build())
                .withMessageContaining("must have no user info")
                .satisfies(refused -> assertThat(refused.toString()).doesNotContain("s3", "root"));
    }

    // -- kubeconfigs ----------------------------------------------------------------------------------------------

    private Path kubeconfig(String user) throws IOException {
        return Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: x
                clusters: [{name: c, cluster: {server: "%s"}}]
                contexts: [{name: x, context: {cluster: c, user: u, namespace: orders}}]
                users: [{name: u, user: %s}]
                """.formatted(url(), user));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{token: \"s3cret-token\\n\"}",
                "{tokenFile: token}",
                "{username: root, password: \"s3cret\\n\"}",
                "{auth-provider: {name: gcp, config: {access-token: \"s3cret-token\\n\"}}}"
            })
    void credentialOfAKubeconfigIsSentAndNotTold(String user) throws IOException {
        Files.writeString(folder.resolve("token"), "s3cret-token\n");
        assertThat(trouble(KubernetesBackend.lease().kubeconfig(kubeconfig(user))))
                .contains(" answered 500 ");
        assertThat(sent).containsAnyOf("Bearer s3cret-token", "Basic cm9vdDpzM2NyZXQ=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"s3cret\"",
                "{token: s3cret, exec: s3cret}",
                "{token: [s3cret",
                "{client-key-data: {a: s3cret}}"
            })
    void brokenKubeconfigIsNotRepeated(String user) throws IOException {
        Path file = kubeconfig(user);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubernetesBackend.lease().kubeconfig(file))
                .withMessageContaining("must be valid")
                .satisfies(refused -> {
                    for (Throwable each = refused; each != null; each = each.getCause()) {
                        assertHidden(each.toString());
                    }
                });
        logged.forEach(CredentialsTest::assertHidden);
    }

    @Test
    void keyThatIsNoneIsNotRepeated() throws IOException {
        Path file = kubeconfig("{client-certificate-data: czNjcmV0, client-key-data: czNjcmV0}");
        try {
            trouble(KubernetesBackend.lease().kubeconfig(file));
        } catch (IllegalArgumentException refused) {
            assertHidden(refused.toString());
        }
    }

    // -- programs -------------------------------------------------------------------------------------------------

    private Path program(String script) throws IOException {
        Path program = Files.writeString(folder.resolve("give"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return kubeconfig("{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./give, args: [s3cret-arg],"
                + " env: [{name: GIVEN, value: s3cret-env}]}}");
    }

    @Test
    void tokenOfAProgramIsSentWhateverElseItPrints() throws IOException {
        Path file = program("""
                echo "warning: s3cret-warning" >&2
                printf '%s' '{"kind":"ExecCredential","status":{"token":"s3cret-token\\n"}}'
                """);
        assertThat(trouble(KubernetesBackend.lease().kubeconfig(file))).contains(" answered 500 ");
        assertThat(sent).contains("Bearer s3cret-token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo s3cret; echo s3cret >&2; exit 3",
                "echo s3cret",
                "echo '{\"status\":{\"token\":[\"s3cret\"'",
                "echo '{\"status\":{\"clientCertificateData\":\"s3cret\"}}'",
                "exec /none/s3cret"
            })
    void whatAProgramThatFailsPrintsIsNotTold(String script) throws IOException {
        Path file = program(script + "\n");
        assertThat(trouble(KubernetesBackend.lease().kubeconfig(file)))
                .startsWith("the program ./give that the kubeconfig names for credentials ")
                .contains("run it by hand");
        assertThat(sent).isEmpty();
    }

    @Test
    void programIsAskedAgainOnceItsTokenIsRefused() throws IOException {
        Path file = program("""
                echo x >> "$(dirname "$0")/asked"
                echo '{"kind":"ExecCredential","status":{"token":"s3cret-'$(wc -l < "$(dirname "$0")/asked" | tr -d ' ')'"}}'
                """);
        ExecPlugin plugin = Objects.requireNonNull(ExecPlugin.of(Credentials.read(file, null)));
        assertThat(plugin.getToken()).isEqualTo("s3cret-1");
        assertThat(plugin.getToken()).isEqualTo("s3cret-1");
        plugin.forget();
        assertThat(plugin.getToken()).isEqualTo("s3cret-2");
    }

    // -- strangers' text ------------------------------------------------------------------------------------------

    @Test
    void holderInAnOddAnnotationIsEscaped() {
        var object = Json.object();
        Json.annotations(object)
                .put(
                        AnnotationFormat.ANNOTATION,
                        "{\"holderIdentity\":\"ada\\u001b[2J\\nx\",\"leaseDurationSeconds\":15,"
                                + "\"renewTime\":\"never\"}");
        assertThat(new AnnotationFormat().oddity(object))
                .contains("\"ada\\u{1b}[2J\\u{a}x\"")
                .doesNotContain("\u001b", "\n");
    }
}
