package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KubeApiServerIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

    @Test
    void aServiceAccountMayDoWhatARoleBindingAllowsAndNothingElse() throws Exception {
        KubeApiServer server = KubeApiServer.shared();
        server.createNamespace("rbac");
        String leases = LEASES.replace("/default/", "/rbac/");
        String token = server.createServiceAccountToken("rbac", "candidate");
        assertThat(server.request(token, "GET", leases, null).statusCode()).isEqualTo(403);

        server.kubectl("create", "role", "reader", "-n", "rbac", "--verb=list", "--resource=leases");
        server.kubectl(
                "create", "rolebinding", "reader", "-n", "rbac", "--role=reader", "--serviceaccount=rbac:candidate");
        Await.until(LIMIT, "permission", () -> "", () -> isAllowed(server, token, leases));
        assertThat(server.request(token, "GET", LEASES, null).statusCode()).isEqualTo(403);
    }

    @Test
    void aTokenThatNobodyIssuedIsRefused() throws Exception {
        KubeApiServer server = KubeApiServer.shared();
        assertThat(server.request("nobody", "GET", LEASES, null).statusCode()).isEqualTo(401);
    }

    @Test
    void oneServerIsShared() {
        assertThat(KubeApiServer.shared()).isSameAs(KubeApiServer.shared());
    }

    @Test
    void aCommandThatFailsIsReportedWithWhatItPrinted() {
        KubeApiServer server = KubeApiServer.shared();
        assertThatIllegalStateException()
                .isThrownBy(() -> server.kubectl("get", "lease", "none"))
                .withMessageContaining("NotFound");
    }

    @Test
    void serverKeepsDataAddressAndTokensWhenItIsKilledAndStartedAgain() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start();
                KubeApiServer server = KubeApiServer.builder(etcd).start()) {
            server.kubectl("create", "configmap", "kept", "--from-literal=a=data");
            String token = server.createServiceAccountToken("default", "candidate");
            long pid = server.pid();
            server.kill();
            assertThat(ProcessHandle.of(pid)).isEmpty();
            assertThat(server.isReady()).isFalse();
            server.start();
            server.awaitReady();
            assertThat(server.kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.a}"))
                    .isEqualTo("data");
            assertThat(server.request(token, "GET", LEASES, null).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void serverThatIsPausedDoesNotAnswerUntilItIsResumed() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start();
                KubeApiServer server = KubeApiServer.builder(etcd).start()) {
            server.pause();
            assertThatThrownBy(() -> server.kubectl("get", "--raw", "/readyz", "--request-timeout=1s"))
                    .isInstanceOf(IllegalStateException.class);
            server.resume();
            server.awaitReady();
            assertThat(server.kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
        }
    }

    @Test
    void twoServersOverOneEtcdShowTheSameObjectsToTheSameClients() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start();
                KubeApiServer one = KubeApiServer.builder(etcd).start();
                KubeApiServer two =
                        KubeApiServer.beside(one).flag("--watch-cache=false").start()) {
            String token = one.createServiceAccountToken("default", "candidate");
            assertThat(two.request(token, "GET", LEASES, null).statusCode()).isEqualTo(403);
            assertThat(two.adminToken()).isEqualTo(one.adminToken());
            one.kill();
            assertThat(two.kubectl("get", "serviceaccount", "candidate", "-o", "name"))
                    .isEqualTo("serviceaccount/candidate\n");
        }
    }

    @Test
    void aServerThatDoesNotStartIsReportedWithItsLogAndLeavesNoFile() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start()) {
            assertThatThrownBy(() -> KubeApiServer.builder(etcd)
                            .flag("--no-such-flag")
                            .start()
                            .close())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no-such-flag");
        }
    }

    @Test
    void closeLeavesNoProcessAndNoFile() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start()) {
            KubeApiServer server = KubeApiServer.builder(etcd).start();
            long pid = server.pid();
            Path folder = ForgetfulJvm.folderOf(pid);
            server.pause();
            server.close();
            server.close();
            assertThat(ProcessHandle.of(pid)).isEmpty();
            assertThat(folder.getParent()).doesNotExist();
            assertThatIllegalStateException().isThrownBy(server::start).withMessageContaining("closed");
        }
    }

    @Test
    void aServerEndsWithAJvmThatIsKilled() throws Exception {
        KubeApiServer.shared();
        try (ForgetfulJvm jvm = new ForgetfulJvm("kube-apiserver")) {
            jvm.killAndAwaitTheEndOfTheServer();
        }
    }

    private static boolean isAllowed(KubeApiServer server, String token, String leases) {
        try {
            return server.request(token, "GET", leases, null).statusCode() == 200;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
