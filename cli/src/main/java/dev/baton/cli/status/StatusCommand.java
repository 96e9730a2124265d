package dev.baton.cli.status;

import dev.baton.cli.command.ExitCode;
import dev.baton.cli.command.Subcommand;
import dev.baton.cli.status.Status.State;
import dev.baton.cli.store.EtcdAccess;
import dev.baton.cli.store.Kind;
import dev.baton.cli.store.Kubeconfig;
import dev.baton.etcd.EtcdEndpoints;
import dev.baton.kubernetes.ClusterAccess;
import dev.baton.spi.ElectionTiming;
import dev.baton.zookeeper.ConnectString;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code baton status}. */
@Command(
        name = "status",
        description = {
            "Answers who is leader. It only reads.",
            "",
            "NAME is an election, written namespace/name; on Kubernetes also a name in --namespace, on etcd and"
                    + " ZooKeeper also a whole key or path that begins with a slash. Without a NAME, it shows all"
                    + " elections: on Kubernetes all Leases with a holder, except the heartbeats of nodes and of API"
                    + " servers. Leases of any client count: kube-scheduler's, kube-controller-manager's, any"
                    + " client-go's.",
            ""
        },
        footer = {
            "",
            "A value that the store does not record is shown as -, or null. Ages on Kubernetes are by the clocks of the"
                    + " leader and of the API server. On etcd RENEWED is the used time of the leader's lease, in whole"
                    + " seconds; on ZooKeeper the last heartbeat of the leader's session, which LeaderLatch's sessions"
                    + " do not have. TOKEN is the number of the fencing token; its epoch is the candidates' setting. On"
                    + " Kubernetes TOKEN, on etcd and ZooKeeper SINCE come from a mark that a leader of Baton's writes"
                    + " soon after its term began; other leaders write none.",
            "",
            "Exit code: 0 each election has a leader; 3 one has none, or none was found; 1 it is unknown, as when the"
                    + " store is not reachable, denies access, or has lost its quorum; 2 a wrong argument. With --watch"
                    + " it ends when interrupted."
        })
