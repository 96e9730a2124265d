package dev.baton.campaign;

import dev.baton.campaign.Fault.Healing;
import dev.baton.campaign.Fault.Kind;
import dev.baton.conformance.TcpProxy;
import dev.baton.testing.servers.ControlPlane;
import dev.baton.testing.servers.ControlPlane.Topology;
import dev.baton.testing.servers.KubeUser;
import dev.baton.testing.servers.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Three etcd members, two API servers that speak to one of them each, and a load balancer before these, through which
 * candidates come, as a user who may do no more than take part in elections.
 */
final class KubernetesScene implements Scene {
    private static final String LEASE =
            "/apis/coordination.k8s.io/v1/namespaces/" + CampaignPlan.NAMESPACE + "/leases/" + CampaignPlan.NAME;
    private static final int GOOD = 299;
    private static final int CONFLICT = 409;
    private static final int ATTEMPTS = 50;
    private static final int SERVERS = 2;

    private final ControlPlane plane;
    private final KubeUser candidate;
    private final List<TcpProxy> proxies = new ArrayList<>();
    private final List<Path> kubeconfigs = new ArrayList<>();
    private int turn;

    private KubernetesScene(ControlPlane plane) throws IOException {
        this.plane = plane;
        this.candidate = plane.candidate(CampaignPlan.NAMESPACE);
    }

    static KubernetesScene start() throws IOException {
        // Schedulers and controller managers would take the processor from the candidates for nothing.
        ControlPlane plane =
                ControlPlane.builder(Topology.STACKED).withoutComponents().start();
        try {
            return new KubernetesScene(plane);
        } catch (IOException | RuntimeException e) {
            plane.close();
            throw e;
        }
    }

    @Override
    public Way way() throws IOException {
        TcpProxy proxy = TcpProxy.to(plane.address());
        proxies.add(proxy);
        Path kubeconfig = Files.createTempFile("baton-campaign-", ".kubeconfig");
        kubeconfigs.add(kubeconfig);
        plane.writeKubeconfig(kubeconfig, candidate, "https://" + proxy.connectString());
        return new Way(kubeconfig.toString(), List.of(proxy));
    }

    @Override
    public List<Fault> faults() {
        return List.of(
                store("API server killed", () -> kill(List.of(Part.apiServer(next())))),
                store("API server paused", () -> pause(List.of(Part.apiServer(next())))),
                store("both API servers killed", () -> kill(apiServers())),
                store("both API servers paused", () -> pause(apiServers())),
                store("etcd leader killed", () -> kill(List.of(etcdLeader()))),
                store("etcd leader paused", () -> pause(List.of(etcdLeader()))),
                store("etcd quorum lost", () -> kill(etcdFollowers())),
                store("load balancer killed", () -> kill(List.of(Part.LOAD_BALANCER))),
                store("load balancer paused", () -> pause(List.of(Part.LOAD_BALANCER))),
                store("host killed", () -> kill(plane.host(next()))),
                store("host paused", () -> pause(plane.host(next()))),
                new Fault("Lease deleted", Kind.HAND, false, victim -> {
                    request("DELETE", null);
                    return Healing.NONE;
                }),
                new Fault("holder blanked", Kind.HAND, false, victim -> blank()));
    }

    private interface Blow {
        Healing strike();
    }

    private static Fault store(String name, Blow blow) {
        return new Fault(name, Kind.STORE, true, victim -> blow.strike());
    }

    /**
     * After healing, every server says that it is ready. Up to two seconds later etcd may elect a leader, as one that was
     * paused for less than its followers' patience is deposed after that; and a check of the load balancer that began before
     * may run into its limit of two seconds, a second before the next one passes.
     */
    @Override
    public Duration slack() {
        return Duration.ofSeconds(5);
    }

    /** The one of both, in turn. */
    private int next() {
        turn = (turn + 1) % SERVERS;
        return turn;
    }

    private static List<Part> apiServers() {
        return IntStream.range(0, SERVERS).mapToObj(Part::apiServer).toList();
    }

    private Part etcdLeader() {
        return plane.leader(Part.Kind.ETCD).orElseThrow(() -> new IllegalStateException("etcd has no leader"));
    }

    private List<Part> etcdFollowers() {
        Part leader = etcdLeader();
        return plane.parts().stream()
                .filter(part -> part.kind() == Part.Kind.ETCD && !part.equals(leader))
                .toList();
    }

    private Healing kill(List<Part> parts) {
        parts.forEach(plane::kill);
        return () -> {
            parts.forEach(plane::start);
            plane.awaitReady();
        };
    }

    private Healing pause(List<Part> parts) {
        parts.forEach(plane::pause);
        return () -> {
            parts.forEach(plane::resume);
            plane.awaitReady();
        };
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

    private HttpResponse<String> request(String method, @Nullable String body) throws IOException {
        HttpResponse<String> answer = plane.apiServer(0).request(plane.adminToken(), method, LEASE, body);
        if (answer.statusCode() > GOOD && answer.statusCode() != CONFLICT) {
            throw new IllegalStateException(method + " " + LEASE + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer;
    }

    @Override
    public void close() {
        proxies.forEach(TcpProxy::close);
        plane.close();
        for (Path kubeconfig : kubeconfigs) {
            try {
                Files.deleteIfExists(kubeconfig);
            } catch (IOException e) {
                throw new UncheckedIOException("a kubeconfig could not be deleted", e);
            }
        }
    }
}
