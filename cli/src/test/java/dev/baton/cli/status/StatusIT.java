package dev.baton.cli.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.cli.InProcess;
import dev.baton.cli.OnRealServers;
import dev.baton.cli.store.Kind;
import dev.baton.cli.store.ZooKeeperAccess;
import dev.baton.etcd.EtcdBackend;
import dev.baton.kubernetes.TokenMark;
import dev.baton.spi.LockBackend;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.KubeApiServer;
import dev.baton.testing.servers.KubeComponent;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import dev.baton.zookeeper.ZooKeeperBackend;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code baton status} on real servers, beside those who really lead there. */
class StatusIT extends OnRealServers {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final InProcess baton = new InProcess();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    // --- Kubernetes

    @Test
    void tellsWhichSchedulerLeads_andThatNobodyDoesAfterItsDeath() throws IOException {
        KubeApiServer server = KubeApiServer.shared();
        String config = server.kubeconfig().toString();
        CandidateProcess scheduler = later(KubeComponent.scheduler(server, "kube-system", "kube-scheduler")
                .timing(Duration.ofSeconds(8), Duration.ofSeconds(6), Duration.ofSeconds(1))
                .start());
        String[] question = {"status", "kube-scheduler", "-n", "kube-system", "--kubeconfig", config};
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(baton.run(question)).isZero());
        String holder = holder(server, "kube-system", "kube-scheduler");
        assertThat(baton.out())
                .contains("kube-system/kube-scheduler   " + holder)
                .contains(" ago ");

        assertThat(baton.run("status", "-A", "-o", "json", "--kubeconfig", config))
                .isZero();
        JsonNode found = JSON.readTree(baton.out()).path("elections");
        assertThat(found.findValuesAsText("name")).contains("kube-system/kube-scheduler");
        assertThat(found.findValuesAsText("name"))
                .as("heartbeats of API servers are no elections")
                .noneMatch(name -> name.contains("apiserver-"));
        assertThat(found.findValuesAsText("holder")).contains(holder);