public final class StatusCommand extends Subcommand {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "The elections; without any, all.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--backend",
            paramLabel = "KIND",
            defaultValue = "kubernetes",
            description = "The store: kubernetes (Leases), endpoints, configmap, etcd or zookeeper (default:"
                    + " ${DEFAULT-VALUE}).")
    private String backend = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "table, json or yaml (default: ${DEFAULT-VALUE}).")
    private String output = "";

    @Option(
            names = {"-w", "--watch"},
            description = "Continue, and show changes: a line each, or in json and yaml the whole object again.")
    private boolean watch;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "With --watch: read again after this long without a change (default:" + " ${DEFAULT-VALUE}).")
    private Duration interval = Duration.ZERO;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "The timeout of one request (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Kubernetes: the kubeconfig (default: that of KUBECONFIG, or ~/.kube/config, or the pod's"
                    + " service account).")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "Kubernetes: another context of the kubeconfig.")
    private @Nullable String context;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Kubernetes: the namespace of names without one, and to list (default: the context's).")
    private @Nullable String namespace;

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "Kubernetes: list all namespaces.")
    private boolean allNamespaces;

    @Option(
            names = "--endpoints",
            paramLabel = "HOST:PORT",
            description = "etcd, ZooKeeper: the members, separated by commas.")
    private @Nullable String endpoints;

    @Option(
            names = "--prefix",
            paramLabel = "PREFIX",
            description = "etcd: the prefix of the elections' keys (default: /baton/). ZooKeeper: the path above them"
                    + " (default: /baton).")
    private @Nullable String prefix;

    @Option(names = "--cacert", paramLabel = "FILE", description = "etcd over TLS: the authority of its certificates.")
    private @Nullable Path authority;

    @Option(names = "--cert", paramLabel = "FILE", description = "etcd over TLS: your certificate.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "etcd over TLS: its key, PEM in PKCS#8.")
    private @Nullable Path key;

    @Option(
            names = "--user",
            paramLabel = "NAME:PASSWORD",
            description = "etcd with users (default: that of ETCDCTL_USER); ZooKeeper's digest.")
    private @Nullable String user;

    @Override
    public Integer call() {
        String form = form();
        Kind kind = Kind.of(backend).orElseThrow(() -> wrong("--backend " + Kind.notThere(backend, Kind::shortText)));
        if (timeout.toMillis() < 1 || interval.toMillis() < 1) {
            throw wrong("--timeout " + ElectionTiming.text(timeout) + " and --interval " + ElectionTiming.text(interval)
                    + " must be at least 1ms, as in 2s");
        }
        try (StatusReader reader = reader(kind)) {
            return watch ? follow(reader, form) : once(reader, form);
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        }
    }

    private String form() {
        if (!List.of("table", "json", "yaml").contains(output)) {
            throw wrong("-o '" + output + "' must be table, json or yaml");
        }
        return output;
    }

    private int once(StatusReader reader, String form) throws InterruptedException {
        try {
            Status status = reader.read();
            print(status, form);
            return code(status);
        } catch (IOException e) {
            complain(e);
            return ExitCode.FAILED;
        }
    }

    /** Runs until interrupted; reports a store that cannot be read once, and reads it again. */
    private int follow(StatusReader reader, String form) throws InterruptedException {
        Semaphore news = new Semaphore(0);
        Status before = null;
        String complaint = "";
        for (; ; ) {
            try {
                Status now = reader.read();
                complaint = "";
                if (before == null) {
                    print(now, form);
                    reader.follow(news::release);
                    // Changes that came between the two.
                    news.release();
                } else {
                    printChanges(before, now, form);
                }
                before = now;
            } catch (IOException e) {
                if (!complaint.equals(e.getMessage())) {
                    complaint = String.valueOf(e.getMessage());
                    complain(e);
                }
            }
            if (news.tryAcquire(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                news.drainPermits();
            }
        }
    }

    private void print(Status status, String form) {
        out().print(
                        switch (form) {
                            case "json" -> watch ? StatusTree.jsonLine(status) : StatusTree.json(status);
                            case "yaml" -> StatusTree.yaml(status);
                            default -> StatusText.of(status);
                        });
        out().flush();
    }

    private void printChanges(Status before, Status now, String form) {
        List<String> changes = StatusChanges.between(before, now);
        if (changes.isEmpty()) {
            return;
        }
        if (!form.equals("table")) {
            print(now, form);
            return;
        }
        changes.forEach(change -> out().println(TIME.format(now.time()) + "  " + change));
        out().flush();
    }

    static int code(Status status) {
        if (status.elections().stream().anyMatch(election -> election.state() == State.UNKNOWN)) {
            return ExitCode.FAILED;
        }
        boolean all = status.elections().stream().allMatch(election -> election.state() == State.LED);
        return all && !status.elections().isEmpty() ? ExitCode.DONE : ExitCode.NO_LEADER;
    }

    private StatusReader reader(Kind kind) {
        return switch (kind) {
            case K8S_LEASE, K8S_ENDPOINTS, K8S_CONFIGMAP -> kubernetes(kind);
            case ETCD -> etcd();
            case ZOOKEEPER -> zooKeeper();
        };
    }

    private StatusReader kubernetes(Kind kind) {
        reject(
                "Kubernetes, where --kubeconfig names the cluster",
                Map.of("--endpoints", endpoints != null, "--prefix", prefix != null, "--user", user != null));
        rejectTls("Kubernetes, where the kubeconfig names certificates");
        if (allNamespaces && namespace != null) {
            throw wrong("--all-namespaces and --namespace " + namespace + " exclude each other; give one of them");
        }
        Config config = Kubeconfig.withoutRetries(config());
        String in = namespace == null ? Kubeconfig.namespace(config) : namespace;
        return new KubernetesReader(config, kind, allNamespaces ? null : in, names, timeout);
    }

    private Config config() {
        Map<String, String> environment = System.getenv();
        Path found = Kubeconfig.find(kubeconfig, environment, Path.of(System.getProperty("user.home")))
                .orElse(null);
        if (found == null) {
            if (environment.containsKey("KUBERNETES_SERVICE_HOST")) {
                return ClusterAccess.found();
            }
            throw wrong("--backend " + backend + " needs a cluster, and " + Kubeconfig.NONE
                    + ", or another store with --backend etcd or --backend zookeeper");
        }
        return ClusterAccess.read(found, context);
    }

    private StatusReader etcd() {
        rejectKubernetes();
        List<String> urls = EtcdEndpoints.parse(requireEndpoints("http://etcd1:2379,http://etcd2:2379"));
        if ((certificate == null) != (key == null)) {
            throw wrong("--cert and --key belong together; give both, or neither");
        }
        for (Path file : new Path[] {authority, certificate, key}) {
            if (file != null && !Files.isReadable(file)) {
                throw wrong(file + " must be a file that can be read; correct the path or its permissions");
            }
        }
        String who = user == null ? System.getenv("ETCDCTL_USER") : user;
        return new EtcdReader(
                new EtcdMembers(urls, new EtcdAccess(authority, certificate, key, who), timeout),
                prefix == null ? "/baton/" : prefix,
                names,
                timeout);
    }

    private StatusReader zooKeeper() {
        rejectKubernetes();
        rejectTls("ZooKeeper");
        String addresses = ConnectString.check(requireEndpoints("zk1:2181,zk2:2181"));
        String path = prefix == null ? "/baton" : prefix;
        if (!path.startsWith("/") || (path.length() > 1 && path.endsWith("/"))) {
            throw wrong("--prefix '" + path + "' must be a path that begins with a slash and ends with none, as in"
                    + " /baton");
        }
        return new ZooKeeperReader(new ZooKeeperMembers(addresses, timeout), path, names, user, timeout);
    }

    private String requireEndpoints(String example) {
        String given = endpoints;
        if (given == null || given.isBlank()) {
            throw wrong("--backend " + backend + " needs --endpoints, the addresses of its members, as in " + example);
        }
        return given;
    }

    private void rejectKubernetes() {
        reject(
                "the backends on Kubernetes alone",
                Map.of(
                        "--kubeconfig", kubeconfig != null,
                        "--context", context != null,
                        "--namespace", namespace != null,
                        "--all-namespaces", allNamespaces));
    }

    private void rejectTls(String where) {
        reject(where, Map.of("--cacert", authority != null, "--cert", certificate != null, "--key", key != null));
    }

    private void reject(String where, Map<String, Boolean> given) {
        given.forEach((option, present) -> {
            if (present) {
                throw wrong(option + (where.startsWith("the ") ? " is for " : " is not for ") + where
                        + "; leave it out, or correct --backend " + backend);
            }
        });
    }
}
