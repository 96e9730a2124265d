package dev.baton.testing.servers;

import dev.baton.conformance.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real etcd cluster on loopback: each member is a process of its own, with its data in a temporary folder.
 *
 * <p>Members are numbered from 0. They can be killed and started again with the same data, stopped and continued by signals,
 * taken out of the cluster and added again, and, with {@link Builder#proxiedPeers}, cut off from each other while their
 * clients stay connected. What they write is not forced to the disk, which a killed process
 * does not miss and a crashed machine would.
 *
 * <p>{@link #close} kills the processes and deletes the folder, and so does the JVM when it shuts down; when it is itself
 * killed, a {@link Watchdog} does. Safe for use by many threads.
 */
public final class EtcdCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdCluster.class);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);
    private static final Pattern STATUS =
            Pattern.compile("\"member_id\":\"(\\d+)\".*\"leader\":\"(\\d+)\"", Pattern.DOTALL);

    private final Path folder;
    private final List<Member> members;
    private final @Nullable EtcdPeers network;
    private final Duration patience;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PROBE_LIMIT).build();
    private final EndedOnce end = new EndedOnce("etcd-cluster", this::destroy);

    /**
     * @param tls the port that speaks TLS, or 0 for none
     * @param peer the URL at which the other members find it
     */
    private record Member(InetSocketAddress client, int tls, String peer, ServerProcess process) {}

    private EtcdCluster(Path folder, List<Member> members, @Nullable EtcdPeers network, Duration patience) {
        this.folder = folder;
        this.members = members;
        this.network = network;
        this.patience = patience;
    }

    /** A cluster of one member, unless told otherwise. */
    public static Builder builder() {
        return new Builder();
    }

    /** What clients connect to: the URLs of all members, separated by commas. */
    public String endpoints() {
        return endpoints(IntStream.range(0, members.size()));
    }

    private String endpoints(IntStream which) {
        return which.mapToObj(this::endpoint).collect(Collectors.joining(","));
    }

    /** The URL of {@code member}. */
    public String endpoint(int member) {
        return "http://127.0.0.1:" + address(member).getPort();
    }

    /**
     * The URL of {@code member} for clients that speak TLS.
     *
     * @throws IllegalStateException unless the cluster was built with {@link Builder#tls}
     */
    public String tlsEndpoint(int member) {
        int port = member(member).tls();
        if (port == 0) {
            throw new IllegalStateException("the cluster was built without tls(…)");
        }
        return "https://127.0.0.1:" + port;
    }

    /**
     * {@code endpoint}, one of this cluster's, by the address of the other family.
     *
     * @param endpoint of a cluster that was built with {@link Builder#ipv6}
     */
    public static String overIpv6(String endpoint) {
        return endpoint.replace("127.0.0.1", "[::1]");
    }

    /** The client port of {@code member}, for a {@link TcpProxy} in front of it. */
    public InetSocketAddress address(int member) {
        return member(member).client();
    }

    /** How many members the cluster has, running or not. */
    public int members() {
        return members.size();
    }

    /** The process of {@code member}, which must be running. */
    public long pid(int member) {
        return member(member).process().pid();
    }

    /** Kills {@code member} with SIGKILL; a second time, does nothing. */
    public void kill(int member) {
        member(member).process().kill();
    }

    /** Starts {@code member}, which must not be running, with the data that it had; does not wait until it serves. */
    public void start(int member) {
        start(member(member));
    }

    private synchronized void start(Member member, String... more) {
        if (end.isOver()) {
            throw new IllegalStateException("the cluster in " + folder + " is closed");
        }
        try {
            member.process().start(more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Takes {@code member} out of the cluster, kills it and deletes its data.
     *
     * @throws IllegalStateException if the cluster does not agree within {@link Builder#patience}: it wants a quorum without
     *     that member, and all members to have known each other for five seconds
     */
    public void remove(int member) {
        reconfigure(member, "remove", id(member));
        kill(member);
        Folders.delete(data(member));
    }

    /**
     * Adds {@code member}, which was {@linkplain #remove removed}, as a new one without data and starts it; does not wait
     * until it serves.
     *
     * @throws IllegalStateException if the cluster does not agree within {@link Builder#patience}
     */
    public void add(int member) {
        reconfigure(member, "add", name(member), "--peer-urls=" + member(member).peer());
        start(member(member), "--initial-cluster-state=existing");
    }

    /** Asks all but {@code member} for it: one that is taken out may end before it answers. */
    private void reconfigure(int member, String... change) {
        String others = endpoints(IntStream.range(0, members.size()).filter(other -> other != member));
        List<String> arguments = new ArrayList<>(List.of("member"));
        arguments.addAll(List.of(change));
        Await.until(patience, "change of members", this::lastWords, () -> {
            try {
                etcdctl(others, arguments);
                return true;
            } catch (IllegalStateException e) {
                if (String.valueOf(e.getMessage()).contains("unhealthy cluster")) {
                    return false;
                }
                throw e;
            }
        });
    }

    /** The number by which etcd knows {@code member}, as {@code etcdctl} writes it: another after it was added again. */
    public String id(int member) {
        return etcdctl("member", "list")
                .lines()
                .filter(line -> line.contains(" " + name(member) + ","))
                .map(line -> line.substring(0, line.indexOf(',')))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name(member) + " is not in the cluster"));
    }

    private static String name(int member) {
        return "member" + member;
    }

    private Path data(int member) {
        return folder.resolve(name(member)).resolve("data");
    }

    /** Stops {@code member} with SIGSTOP: its connections stay open and are not served. */
    public void pause(int member) {
        member(member).process().pause();
    }

    /** Continues {@code member} with SIGCONT. */
    public void resume(int member) {
        member(member).process().resume();
    }

    /**
     * Cuts {@code member} off from all others, both ways, without closing a connection; its clients stay connected. Replaces
     * what was done to the network between members before, until {@link #healPeers}.
     *
     * @throws IllegalStateException if the cluster was built without {@link Builder#proxiedPeers}, or the member is not
     *     running
     */
    public void isolatePeer(int member) {
        network().isolate(member, pid(member));
    }

    /** As {@link #isolatePeer}, but for what the others send: {@code member} hears them, and none hears it. */
    public void mutePeer(int member) {
        network().mute(member, pid(member));
    }

    /** Takes back {@link #isolatePeer} and {@link #mutePeer}. */
    public void healPeers() {
        network().heal();
    }

    private EtcdPeers network() {
        if (network == null) {
            throw new IllegalStateException("members can be isolated only in a cluster built with proxiedPeers()");
        }
        return network;
    }

    /** The leader, if a member that runs says that it is. */
    public OptionalInt leader() {
        return IntStream.range(0, members.size())
                .filter(member -> members.get(member).process().isRunning())
                .filter(this::leads)
                .findFirst();
    }

    /**
     * Returns once every member serves clients, which takes a leader, but for those that are killed or paused.
     *
     * @throws IllegalStateException with the members' logs, if that takes longer than {@link Builder#patience}
     */
    public void awaitServing() {
        Await.until(patience, "serving cluster", this::lastWords, this::serves);
    }

    /**
     * Runs {@code etcdctl} against all members and returns what it prints.
     *
     * @throws IllegalStateException with what it printed, if it fails
     */
    public String etcdctl(String... arguments) {
        return etcdctl(endpoints(), List.of(arguments));
    }

    /** As {@link #etcdctl(String...)}, against {@code member} alone. */
    public String etcdctl(int member, String... arguments) {
        return etcdctl(endpoint(member), List.of(arguments));
    }

    private static String etcdctl(String endpoints, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Program.ETCDCTL.path().toString());
        command.add("--endpoints=" + endpoints);
        command.addAll(arguments);
        return Command.run(command);
    }

    /** Kills all members and deletes their data; a second call does nothing. */
    @Override
    public void close() {
        end.close();
    }

    private synchronized void destroy() {
        members.forEach(member -> member.process().kill());
        if (network != null) {
            network.close();
        }
        Folders.delete(folder);
    }

    private Member member(int member) {
        return members.get(Objects.checkIndex(member, members.size()));
    }

    /** The process of {@code member}, running or not. */
    ServerProcess process(int member) {
        return member(member).process();
    }

    /** Whether {@code member} serves clients, which takes a leader. */
    public boolean isServing(int member) {
        return process(member).isRunning()
                && answer(HttpRequest.newBuilder(URI.create(endpoint(member) + "/health")))
                        .contains("\"true\"");
    }

    private boolean serves() {
        return IntStream.range(0, members.size())
                .filter(member -> members.get(member).process().isRunning())
                .allMatch(this::isServing);
    }

    private boolean leads(int member) {
        Matcher status =
                STATUS.matcher(answer(HttpRequest.newBuilder(URI.create(endpoint(member) + "/v3/maintenance/status"))
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))));
        return status.find() && status.group(1).equals(status.group(2));
    }

    /** The answer, or nothing if there is none in time. */
    private String answer(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(PROBE_LIMIT).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            LOG.trace("no answer", e);
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private String lastWords() {
        return IntStream.range(0, members.size())
                .mapToObj(member -> "member " + member + ":\n"
                        + members.get(member).process().lastWords())
                .collect(Collectors.joining("\n"));
    }

    /** The settings of a cluster; not safe for use by many threads. */
    public static final class Builder {
        private int members = 1;
        private Duration patience = Patience.LIMIT;
        private final List<String> flags = new ArrayList<>();
        private final List<String> tls = new ArrayList<>();
        private boolean proxiedPeers;
        private boolean ipv6;

        private Builder() {}

        /**
         * Lets clients speak TLS as well, on a port of its own for each member.
         *
         * @param certificate of the members, for 127.0.0.1, as PEM; {@code key} its key
         * @param clients who has signed the certificates that clients must show, as PEM; null when they need none
         */
        public Builder tls(Path certificate, Path key, @Nullable Path clients) {
            tls.clear();
            tls.add("--cert-file=" + certificate);
            tls.add("--key-file=" + key);
            if (clients != null) {
                tls.add("--client-cert-auth");
                tls.add("--trusted-ca-file=" + clients);
            }
            return this;
        }

        /** The number of members, 1 to 9. */
        public Builder members(int value) {
            this.members = value;
            return this;
        }

        /**
         * Serves clients on the loopback address of IPv6 as well, on the same ports.
         *
         * @throws org.opentest4j.TestAbortedException if this machine has none
         */
        public Builder ipv6() {
            Requires.that(Ports.hasIpv6(), "this machine has no loopback address of IPv6: switch IPv6 on");
            this.ipv6 = true;
            return this;
        }

        /** Puts a proxy before every member, for {@link EtcdCluster#isolatePeer}. */
        public Builder proxiedPeers() {
            this.proxiedPeers = true;
            return this;
        }

        /** A flag of every member, such as {@code --heartbeat-interval=50}, in place of ours where we have it. */
        public Builder flag(String flag) {
            flags.add(flag);
            return this;
        }

        /** How long {@link #start} and {@link EtcdCluster#awaitServing} wait at most. */
        public Builder patience(Duration value) {
            this.patience = value;
            return this;
        }

        /**
         * Starts the members and returns when all of them serve.
         *
         * @throws IllegalArgumentException if a setting is out of range
         * @throws BindException if others took the ports that were chosen, on each of three attempts
         * @throws IllegalStateException with the members' logs, if they do not serve in time
         * @throws org.opentest4j.TestAbortedException if there is no etcd here; see {@link Program#path}
         */
        public EtcdCluster start() throws IOException {
            if (members < 1 || members > 9) {
                throw new IllegalArgumentException("a cluster of " + members + " members must have 1 to 9");
            }
            Path binary = Program.ETCD.path();
            return Ports.onFree(() -> startOnFreePorts(binary));
        }

        private EtcdCluster startOnFreePorts(Path binary) throws IOException {
            List<Integer> ports = Ports.free(3 * members);
            List<Integer> peerPorts = ports.subList(members, 2 * members);
            EtcdPeers network = proxiedPeers ? EtcdPeers.before(peerPorts) : null;
            List<String> peerUrls = IntStream.range(0, members)
                    .mapToObj(member -> "http://"
                            + (network == null ? "127.0.0.1:" + peerPorts.get(member) : network.connectString(member)))
                    .toList();
            String peers = IntStream.range(0, members)
                    .mapToObj(member -> "member" + member + "=" + peerUrls.get(member))
                    .collect(Collectors.joining(","));
            Path folder = Files.createTempDirectory("baton-etcd-");
            List<Member> laid = new ArrayList<>();
            EtcdCluster cluster = new EtcdCluster(folder, laid, network, patience);
            try {
                for (int member = 0; member < members; member++) {
                    Path own = Files.createDirectory(folder.resolve("member" + member));
                    int tlsPort = tls.isEmpty() ? 0 : ports.get(2 * members + member);
                    List<String> command = command(binary, member, own, ports.get(member), peerPorts.get(member));
                    command.add("--initial-advertise-peer-urls=" + peerUrls.get(member));
                    command.add("--initial-cluster=" + peers);
                    command.addAll(flags);
                    String listens = "http://127.0.0.1:" + ports.get(member)
                            + (tlsPort == 0 ? "" : ",https://127.0.0.1:" + tlsPort);
                    if (tlsPort != 0 || ipv6) {
                        command.add("--listen-client-urls=" + listens + (ipv6 ? "," + overIpv6(listens) : ""));
                        command.addAll(tls);
                    }
                    laid.add(new Member(
                            Ports.loopback(ports.get(member)),
                            tlsPort,
                            peerUrls.get(member),
                            new ServerProcess(command, own)));
                }
                cluster.end.begin();
                IntStream.range(0, members).forEach(cluster::start);
                awaitAll(cluster);
                return cluster;
            } catch (IOException | RuntimeException e) {
                cluster.close();
                throw e;
            }
        }

        private static List<String> command(Path binary, int member, Path own, int clientPort, int peerPort) {
            String client = "http://127.0.0.1:" + clientPort;
            return new ArrayList<>(List.of(
                    binary.toString(),
                    "--name=member" + member,
                    "--data-dir=" + own.resolve("data"),
                    "--listen-client-urls=" + client,
                    "--advertise-client-urls=" + client,
                    "--listen-peer-urls=http://127.0.0.1:" + peerPort,
                    "--initial-cluster-state=new",
                    "--unsafe-no-fsync"));
        }

        private void awaitAll(EtcdCluster cluster) throws BindException {
            try {
                Await.until(patience, "serving cluster", cluster::lastWords, () -> {
                    cluster.requireAllAlive();
                    return cluster.serves();
                });
            } catch (IllegalStateException e) {
                if (cluster.members.stream()
                        .anyMatch(member -> member.process().hasPrinted("address already in use"))) {
                    BindException taken = new BindException("a port was taken between choosing and binding it");
                    taken.initCause(e);
                    throw taken;
                }
                throw e;
            }
        }
    }

    private void requireAllAlive() {
        if (!members.stream().allMatch(member -> member.process().isAlive())) {
            throw new IllegalStateException("a member ended: " + lastWords());
        }
    }
}
