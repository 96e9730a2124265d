package dev.baton.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.cli.InProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusCommandTest {
    private final InProcess baton = new InProcess();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --backend redis                                       | those that are: zookeeper, etcd, kubernetes
            -o xml                                                | must be table, json or yaml
            --timeout 5                                           | as in 500ms or 2.6s
            --timeout 0s                                          | must be at least 1ms
            --timeout 0.5ms                                       | must be at least 1ms
            --interval 0.000001ms                                 | must be at least 1ms
            --timeout 999999999m                                  | must be at most one day
            --backend etcd --endpoints http://::1:2379            | an IPv6 address in brackets
            --backend etcd --endpoints a_b:1                      | no host has a '_' in its name
            --backend etcd --endpoints a:0                        | the port between 1 and 65535
            --backend zookeeper --endpoints a:65536               | ports between 1 and 65535
            --backend zookeeper --endpoints zk:port               | must be host:port
            --kubeconfig /none                                    | must be a file that can be read
            --endpoints a:1                                       | --endpoints is not for Kubernetes
            --backend etcd                                        | needs --endpoints
            --backend etcd --endpoints ,                          | must be http://host:port
            --backend etcd --endpoints ftp://host:1               | must be http://host:port
            --backend etcd --endpoints host                       | must be http://host:port
            --backend etcd --endpoints a:1 -n x                   | --namespace is for the backends on Kubernetes alone
            --backend etcd --endpoints a:1 --cert x               | belong together
            --backend etcd --endpoints https://a:1 --cacert /none | /none must be a file that can be read
            --backend zookeeper                                   | needs --endpoints
            --backend zookeeper --endpoints ,                     | must be host:port
            --backend zookeeper --endpoints a:1 --prefix x        | must be a path that begins with a slash
            --backend zookeeper --endpoints a:1 --cacert x        | --cacert is not for ZooKeeper
            --holder                                              | --help explains
            """)
    void answersAWrongArgumentWithOneSentence(String arguments, String saying) {
        assertThat(baton.run(("status " + arguments).split(" "))).isEqualTo(2);
        assertThat(baton.err()).contains(saying).startsWith("baton status: ").hasLineCount(1);
        assertThat(baton.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            status --backend etcd --endpoints http://root:s3cret@host:1     | must have no user info
            status --backend etcd --endpoints root:s3cret@host:1            | must have no user info
            status --backend zookeeper --endpoints root:s3cret@host:1       | must have no user info
            demo --backend etcd --endpoints http://root:s3/cret,s3@host:1   | must have no user info
            demo --backend zookeeper --endpoints root:s3cret@host:1         | must have no user info
            """)
    void userInfoInAnAddressIsRefusedAndNotRepeated(String arguments, String saying) {
        assertThat(baton.run(arguments.split(" "))).isEqualTo(2);
        assertThat(baton.err())
                .contains(saying, "(hidden)@host:1")
                .hasLineCount(1)
                .doesNotContain("s3", "root");
    }

    @Test
    void argumentsAreShownEscaped() {
        assertThat(baton.run("status", "x\u001b[2J\nbaton status: all is well", "--backend", "etcd\u001b[2J"))
                .isEqualTo(2);
        assertThat(baton.err()).hasLineCount(1).doesNotContain("\u001b");
        assertThat(baton.run("status", "--sta\u001b[2J\ntus")).isEqualTo(2);
        assertThat(baton.err()).hasLineCount(1).doesNotContain("\u001b");
    }

    @Test
    void brokenKubeconfigIsNotRepeated() throws IOException {
        String kubeconfig = Files.writeString(folder.resolve("broken"), """
                users: [{name: u, user: "s3cret"}]
                current-context: [
                """).toString();
        assertThat(baton.run("status", "--kubeconfig", kubeconfig)).isEqualTo(2);
        assertThat(baton.err()).contains("must be valid").hasLineCount(1).doesNotContain("s3cret");
    }

    @Test
    void tokenOfAKubeconfigIsTrimmedOrRefusedAndNotRepeated() throws IOException {
        for (String token : List.of("\"s3cret\\n\"", "\"s3cret\\ntoken\"")) {
            String kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                    apiVersion: v1
                    kind: Config
                    current-context: x
                    clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
                    contexts: [{name: x, context: {cluster: c, user: u}}]
                    users: [{name: u, user: {token: %s}}]
                    """.formatted(token))
                    .toString();
            int code = baton.run("status", "--kubeconfig", kubeconfig);
            assertThat(baton.err()).hasLineCount(1).doesNotContain("s3cret");
            assertThat(baton.err()).contains(code == 1 ? "is not reachable" : "must be one line of ASCII");
        }
    }

    @Test
    void answersAWrongNameOrContextWithOneSentence() throws IOException {
        String kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: gone
                clusters: [{name: gone, cluster: {server: "http://127.0.0.1:1"}}]
                contexts: [{name: gone, context: {cluster: gone, user: nobody}}]
                users: [{name: nobody, user: {}}]
                """).toString();
        assertThat(baton.run("status", "Upper", "--kubeconfig", kubeconfig)).isEqualTo(2);
        assertThat(baton.err())
                .contains("'Upper' must be a name or namespace/name")
                .hasLineCount(1);

        assertThat(baton.run("status", "x", "-A", "--kubeconfig", kubeconfig)).isEqualTo(2);
        assertThat(baton.err()).contains("must be written namespace/name").hasLineCount(1);

        assertThat(baton.run("status", "--context", "none", "--kubeconfig", kubeconfig))
                .isEqualTo(2);
        assertThat(baton.err()).contains("the context 'none'").hasLineCount(1);

        assertThat(baton.run("status", "--kubeconfig", kubeconfig)).isEqualTo(1);
        assertThat(baton.err())
                .startsWith("baton status: Kubernetes at http://127.0.0.1:1 is not reachable")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                             | must not be empty
            '{{{'                          | must be valid
            current-context: gone          | must have the context 'gone'
            """)
    void answersAKubeconfigThatIsNoneWithOneSentence(String text, String saying) throws IOException {
        String kubeconfig =
                Files.writeString(folder.resolve("kubeconfig"), text).toString();
        for (String[] command : new String[][] {
            {"status", "--kubeconfig", kubeconfig},
            {"demo", "--backend", "k8s-lease", "--kubeconfig", kubeconfig}
        }) {
            assertThat(baton.run(command)).isEqualTo(2);
            assertThat(baton.err()).contains("kubeconfig " + kubeconfig, saying).hasLineCount(1);
        }
    }

    @Test
    void answersAServerOrANamespaceThatCannotBeAskedWithOneSentence() throws IOException {
        String valid = """
                apiVersion: v1
                kind: Config
                current-context: here
                clusters: [{name: here, cluster: {server: "http://127.0.0.1:1"}}]
                contexts: [{name: here, context: {cluster: here}}]
                """;
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), valid);
        assertThat(baton.run("status", "-n", "a b", "--kubeconfig", kubeconfig.toString()))
                .isEqualTo(2);
        assertThat(baton.err())
                .contains("namespace 'a b' must be of lower-case letters")
                .hasLineCount(1);
        Files.writeString(kubeconfig, valid.replace("http://127.0.0.1:1", "127.0.0.1:1"));
        assertThat(baton.run("status", "--kubeconfig", kubeconfig.toString())).isEqualTo(2);
        assertThat(baton.err())
                .contains("must name its server with a scheme, as in https://127.0.0.1:1")
                .hasLineCount(1);
    }

    /** A server that has TLS answers a request without it like this, and one that has none takes a handshake for a request. */
    @Test
    void saysInOneSentenceThatTlsIsWantedOrMissing() throws Exception {
        byte[] answer = "HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> answerAll(server, answer), "bad-request");
            thread.setDaemon(true);
            thread.start();
            Path kubeconfig = folder.resolve("kubeconfig");
            for (String scheme : new String[] {"http", "https"}) {
                Files.writeString(kubeconfig, """
                        apiVersion: v1
                        kind: Config
                        current-context: here
                        clusters: [{name: here, cluster: {server: "%s://127.0.0.1:%d"}}]
                        contexts: [{name: here, context: {cluster: here}}]
                        """.formatted(scheme, server.getLocalPort()));
                assertThat(baton.run("status", "--kubeconfig", kubeconfig.toString(), "--timeout", "60s"))
                        .isEqualTo(1);
                assertThat(baton.err())
                        .startsWith("baton status: Kubernetes at " + scheme + "://127.0.0.1:" + server.getLocalPort())
                        .contains(
                                scheme.equals("http")
                                        ? "answers 400 to plain HTTP, as TLS servers do"
                                        : "answers without TLS; write http://")
                        .hasLineCount(1);
            }
        }
    }

    @Test
    void whatAServerSaysOfItsTroubleIsShownEscaped() throws Exception {
        String body = "{\"kind\":\"Status\",\"code\":500,\"message\":\"\\u001b[2J\\nbaton status: all is well\"}";
        byte[] answer = ("HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\nConnection: close\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> answerAll(server, answer), "in-trouble");
            thread.setDaemon(true);
            thread.start();
            Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                    apiVersion: v1
                    kind: Config
                    current-context: here
                    clusters: [{name: here, cluster: {server: "http://127.0.0.1:%d"}}]
                    contexts: [{name: here, context: {cluster: here}}]
                    """.formatted(server.getLocalPort()));
            assertThat(baton.run("status", "--kubeconfig", kubeconfig.toString(), "--timeout", "60s"))
                    .isEqualTo(1);
            assertThat(baton.err())
                    .contains("answered 500", "\\u{1b}[2J\\u{a}baton status: all is well")
                    .hasLineCount(1)
                    .doesNotContain("\u001b");
        }
    }

    private static void answerAll(ServerSocket server, byte[] answer) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                if (socket.getInputStream().read(new byte[8_192]) >= 0) {
                    socket.getOutputStream().write(answer);
                    socket.shutdownOutput();
                }
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Test
    void saysInOneSentenceThatEtcdOrZooKeeperIsNotThere() {
        assertThat(baton.run("status", "--backend", "etcd", "--endpoints", "127.0.0.1:1", "--timeout", "1s"))
                .isEqualTo(1);
        assertThat(baton.err())
                .startsWith("baton status: etcd at http://127.0.0.1:1 is not reachable (")
                .hasLineCount(1);

        assertThat(baton.run("status", "--backend", "zookeeper", "--endpoints", "127.0.0.1:1", "--timeout", "1s"))
                .isEqualTo(1);
        assertThat(baton.err())
                .startsWith("baton status: ZooKeeper at 127.0.0.1:1 is not reachable (")
                .hasLineCount(1);
    }

    @Test
    void explainsItself() {
        assertThat(baton.run("status", "--help")).isZero();
        assertThat(baton.out()).contains("--watch", "--all-namespaces", "Exit code: 0 each election has a leader; 3");
        assertThat(baton.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(88));
    }
}
