package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no request could be made with is refused when a backend is built, in a sentence; the rest is made to work. */
class ClusterAccessTest {
    private static final String VALID = """
            apiVersion: v1
            kind: Config
            current-context: one
            clusters:
            - name: c
              cluster:
                server: https://kube:6443
            contexts:
            - name: one
              context: {cluster: c, user: u, namespace: shop}
            users:
            - name: u
              user: {token: hunter-token}
            """;

    /** For a busy machine: what is wrong is answered at once. */
    private static final ElectionTiming SLOW =
            ElectionTiming.of(Duration.ofMinutes(10), Duration.ofMinutes(6), Duration.ofMinutes(1));

    @TempDir
    Path folder;

    private Path kubeconfig(String text) throws IOException {
        return Files.writeString(folder.resolve("config"), text);
    }

    private static Config at(String url) {
        return new ConfigBuilder(Config.empty()).withMasterUrl(url).build();
    }

    private static String refusal(Config config) {
        try (KubernetesBackend backend =
                KubernetesBackend.lease().config(config).shutdownHook(false).build()) {
            throw new AssertionError("built " + backend.kind());
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Nested
    class Kubeconfigs {
        @Test
        void validOneIsReadAsFabric8DoesAndByAnyOfItsContexts() throws IOException {
            Path file = kubeconfig(VALID);
            Config read = ClusterAccess.read(file, null);
            assertThat(read.getMasterUrl()).isEqualTo("https://kube:6443/");
            assertThat(read.getNamespace()).isEqualTo("shop");
            assertThat(ClusterAccess.read(file, "one").getMasterUrl()).isEqualTo("https://kube:6443/");
            KubernetesBackend.lease()
                    .kubeconfig(file)
                    .shutdownHook(false)
                    .build()
                    .close();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "\n \n", "# nothing\n", "null", "---\n"})
        void emptyOneIsCalledEmpty(String text) throws IOException {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KubernetesBackend.lease().kubeconfig(kubeconfig(text)))
                    .withMessageContainingAll("kubeconfig " + folder.resolve("config"), "must not be empty", "kubectl");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{{{{", "hello", "- a\n- b\n", "a: b: c", "clusters: 5", "a\0b", "\t-"})
        void brokenOneIsCalledInvalid(String text) throws IOException {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KubernetesBackend.lease().kubeconfig(kubeconfig(text)))
                    .withMessageContainingAll("must be valid", "config view")
                    .satisfies(e -> assertThat(String.valueOf(e.getMessage())).doesNotContain("\n"));
        }

        @ParameterizedTest
        @CsvSource({
            "current-context: one, '', must have a current context",
            "current-context: one, current-context: two, 'must have the context ''two'''",
            "'{cluster: c,', '{cluster: d,', 'must have the cluster ''d'' that its context ''one'' names'",
            "user: u, user: v, 'must have the user ''v'' that its context ''one'' names'",
            "https://kube:6443, '', must name the server of its cluster",
            "https://kube:6443, kube:6443, 'with a scheme, as in https://kube:6443'",
            "https://kube:6443, kube, 'with a scheme, as in https://kube'",
            "https://kube:6443, ftp://kube, 'with a scheme, as in https://kube'",
            "https://kube:6443, https://kube_api:6443, a name without '_'",
            "https://kube:6443, https://::1:6443, an IPv6 address in brackets",
            "https://kube:6443, https://kube:0, the port between 1 and 65535",
            "https://kube:6443, https://kube:65536, the port between 1 and 65535",
            "https://kube:6443, https://ku be:6443, must be https://host:port",
            "https://kube:6443, https://kube:6443/?a=b, must be https://host:port"
        })
        void oneThatLeadsNowhereIsRefused(String part, String instead, String sentence) throws IOException {
            Path file = kubeconfig(VALID.replace(part, instead));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KubernetesBackend.lease().kubeconfig(file))
                    .withMessageContainingAll("kubeconfig " + file, sentence)
                    .satisfies(e -> assertThat(String.valueOf(e.getMessage())).doesNotContain("hunter-token", "\n"));
        }

        @Test
        void folderIsNoFile() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KubernetesBackend.lease().kubeconfig(folder))
                    .withMessageContaining("must be a file that can be read");
        }

        @ParameterizedTest
        @CsvSource({
            "'- name: one', '- null\n- name: other', 'must have the context ''one'''",
            "'- name: one\n  context: {cluster: c, user: u, namespace: shop}', '', 'must have the context ''one'''",
            "'- name: c\n  cluster:\n    server: https://kube:6443', '', 'must have the cluster ''c'''",
            "'- name: u\n  user: {token: hunter-token}', '', 'must have the user ''u'''"
        })
        void oneWithEmptyListsIsRefused(String part, String instead, String sentence) throws IOException {
            assertThat(VALID).contains(part);
            Path file = kubeconfig(VALID.replace(part, instead));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KubernetesBackend.lease().kubeconfig(file))
                    .withMessageContainingAll("kubeconfig " + file, sentence);
        }

        /** As found by KUBECONFIG, which a test cannot set; fabric8 takes a system property for the same. */
        private void assertFoundIsRefused(String text, String... sentence) throws IOException {
            String before = System.getProperty(Config.KUBERNETES_KUBECONFIG_FILE);
            System.setProperty(
                    Config.KUBERNETES_KUBECONFIG_FILE, kubeconfig(text).toString());
            try {
                assertThatIllegalArgumentException()
                        .isThrownBy(KubernetesBackend::connect)
                        .withMessageContainingAll(sentence);
            } finally {
                if (before == null) {
                    System.clearProperty(Config.KUBERNETES_KUBECONFIG_FILE);
                } else {
                    System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, before);
                }
            }
        }

