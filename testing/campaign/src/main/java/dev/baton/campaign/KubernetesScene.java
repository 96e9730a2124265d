package dev.baton.campaign;

import dev.baton.campaign.Fault.Healing;
import dev.baton.campaign.Fault.Kind;
import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.KubeApiServer;
import dev.baton.testing.servers.TcpProxy;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Kubernetes API server over an etcd of one member. */
final class KubernetesScene implements Scene {
    private static final String LEASE =
            "/apis/coordination.k8s.io/v1/namespaces/" + CampaignPlan.NAMESPACE + "/leases/" + CampaignPlan.NAME;
    private static final int GOOD = 299;
    private static final int CONFLICT = 409;
    private static final int ATTEMPTS = 50;

    private final EtcdCluster etcd;
    private final KubeApiServer server;
    private final List<TcpProxy> proxies = new ArrayList<>();
    private final List<Path> kubeconfigs = new ArrayList<>();

    private KubernetesScene(EtcdCluster etcd, KubeApiServer server) {
        this.etcd = etcd;
        this.server = server;
    }

    static KubernetesScene start() throws IOException {
        EtcdCluster etcd = EtcdCluster.builder().start();
        try {
            return new KubernetesScene(etcd, KubeApiServer.builder(etcd).start());
        } catch (IOException | RuntimeException e) {
            etcd.close();
            throw e;
        }
    }

    @Override
    public Way way() throws IOException {
        TcpProxy proxy = TcpProxy.to(server.address());
        proxies.add(proxy);
        Path kubeconfig = Files.createTempFile("baton-campaign-", ".kubeconfig");
        kubeconfigs.add(kubeconfig);
        Files.writeString(
                kubeconfig,
                Files.readString(server.kubeconfig()).replace(server.url(), "https://" + proxy.connectString()));
        return new Way(kubeconfig.toString(), List.of(proxy));
    }

    @Override
    public List<Fault> faults() {
        return List.of(
                new Fault("API server killed", Kind.STORE, true, victim -> {
                    server.kill();
                    return () -> {
                        server.start();
                        server.awaitReady();
                    };
                }),
                new Fault("API server paused", Kind.STORE, true, victim -> {
                    server.pause();
                    return () -> {
                        server.resume();
                        server.awaitReady();
                    };
                }),
                new Fault("etcd killed", Kind.STORE, true, victim -> {
                    etcd.kill(0);
                    return () -> {
                        etcd.start(0);
                        etcd.awaitServing();
                        server.awaitReady();
                    };
                }),
                new Fault("etcd paused", Kind.STORE, true, victim -> {
                    etcd.pause(0);
                    return () -> {
                        etcd.resume(0);
                        etcd.awaitServing();
                        server.awaitReady();
                    };
                }),
                new Fault("Lease deleted", Kind.HAND, false, victim -> {
                    request("DELETE", null);
                    return Healing.NONE;
                }),
                new Fault("holder blanked", Kind.HAND, false, victim -> blank()));
    }

    /** A standby without a watch asks a retryPeriod later, and a server that has just started is slow. */
    @Override
    public Duration slack() {
        return Duration.ofSeconds(2);
    }

    /** As {@code kubectl edit} does: read, change, write, and again when somebody was faster. */
    private Healing blank() throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String lease = request("GET", null).body();
            String blanked = lease.replaceAll("\"holderIdentity\":\\s*\"[^\"]*\"", "\"holderIdentity\":\"\"");
            if (request("PUT", blanked).statusCode() <= GOOD) {
                return Healing.NONE;
            }
        }
        throw new IllegalStateException("the Lease could not be edited: others were always faster");
    }

    private HttpResponse<String> request(String method, @org.jspecify.annotations.Nullable String body)
            throws IOException {
        HttpResponse<String> answer = server.request(server.adminToken(), method, LEASE, body);
        if (answer.statusCode() > GOOD && answer.statusCode() != CONFLICT) {
            throw new IllegalStateException(method + " " + LEASE + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer;
    }

    @Override
    public void close() {
        proxies.forEach(TcpProxy::close);
        server.close();
        etcd.close();
        for (Path kubeconfig : kubeconfigs) {
            try {
                Files.deleteIfExists(kubeconfig);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("a kubeconfig could not be deleted", e);
            }
        }
    }
}
