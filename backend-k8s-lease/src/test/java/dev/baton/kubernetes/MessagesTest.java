package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.Secrets;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What operators read of a server that fails is so. */
@Timeout(60)
class MessagesTest {
    private static final ElectionName ELECTION = ElectionName.parse("orders/reconciler");

    private final BackendRuntime runtime = BackendRuntime.start("sentences", false);

    @AfterEach
    void close() {
        runtime.close();
    }

    private static String refused(String status) throws IOException {
        ObjectNode body = Json.parse(status.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return String.valueOf(new Messages("https://kube:6443", LockObject.LEASE, Secrets.of(java.util.List.of()))
                .refused("create", ELECTION, new Response(403, body, Duration.ZERO), true)
                .getMessage());
    }

    @Test
    void namespaceThatIsBeingDeletedIsNoMatterOfPermissions() throws IOException {
        assertThat(refused("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"Forbidden\","
                        + "\"message\":\"leases.coordination.k8s.io \\\"reconciler\\\" is forbidden: unable to create new"
                        + " content in namespace orders because it is being terminated\",\"details\":{\"causes\":[{"
                        + "\"reason\":\"NamespaceTerminating\",\"message\":\"namespace orders is being terminated\"}]},"
                        + "\"code\":403}"))
                .contains("creates nothing in namespace \"orders\", which is being deleted")
                .doesNotContain("grant");
    }

    @Test
    void quotaOrWebhookIsNoMatterOfPermissions() throws IOException {
        assertThat(refused("{\"reason\":\"Forbidden\",\"message\":\"leases \\\"reconciler\\\" is forbidden: exceeded"
                        + " quota: few\",\"code\":403}"))
                .contains("exceeded quota: few")
                .doesNotContain("grant");
        assertThat(refused(
                        "{\"message\":\"admission webhook \\\"no.example\\\" denied the request: no\",\"code\":403}"))
                .contains("denied the request: no")
                .doesNotContain("grant");
    }

    @Test
    void missingPermissionIsToBeGranted() throws IOException {
        assertThat(refused("{\"reason\":\"Forbidden\",\"message\":\"leases.coordination.k8s.io \\\"reconciler\\\" is"
                        + " forbidden: User \\\"system:serviceaccount:orders:app\\\" cannot create resource"
                        + " \\\"leases\\\" in API group \\\"coordination.k8s.io\\\" in the namespace"
                        + " \\\"orders\\\"\",\"code\":403}"))
                .contains("grant the verb \"create\" on \"leases\"");
    }

    /** No permission is missing but credentials are. */
    @Test
    void clientWithoutCredentialsIsToldSo() throws IOException {
        assertThat(refused("{\"reason\":\"Forbidden\",\"message\":\"leases is forbidden: User"
                        + " \\\"system:anonymous\\\" cannot create resource \\\"leases\\\"\",\"code\":403}"))
                .contains("does not permit unauthenticated clients to create leases")
                .doesNotContain("grant");
    }

    private String asked(ConfigBuilder config, Duration patience) {
        Config built = config.withRequestRetryBackoffLimit(0)
                .withHttp2Disable(true)
                .withConnectionTimeout(5_000)
                .build();
        ApiServer server = new ApiServer(built, runtime.timekeeper());
        Throwable failure = server.send("test", "GET", "/version", null, patience)
                .handle((response, thrown) -> thrown)
                .toCompletableFuture()
                .join();
        BackendException said = new Messages(server.url(), LockObject.LEASE, Secrets.of(java.util.List.of()))
                .unanswered("get", ELECTION, patience, failure);
        server.close();
        return String.valueOf(said.getMessage());
    }

    @Test
    void connectionRefusedIsCalledThatWithItsAddress() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertThat(asked(
                        new ConfigBuilder(Config.empty()).withMasterUrl("http://localhost:" + port),
                        Duration.ofSeconds(30)))
                .contains("connection refused by localhost:" + port)
                .doesNotContain("ClosedChannel");
    }

    @Test
    void hostWithoutAddressIsCalledThat() {
        assertThat(asked(
                        new ConfigBuilder(Config.empty()).withMasterUrl("http://no-such-host.invalid:6443"),
                        Duration.ofSeconds(30)))
                .contains("no address is known for no-such-host.invalid");
    }

    /** The server was not even asked. */
    @Test
    void credentialsThatTakeTooLongAreNotTheServersSilence() {
        CountDownLatch forEver = new CountDownLatch(1);
        OAuthTokenProvider slow = () -> {
            try {
                forEver.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "token";
        };
        try (HttpServerStub stub = new HttpServerStub(path -> HttpServerStub.answer(200, "{}"))) {
            assertThat(asked(
                            new ConfigBuilder(Config.empty())
                                    .withMasterUrl(stub.url())
                                    .withOauthTokenProvider(slow),
                            Duration.ofMillis(50)))
                    .contains("was not sent within 50ms, because fetching the credentials took longer")
                    .doesNotContain("did not answer");
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            forEver.countDown();
        }
    }

    @Test
    void missingClassIsNotAServerThatCannotBeReached() {
        assertThat(new Messages("https://kube:6443", LockObject.LEASE, Secrets.of(java.util.List.of()))
                        .unanswered("get", ELECTION, Duration.ofSeconds(4), new NoClassDefFoundError("okio/Buffer")))
                .hasMessageContaining("okio.Buffer is missing")
                .hasMessageNotContaining("reachable");
    }
}
