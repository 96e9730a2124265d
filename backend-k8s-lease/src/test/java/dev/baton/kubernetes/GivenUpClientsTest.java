package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Secrets;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However long a server is silent, clients that were given up for it keep few threads and descriptors. */
@Timeout(120)
class GivenUpClientsTest {
    private static final int ROUNDS = 40;
    private static final Duration TIMEOUT = Duration.ofMillis(25);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** The client in use, and one on its way out. */
    private static final int IN_USE = 2;

    private final BackendRuntime runtime = BackendRuntime.start("given-up", false);
    private final long selectorsBefore = selectors();
    private final long descriptorsBefore = descriptors();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        runtime.close();
    }

    private static Set<Thread> selectorThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().endsWith("-SelectorManager"))
                .collect(Collectors.toSet());
    }

    private static long selectors() {
        return selectorThreads().size();
    }

    private static long descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            return 0;
        }
    }

    private interface Round {
        void run(ApiServer server);
    }

    private static void ask(ApiServer server, String path, Duration patience) {
        server.send("test", "GET", path, null, patience)
                .handle((response, failure) -> true)
                .toCompletableFuture()
                .join();
    }

    private ApiServer client(HttpServerStub stub) {
        return new ApiServer(config(stub).build(), runtime.timekeeper());
    }

    private static ConfigBuilder config(HttpServerStub stub) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(stub.url())
                .withRequestRetryBackoffLimit(0)
                .withHttp2Disable(true)
                .withConnectionTimeout(5_000);
    }

    private void assertFewAreLeft(UnaryOperator<String> answers, Round round, int clients) throws IOException {
        try (HttpServerStub stub = new HttpServerStub(answers)) {
            ApiServer server = client(stub);
            for (int i = 0; i < ROUNDS; i++) {
                round.run(server);
            }
            // Each has a thread, a selector and its way to be woken; the stub is at the other end of the connections.
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                assertThat(selectors() - selectorsBefore).as("threads").isLessThanOrEqualTo(clients);
                assertThat(descriptors() - descriptorsBefore).as("descriptors").isLessThanOrEqualTo(6L * clients + 20);
            });
            server.close();
        }
    }

    /** No collection ends it: it is still referred to. */
    @Test
    void aClientThatIsClosedEndsThoughItIsReferredTo() throws IOException {
        try (HttpServerStub stub = new HttpServerStub(path -> "")) {
            JdkClients clients = new JdkClients(runtime.callbacks());
            Set<Thread> others = selectorThreads();
            JdkClients.Made made = clients.open(config(stub).build(), Secrets.of(List.of()));
            Set<Thread> own = selectorThreads();
            own.removeAll(others);
            assertThat(own).hasSize(1);
            try {
                clients.close(made);
                await().atMost(Duration.ofMinutes(1)).until(() -> own.stream().noneMatch(Thread::isAlive));
            } finally {
                Reference.reachabilityFence(made);
            }
        }
    }

    @Test
    void blackHole() throws IOException {
        assertFewAreLeft(path -> "", server -> ask(server, "/hole", TIMEOUT), IN_USE);
    }

    @Test
    void blackHoleForWatches() throws IOException {
        assertFewAreLeft(
                path -> "",
                server -> server.stream("test", "/watch", TIMEOUT, line -> {})
                        .begun()
                        .handle((code, failure) -> true)
                        .toCompletableFuture()
                        .join(),
                IN_USE);
    }

    /** Each answer leaves a connection that the next silence makes suspect. */
    @Test
    void serverThatAnswersNowAndThen() throws IOException {
        assertFewAreLeft(
                path -> path.equals("/version") ? HttpServerStub.answer(200, "{}") : "",
                server -> {
                    ask(server, "/version", Duration.ofSeconds(30));
                    ask(server, "/hole", TIMEOUT);
                },
                IN_USE);
    }

    /** The others may lead into the same hole, though they have answered. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lateAnswerCostsTheConnectionsBesideItsOwn(boolean ofAWatch) throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        try (HttpServerStub stub = new HttpServerStub(path -> {
            if (path.equals("/hole")) {
                return "";
            }
            if (path.equals("/both")) {
                awaitOther(both);
            }
            return HttpServerStub.answer(200, "{}");
        })) {
            ApiServer server = client(stub);
            CompletionStage<Response> one = server.send("test", "GET", "/both", null, PATIENCE);
            server.send("test", "GET", "/both", null, PATIENCE)
                    .toCompletableFuture()
                    .join();
            one.toCompletableFuture().join();

            CompletionStage<?> late = ofAWatch
                    ? server.stream("test", "/hole", TIMEOUT, line -> {}).begun()
                    : server.send("test", "GET", "/hole", null, TIMEOUT);
            assertThat(late.toCompletableFuture()).failsWithin(PATIENCE);
            // The next request leaves once the loop is through with this one.
            CompletableFuture.runAsync(() -> {}, runtime.timekeeper()::execute).join();
            int before = stub.connections.get();
            ask(server, "/version", PATIENCE);

            assertThat(stub.connections.get()).as("afresh").isEqualTo(before + 1);
            server.close();
        }
    }

    private static void awaitOther(CyclicBarrier both) {
        try {
            both.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError("two requests do not meet", e);
        }
    }

    @Test
    void credentialsThatAreRefusedForLong() throws IOException {
        Path authority = folder.resolve("ca.crt");
        Files.writeString(authority, anyAuthority());
        try (HttpServerStub stub = new HttpServerStub(path -> HttpServerStub.answer(401, "{}"))) {
            ApiServer server = new ApiServer(
                    config(stub).withCaCertFile(authority.toString()).build(), runtime.timekeeper());
            for (int i = 0; i < ROUNDS; i++) {
                ask(server, "/version", Duration.ofSeconds(30));
            }
            assertThat(stub.connections.get())
                    .as("the files are what they were")
                    .isEqualTo(1);
            assertThat(selectors() - selectorsBefore).isLessThanOrEqualTo(IN_USE);

            Files.setLastModifiedTime(authority, FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
            ask(server, "/version", Duration.ofSeconds(30));
            ask(server, "/version", Duration.ofSeconds(30));
            assertThat(stub.connections.get()).as("read again").isEqualTo(2);
            server.close();
        }
    }

    private static String anyAuthority() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init((KeyStore) null);
            Certificate any = List.of(trust.getTrustManagers()).stream()
                    .map(X509TrustManager.class::cast)
                    .findFirst()
                    .orElseThrow()
                    .getAcceptedIssuers()[0];
            String text = Base64.getMimeEncoder().encodeToString(any.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n";
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError("the JDK has no certificate", e);
        }
    }
}
