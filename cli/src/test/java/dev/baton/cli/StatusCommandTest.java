package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            --timeout 0s                                          | must be longer than nothing
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