        @Test
        void brokenOneThatIsFoundIsCalledInvalid() throws IOException {
            assertFoundIsRefused("{{{{", "KUBECONFIG", "~/.kube/config", "must be valid", "kubectl config view");
        }

        /** fabric8 would send the token in the clear, or to another server, or go without one. */
        @ParameterizedTest
        @CsvSource({
            "current-context: one, '', must have a current context",
            "current-context: one, current-context: two, 'must have the context ''two'''",
            "'{cluster: c,', '{cluster: d,', 'must have the cluster ''d'' that its context ''one'' names'",
            "user: u, user: v, 'must have the user ''v'' that its context ''one'' names'",
            "https://kube:6443, '', must name the server of its cluster",
            "https://kube:6443, kube:6443, 'with a scheme, as in https://kube:6443'",
            "https://kube:6443, ftp://kube, 'with a scheme, as in https://kube'"
        })
        void foundOneThatLeadsNowhereIsRefused(String part, String instead, String sentence) throws IOException {
            assertFoundIsRefused(VALID.replace(part, instead), "kubeconfig " + folder.resolve("config"), sentence);
        }
    }

    @Nested
    class Addresses {
        @ParameterizedTest
        @CsvSource({
            "HTTPS://kube:6443, https://kube:6443/",
            "Http://127.0.0.1:8080, http://127.0.0.1:8080/",
            "https://[::1]:6443, https://[::1]:6443/",
            "https://kube, https://kube/",
            "https://rancher/k8s/clusters/c-1, https://rancher/k8s/clusters/c-1/"
        })
        void addressThatCanBeUsedIsTakenInOneForm(String written, String taken) {
            assertThat(ClusterAccess.usable(at(written)).getMasterUrl()).isEqualTo(taken);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "https://kube_api:6443",
                    "https://::1:6443",
                    "https://kube:99999",
                    "https://kube:0",
                    "https://ku be:6443",
                    "https://kube:6443/?a=b",
                    "https:///kube"
                })
        void addressThatCanNotIsRefusedInOneSentence(String address) {
            assertThat(refusal(at(address)))
                    .contains(
                            "the API server's address \"" + address, "must be https://host:port", "correct \"server\"");
        }

        /** HTTP on the one side and TLS on the other: a bare server for each, since each ends with its first answer. */
        @Test
        void tlsWhereThereIsNoneAndNoneWhereThereIsAreNamed() throws Exception {
            String plain = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            try (OneAnswer server = new OneAnswer(plain)) {
                assertThat(failure("https://127.0.0.1:" + server.port()))
                        .isEqualTo("Kubernetes at https://127.0.0.1:" + server.port()
                                + " answers without TLS; write http://" + " in its address if it has none");
            }
            // As Go's servers have it, with TLS, to a request without.
            String tls = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
            try (OneAnswer server = new OneAnswer(tls)) {
                assertThat(failure("http://127.0.0.1:" + server.port()))
                        .isEqualTo("Kubernetes at http://127.0.0.1:" + server.port() + " answers 400 to plain HTTP, as"
                                + " TLS servers do; write https:// in its address");
            }
        }

        private static String failure(String url) {
            try (KubernetesBackend backend = KubernetesBackend.lease()
                    .config(at(url))
                    .shutdownHook(false)
                    .build()) {
                Claim claim = new Claim(new ElectionName("shop", "orders"), "one", "nonce-1", SLOW);
                backend.check(claim.election(), claim.timing());
                Moment deadline = backend.runtime().timekeeper().now().plus(SLOW.renewDeadline());
                Answer answer =
                        backend.acquire(claim, deadline).toCompletableFuture().join();
                throw new AssertionError(answer);
            } catch (CompletionException e) {
                return String.valueOf(Objects.requireNonNull(e.getCause()).getMessage());
            }
        }
    }

    @Nested
    class Proxies {
        private static Config behind(String url, String proxy, String... direct) {
            return new ConfigBuilder(at(url))
                    .withHttpProxy(proxy)
                    .withHttpsProxy(proxy)
                    .withNoProxy(direct)
                    .build();
        }

        private static boolean isDirect(String url, String... direct) {
            return ClusterAccess.usable(behind(url, "http://proxy:3128", direct))
                            .getHttpsProxy()
                    == null;
        }

        @Test
        void starMeansNoProxyForAnybody() {
            assertThat(isDirect("https://kube:6443", "*")).isTrue();
            assertThat(isDirect("https://kube:6443", "localhost", " * ")).isTrue();
            assertThat(isDirect("https://kube:6443")).isFalse();
            assertThat(isDirect("https://kube:6443", "", " ")).isFalse();
        }

        @Test
        void addressesOfIpv6AreUnderstoodWithAndWithoutBrackets() {
            assertThat(isDirect("https://[fd00::1]:6443", "[fd00::1]")).isTrue();
            assertThat(isDirect("https://[fd00::1]:6443", "localhost", "fd00::1"))
                    .isTrue();
            assertThat(isDirect("https://kube:6443", "[fd00::1]", "fd00::/8", "::1"))
                    .isFalse();
        }

        @Test
        void spacesBetweenEntriesMeanNothing() {
            Config usable = ClusterAccess.usable(
                    behind("https://kube:6443", "http://proxy:3128", "127.0.0.1 ", " .example.com", "10.0.0.0/8"));
            assertThat(usable.getNoProxy()).containsExactly("127.0.0.1", ".example.com", "10.0.0.0/8");
        }

        @ParameterizedTest
        @ValueSource(strings = {"ftp://proxy:3128", "http://proxy", "http://proxy:99999"})
        void proxyThatCannotBeUsedIsRefused(String proxy) {
            assertThat(refusal(behind("https://kube:6443", proxy)))
                    .contains(
                            "the proxy for https://kube:6443/ must be http://host:port", "HTTPS_PROXY", "correct them");
        }

        @Test
        void exceptionThatNamesNobodyIsRefused() {
            assertThat(refusal(behind("https://kube:6443", "http://proxy:3128", "(kube")))
                    .contains("NO_PROXY host names and addresses", "(kube", "correct them");
        }
    }

    @Nested
    class WhatIsWritten {
        @ParameterizedTest
        @ValueSource(strings = {"team", "example.com/team", "A.b_c-9", "a/b"})
        void labelThatApiServersTake(String key) {
            KubernetesBackend.lease().label(key, "orders");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"", " ", "a b", "-team", "team-", "Example.com/team", "/team", "team/", "a/b/c", "tëam"})
        void labelThatTheyRejectIsRefused(String key) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KubernetesBackend.lease().label(key, "orders"))
                    .withMessageContainingAll("label \"" + key + "\"", "example.com/team");
        }

        @Test
        void labelThatIsTooLongIsRefused() {
            KubernetesBackend.lease().label("n".repeat(63), "").label("d".repeat(253) + "/" + "n".repeat(63), "");
            for (String key : new String[] {"n".repeat(64), "d".repeat(254) + "/n"}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> KubernetesBackend.lease().label(key, ""));
            }
        }

        @Test
        void ownerThatIsNotKnownIsRefused() {
            HasMetadata whole = new PodBuilder()
                    .withNewMetadata()
                    .withName("app-1")
                    .withUid("4711")
                    .endMetadata()
                    .build();
            KubernetesBackend.lease().ownerReference(whole);
            HasMetadata nameless = new PodBuilder()
                    .withNewMetadata()
                    .withUid("4711")
                    .endMetadata()
                    .build();
            HasMetadata typeless = new PodBuilder((io.fabric8.kubernetes.api.model.Pod) whole)
                    .withApiVersion(null)
                    .build();
            for (HasMetadata owner : new HasMetadata[] {nameless, typeless, new PodBuilder().build()}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> KubernetesBackend.lease().ownerReference(owner))
                        .withMessageContainingAll("must have an apiVersion, a kind, a name and a uid", "read it from");
            }
        }

        @Test
        void epochThatLeavesNoneIsRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KubernetesBackend.lease().epoch(Integer.MAX_VALUE))
                    .withMessageContaining("at most 2147483646");
        }
    }

    /** Answers whoever connects with the same bytes, as soon as anything was asked. */
    private static final class OneAnswer implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Thread thread = new Thread(this::serve, "one-answer");
        private final byte[] answer;

        OneAnswer(String answer) throws IOException {
            this.answer = answer.getBytes(StandardCharsets.US_ASCII);
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return server.getLocalPort();
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    InputStream asked = socket.getInputStream();
                    if (asked.read(new byte[8_192]) >= 0) {
                        socket.getOutputStream().write(answer);
                        socket.shutdownOutput();
                    }
                } catch (IOException e) {
                    if (!server.isClosed()) {
                        System.err.println("nothing was answered: " + e);
                    }
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