        scheduler.kill();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(baton.run(question)).isEqualTo(3));
        assertThat(baton.out())
                .contains(
                        "(none, was " + holder + ")",
                        "ran out",
                        "its holder did not renew it, and no standby took over");
        server.kubectl("delete", "lease", "kube-scheduler", "-n", "kube-system");
    }

    @Test
    void readsRecordsInAnnotationsAndLeasesThatSayNextToNothing() throws IOException {
        KubeApiServer server = KubeApiServer.shared();
        String config = server.kubeconfig().toString();
        server.createNamespace("annotated");
        server.kubectl("create", "configmap", "old", "-n", "annotated");
        server.kubectl("create", "configmap", "unrelated", "-n", "annotated");
        server.kubectl(
                "annotate",
                "configmap",
                "old",
                "-n",
                "annotated",
                LeaderRecord.ANNOTATION + "={\"holderIdentity\":\"ada\",\"leaseDurationSeconds\":15,"
                        + "\"acquireTime\":\"2026-01-02T03:04:05Z\",\"renewTime\":\"2126-01-02T03:04:05Z\","
                        + "\"leaderTransitions\":4}");
        assertThat(baton.run("status", "--backend", "configmap", "-n", "annotated", "--kubeconfig", config))
                .isZero();
        assertThat(baton.out())
                .contains("annotated/old   ada")
                .contains("in the future")
                .doesNotContain("unrelated");

        assertThat(baton.run("status", "annotated/old", "--backend", "endpoints", "--kubeconfig", config, "-o", "yaml"))
                .isEqualTo(3);
        assertThat(new YAMLMapper()
                        .readTree(baton.out())
                        .path("elections")
                        .get(0)
                        .path("remarks")
                        .get(0)
                        .asText())
                .contains("there is no Endpoints annotated/old", "baton status -n annotated lists");

        server.request(
                server.adminToken(),
                "POST",
                "/apis/coordination.k8s.io/v1/namespaces/annotated/leases",
                "{\"metadata\":{\"name\":\"vague\"},\"spec\":{\"holderIdentity\":\"somebody\"}}");
        assertThat(baton.run("status", "vague", "-n", "annotated", "--kubeconfig", config))
                .isEqualTo(1);
        assertThat(baton.out()).contains("(unknown, was somebody)", "does not say when it was renewed");

        assertThat(baton.run("status", "-n", "empty", "--kubeconfig", config)).isEqualTo(3);
        assertThat(baton.out()).startsWith("no election was found at ");
    }

    @ParameterizedTest
    @CsvSource({"kubernetes, lease", "endpoints, endpoints", "configmap, configmap"})
    void tellsTheTokenOfATermOnKubernetes_andNotBesideAnothersRecord(String backend, String resource) throws Exception {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = "token-" + backend;
        server.createNamespace(namespace);
        LockBackend store = later(Kind.of(backend)
                .orElseThrow()
                .kubernetes()
                .config(Config.fromKubeconfig(server.kubeconfig().toFile()))
                .shutdownHook(false)
                .build());
        List<Leadership> terms = new CopyOnWriteArrayList<>();
        later(LeaderElection.on(store, namespace + "/x")
                .identity("ada")
                .onStartedLeading(terms::add)
                .start());
        await().atMost(PATIENCE).until(() -> !terms.isEmpty());
        String[] question = {
            "status",
            namespace + "/x",
            "--backend",
            backend,
            "-o",
            "json",
            "--kubeconfig",
            server.kubeconfig().toString()
        };
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(baton.run(question)).isZero();
            assertThat(JSON.readTree(baton.out())
                            .path("elections")
                            .get(0)
                            .path("token")
                            .asLong())
                    .isEqualTo(terms.get(0).fencingToken().number());
        });

        // As client-go does: all annotations that it does not know stay.
        String times = "\"acquireTime\":\"2126-01-02T03:04:05Z\",\"renewTime\":\"2126-01-02T03:04:05Z\"";
        String record = "{\"holderIdentity\":\"bob\",\"leaseDurationSeconds\":3600," + times + "}";
        String patch = resource.equals("lease")
                ? "{\"spec\":" + record.replace("05Z", "05.000000Z") + "}"
                : "{\"metadata\":{\"annotations\":{\"" + LeaderRecord.ANNOTATION + "\":\""
                        + record.replace("\"", "\\\"") + "\"}}}";
        server.kubectl("patch", resource, "x", "-n", namespace, "--type=merge", "-p", patch);
        assertThat(server.kubectl("get", resource, "x", "-n", namespace, "-o", "yaml"))
                .contains(TokenMark.ANNOTATION);
        assertThat(baton.run(question)).isZero();
        JsonNode election = JSON.readTree(baton.out()).path("elections").get(0);
        assertThat(election.path("holder").asText()).isEqualTo("bob");
        assertThat(election.path("token").isNull()).isTrue();
    }

    @Test
    void saysInOneSentenceWhatKubernetesDenies() throws IOException {
        KubeApiServer server = KubeApiServer.shared();
        String admin = Files.readString(server.kubeconfig());
        Path config = folder.resolve("kubeconfig");

        String token = server.createServiceAccountToken("default", "nobody");
        Files.writeString(config, admin.replace(server.adminToken(), token));
        assertThat(baton.run("status", "--kubeconfig", config.toString())).isEqualTo(1);
        assertThat(baton.err())
                .contains(
                        "does not permit to list leases in namespace \"default\"; grant that verb, or name the elections")
                .hasLineCount(1);

        Files.writeString(config, admin.replace(server.adminToken(), "wrong"));
        assertThat(baton.run("status", "x", "--kubeconfig", config.toString())).isEqualTo(1);
        assertThat(baton.err()).contains("rejected the credentials").hasLineCount(1);

        // Without an authority of the cluster's own, those of the JVM are asked, and know none of it.
        Files.writeString(config, admin.replaceAll("(?m)^.*certificate-authority.*$\\n?", ""));
        assertThat(baton.run("status", "x", "--kubeconfig", config.toString())).isEqualTo(1);
        assertThat(baton.err())
                .contains("shows a certificate that is not trusted", "certificate-authority")
                .hasLineCount(1);
    }

    private static String holder(KubeApiServer server, String namespace, String name) {
        return server.kubectl("get", "lease", name, "-n", namespace, "-o", "jsonpath={.spec.holderIdentity}");
    }

    // --- etcd

    @Test
    void tellsWhoLeadsOnEtcdAndWhoWaits_andWritesNothing() throws Exception {
        EtcdCluster cluster = later(EtcdCluster.builder().start());
        String[] question = {"status", "orders/x", "--backend", "etcd", "--endpoints", cluster.endpoints()};
        assertThat(baton.run(question)).isEqualTo(3);
        assertThat(baton.out()).contains("there is no key below /baton/orders/x/");
        assertThat(cluster.etcdctl("lease", "list")).contains("found 0 leases");
        assertThat(cluster.etcdctl("get", "--prefix", "--keys-only", "")).isBlank();

        Instant begun = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        LeaderElection first = candidate(EtcdBackend.connect(cluster.endpoints()), "orders/x", "ada");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(baton.run(question)).isZero());
        candidate(EtcdBackend.connect(cluster.endpoints()), "orders/x", "bob");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(baton.run(question)).isZero();
            assertThat(baton.out()).contains("orders/x      1       ada", "orders/x      2       bob");
        });
        assertThat(baton.run("status", "-o", "json", "--backend", "etcd", "--endpoints", cluster.endpoints()))
                .isZero();
        JsonNode status = JSON.readTree(baton.out());
        JsonNode election = status.path("elections").get(0);
        assertThat(election.path("name").asText()).isEqualTo("orders/x");
        assertThat(election.path("holder").asText()).isEqualTo("ada");
        assertThat(election.path("leaseDuration").asInt()).isEqualTo(15);
        assertThat(election.path("renewed").isTextual()).isTrue();
        assertThat(election.path("token").asLong())
                .isEqualTo(election.path("inLine").get(0).path("token").asLong())
                .isLessThan(election.path("inLine").get(1).path("token").asLong());
        assertThat(status.path("members")).hasSize(1);
        assertThat(status.path("members").get(0).path("leader").asBoolean()).isTrue();
        assertThat(status.path("warnings")).isEmpty();
        String[] asked = {"status", "orders/x", "-o", "json", "--backend", "etcd", "--endpoints", cluster.endpoints()};
        Instant ofAda = awaitSince(asked, "ada");
        assertThat(ofAda).isBetween(begun, Instant.now());

        first.close();
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(baton.run(question)).isZero();
            assertThat(baton.out()).contains("orders/x   bob");
        });
        assertThat(awaitSince(asked, "bob")).isAfter(ofAda);
        assertThat(awaitSince(
                        List.of("status", "-o", "json", "--backend", "etcd", "--endpoints", cluster.endpoints())
                                .toArray(String[]::new),
                        "bob"))
                .as("among all that are found")
                .isAfter(ofAda);
        assertThat(JSON.readTree(baton.out()).path("elections")).hasSize(1);
    }

    @Test
    void showsAKeyThatNoLeaseWillEverEnd() throws IOException {
        EtcdCluster cluster = later(EtcdCluster.builder().start());
        cluster.etcdctl("put", "/services/db/1f", "carol");
        assertThat(baton.run("status", "/services/db", "--backend", "etcd", "--endpoints", cluster.endpoints()))
                .isZero();
        assertThat(baton.out()).contains("/services/db   carol", "is on no lease", "etcdctl del /services/db/1f");
    }

    @Test
    void showsThreeMembers_andOneThatDoesNotAnswer() throws IOException {
        EtcdCluster cluster = later(EtcdCluster.builder().members(3).start());
        cluster.etcdctl("put", "/baton/orders/x/1f", "carol");
        // One address is enough to find the others.
        String[] question = {"status", "orders/x", "--backend", "etcd", "--endpoints", cluster.endpoint(0)};
        assertThat(baton.run(question)).isZero();
        assertThat(baton.out()).contains("member0", "member1", "member2", "   leader ", "   follower ");
        assertThat(baton.out()).doesNotContain("warning:");

        cluster.kill(2);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(baton.run(question)).isZero();
            assertThat(baton.out())
                    .contains(
                            "   unreachable ", "warning: member member2 (" + cluster.endpoint(2) + ") does not answer");
        });
    }

    @Test
    void saysThatTwoMembersAreAnEvenNumber_andThatOneOfThemIsNoQuorum() throws IOException {
        EtcdCluster cluster = later(EtcdCluster.builder().members(2).start());
        cluster.etcdctl("put", "/baton/orders/x/1f", "carol");
        String[] question = {
            "status", "orders/x", "--backend", "etcd", "--endpoints", cluster.endpoints(), "--timeout", "4s"
        };
        assertThat(baton.run(question)).isZero();
        assertThat(baton.out())
                .contains("warning: the cluster has 2 voting members, an even number: it bears the loss of 0");

        cluster.kill(1);
        assertThat(baton.run(question)).as(baton.out() + baton.err()).isEqualTo(1);
        assertThat(baton.out())
                .contains("(unknown, was carol)", "the leader is unknown: etcd has no quorum")
                .contains("   unreachable ")
                .contains(
                        "warning: the cluster has lost its quorum: 1 of 2 voting members answers here, and it takes 2");
    }

    @Test
    void saysInOneSentenceThatACertificateOfEtcdIsNotTrusted() {
        String tls = KubeApiServer.shared().url();
        assertThat(baton.run("status", "--backend", "etcd", "--endpoints", tls)).isEqualTo(1);
        assertThat(baton.err())
                .contains("certificate that is not trusted", "--cacert")
                .hasLineCount(1);
    }

    // --- ZooKeeper

    @Test
    void readsWhatOnlyADigestMayRead() throws Exception {
        ZooKeeperEnsemble ensemble = later(ZooKeeperEnsemble.builder().start());
        byte[] digest = "app:s3cret".getBytes(StandardCharsets.UTF_8);
        ACLProvider creatorsOnly = new ACLProvider() {
            @Override
            public List<ACL> getDefaultAcl() {
                return ZooDefs.Ids.CREATOR_ALL_ACL;
            }

            @Override
            public List<ACL> getAclForPath(String path) {
                return ZooDefs.Ids.CREATOR_ALL_ACL;
            }
        };
        candidate(
                ZooKeeperBackend.builder(ensemble.connectString())
                        .curator(curator ->
                                curator.authorization("digest", digest).aclProvider(creatorsOnly))
                        .build(),
                "orders/x",
                "ada");
        String[] question = {"status", "orders/x", "--backend", "zookeeper", "--endpoints", ensemble.connectString()};
        String[] asUser = {
            "status",
            "orders/x",
            "--backend",
            "zookeeper",
            "--endpoints",
            ensemble.connectString(),
            "--user",
            "app:s3cret"
        };
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(baton.run(asUser)).isZero());
        assertThat(baton.out()).contains("ada");
        assertThat(baton.run(question)).isEqualTo(1);
        assertThat(baton.err()).contains("this client is unauthenticated: give --user NAME:PASSWORD");
    }

    @Test
    void tellsWhoLeadsOnZooKeeperAndWhoWaits_andMakesNoNode() throws Exception {
        ZooKeeperEnsemble ensemble = later(ZooKeeperEnsemble.builder().start());
        String[] question = {"status", "orders/x", "--backend", "zookeeper", "--endpoints", ensemble.connectString()};
        assertThat(baton.run(question)).isEqualTo(3);
        assertThat(baton.out()).contains("there is no node /baton/orders/x", "   standalone ");
        ZooKeeper client = later(ZooKeeperAccess.connect(ensemble.connectString(), PATIENCE, "give up"));
        assertThat(ZKUtil.listSubTreeBFS(client, "/")).noneMatch(path -> path.startsWith("/baton"));

        Instant begun = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        LeaderElection first = candidate(ZooKeeperBackend.connect(ensemble.connectString()), "orders/x", "ada");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(baton.run(question)).isZero());
        candidate(ZooKeeperBackend.connect(ensemble.connectString()), "orders/x", "bob");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(baton.run("status", "--backend", "zookeeper", "--endpoints", ensemble.connectString()))
                    .isZero();
            assertThat(baton.out()).contains("orders/x      1       ada", "orders/x      2       bob");
        });
        assertThat(baton.run("status", "-o", "json", "--backend", "zookeeper", "--endpoints", ensemble.connectString()))
                .isZero();
        JsonNode election = JSON.readTree(baton.out()).path("elections").get(0);
        assertThat(election.path("renewed").isTextual()).as("by its heartbeat").isTrue();
        String[] asked = {
            "status", "orders/x", "-o", "json", "--backend", "zookeeper", "--endpoints", ensemble.connectString()
        };
        Instant ofAda = awaitSince(asked, "ada");
        assertThat(ofAda).isBetween(begun, Instant.now());
        first.close();
        assertThat(awaitSince(asked, "bob")).as("not since it is in line").isAfter(ofAda);

        // A node of no session: it leads for ever.
        client.create("/services", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        client.create("/services/latch-0000000001", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        assertThat(baton.run("status", "/services", "--backend", "zookeeper", "--endpoints", ensemble.connectString()))
                .isZero();
        assertThat(baton.out()).contains("is of no session", "delete /services/latch-0000000001");
    }

    @Test
    void showsTheServersOfAnEnsemble_andThatItHasLostItsQuorum() throws IOException {
        ZooKeeperEnsemble ensemble =
                later(ZooKeeperEnsemble.builder().members(3).start());
        String[] question = {
            "status", "--backend", "zookeeper", "--endpoints", ensemble.connectString(), "--timeout", "3s"
        };
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(baton.run(question)).as("there is no election").isEqualTo(3);
            assertThat(baton.out())
                    .contains("   leader ", "   follower ", "3.9.")
                    .doesNotContain("warning:");
        });

        int leader = ensemble.leader().orElseThrow();
        ensemble.kill(ensemble.followers().get(0));
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(baton.run(question)).isEqualTo(3);
            assertThat(baton.out()).contains("   unreachable").doesNotContain("lost its quorum");
        });
        ensemble.kill(leader);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(baton.run(question)).isEqualTo(1);
            assertThat(baton.out()).contains("warning: the ensemble has lost its quorum: of 3 servers named 1 answers");
        });
    }

    // --- all

    @Test
    void watchTellsOfEachNewLeaderAsItComes() throws Exception {
        EtcdCluster cluster = later(EtcdCluster.builder().start());
        LeaderElection first = candidate(EtcdBackend.connect(cluster.endpoints()), "orders/x", "ada");
        // Read again only when etcd tells that there is something new.
        Watching watching = later(new Watching(List.of(
                "orders/x", "--watch", "--interval", "10m", "--backend", "etcd", "--endpoints", cluster.endpoints())));
        await().atMost(PATIENCE).until(() -> watching.out().contains("ada"));
        candidate(EtcdBackend.connect(cluster.endpoints()), "orders/x", "bob");
        await().atMost(PATIENCE).until(() -> watching.out().contains("in line: ada, bob"));
        first.close();
        await().atMost(PATIENCE).until(() -> watching.out().contains("orders/x  bob leads, token "));
    }

    @Test
    void watchFollowsLeasesByTheLibrarysOwnWatch() throws Exception {
        KubeApiServer server = KubeApiServer.shared();
        server.createNamespace("watched");
        lease(server, "POST", "", "ada", 0);
        Watching watching = later(new Watching(List.of(
                "watched/x",
                "--watch",
                "--interval",
                "10m",
                "-o",
                "json",
                "--kubeconfig",
                server.kubeconfig().toString())));
        await().atMost(PATIENCE).until(() -> watching.out().contains("\"holder\":\"ada\""));
        lease(server, "PATCH", "/x", "bob", 1);
        await().atMost(PATIENCE).until(() -> watching.out().contains("\"holder\":\"bob\""));
    }

    private static void lease(KubeApiServer server, String method, String name, String holder, int transitions)
            throws IOException {
        String spec = "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"holderIdentity\":\"" + holder
                + "\",\"leaseDurationSeconds\":3600,\"renewTime\":\"2026-01-02T03:04:05.000000Z\",\"leaseTransitions\":"
                + transitions + "}}";
        if (method.equals("PATCH")) {
            server.kubectl("patch", "lease", "x", "-n", "watched", "--type=merge", "-p", spec);
        } else {
            server.request(
                    server.adminToken(), method, "/apis/coordination.k8s.io/v1/namespaces/watched/leases" + name, spec);
        }
    }

    /** {@code baton status --watch} on a thread of its own, until it is closed. */
    private static final class Watching implements AutoCloseable {
        private final InProcess baton = new InProcess();
        private final CompletableFuture<Integer> ended = new CompletableFuture<>();
        private final Thread thread;

        Watching(List<String> arguments) {
            List<String> all = new ArrayList<>(List.of("status"));
            all.addAll(arguments);
            thread = new Thread(() -> ended.complete(baton.run(all.toArray(String[]::new))), "watching");
            thread.start();
        }

        String out() {
            return baton.out();
        }

        @Override
        public void close() {
            thread.interrupt();
            ended.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    /** Since when {@code holder} leads, as soon as that is told. */
    private Instant awaitSince(String[] question, String holder) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(baton.run(question)).isZero();
            JsonNode election = JSON.readTree(baton.out()).path("elections").get(0);
            assertThat(election.path("holder").asText()).isEqualTo(holder);
            assertThat(election.path("since").isTextual()).isTrue();
        });
        try {
            return Instant.parse(JSON.readTree(baton.out())
                    .path("elections")
                    .get(0)
                    .path("since")
                    .asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
