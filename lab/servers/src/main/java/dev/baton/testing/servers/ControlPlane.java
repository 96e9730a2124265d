package dev.baton.testing.servers;

import dev.baton.conformance.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The control plane of a highly available Kubernetes cluster on loopback, all of it real: three etcd members, two API
 * servers with RBAC over them, a load balancer before these, and two schedulers and two controller managers that elect
 * their leaders. There is no node. Each {@link Part} can be killed and started again with its data and its address, and
 * stopped and continued by signals; so can whole hosts.
 *
 * <p>Schedulers and controller managers reach the API servers through the load balancer. One that loses its Lease ends, as
 * in any cluster, where a kubelet starts it again; here {@link #start(Part)} does.
 *
 * <p>{@link #close} kills all processes and deletes their folders, and so does the JVM when it shuts down; when it is
 * itself killed, a {@link Watchdog} does. Safe for use by many threads.
 */
public final class ControlPlane implements AutoCloseable {
    private static final int ETCD_MEMBERS = 3;
    private static final int PAIR = 2;
    private static final String CANDIDATE = "candidate";
    private static final Duration TOKEN_VALIDITY = Duration.ofDays(7);
    private static final Pattern HOLDER = Pattern.compile("\"holderIdentity\":\\s*\"([^\"]+)\"");

    /** Which parts share a host. */
    public enum Topology {
        /**
         * Hosts 0 and 1 have an etcd member each, an API server that speaks to that member alone, a scheduler and a
         * controller manager; host 2 has the third member.
         */
        STACKED,
        /**
         * Hosts 0 and 1 have an API server that speaks to all etcd members, a scheduler and a controller manager each;
         * hosts 2 to 4 have an etcd member each.
         */
        EXTERNAL
    }

    /** Whether a part is there. */
    public enum State {
        /** It runs. */
        RUNNING,
        /** It was stopped with {@link ControlPlane#pause}. */
        PAUSED,
        /** There is no process: it was killed, or has ended by itself. */
        DOWN
    }

    /** @param ready whether it says that it is */
    private record Running(ServerProcess process, BooleanSupplier ready) {}

    private final Topology topology;
    private final Duration patience;
    private final EtcdCluster etcd;
    private final List<KubeApiServer> servers;
    private final Path folder;
    private final int port;
    private final int statisticsPort;
    private final KubeHttp http;
    private final Map<Part, Running> parts = new LinkedHashMap<>();
    private final Map<Part, Integer> componentPorts = new LinkedHashMap<>();
    private final EndedOnce end = new EndedOnce("control-plane", this::destroy);

    private ControlPlane(Builder builder, EtcdCluster etcd, List<KubeApiServer> servers, Path folder)
            throws IOException {
        int pairs = builder.components ? PAIR : 0;
        List<Integer> ports = Ports.free(2 + 2 * pairs);
        this.topology = builder.topology;
        this.patience = builder.patience;
        this.etcd = etcd;
        this.servers = List.copyOf(servers);
        this.folder = folder;
        this.port = ports.get(0);
        this.statisticsPort = ports.get(1);
        this.http = new KubeHttp(servers.get(0).caCertificate());
        for (int i = 0; i < pairs; i++) {
            componentPorts.put(Part.scheduler(i), ports.get(2 + i));
            componentPorts.put(Part.controllerManager(i), ports.get(2 + pairs + i));
        }
    }

    /**
     * Starts one and returns when every part is ready and both pairs have a leader; ten seconds or so.
     *
     * @see Builder#start
     */
    public static ControlPlane start(Topology topology) throws IOException {
        return builder(topology).start();
    }

    /** One whose parts share hosts as {@code topology} says. */
    public static Builder builder(Topology topology) {
        return new Builder(topology);
    }

    /**
     * Goes on if all programs that it takes are here; those that are to be compiled are compiled now.
     *
     * @throws org.opentest4j.TestAbortedException if one is missing, on a developer's machine, with what to do about it
     * @throws AssertionError if one is missing, in continuous integration
     */
    public static void requirePrograms() {
        requirePrograms(true);
    }

    private static void requirePrograms(boolean components) {
        LoadBalancer.binary();
        Stream.of(Program.ETCD, Program.KUBE_APISERVER).forEach(Program::path);
        if (components) {
            Stream.of(Program.KUBE_SCHEDULER, Program.KUBE_CONTROLLER_MANAGER).forEach(Program::path);
        }
    }

    /** Which parts share a host. */
    public Topology topology() {
        return topology;
    }

    /** All parts, running or not. */
    public List<Part> parts() {
        return List.copyOf(parts.keySet());
    }

    /** How many hosts there are; the load balancer is on none of them. */
    public int hosts() {
        return topology == Topology.STACKED ? ETCD_MEMBERS : PAIR + ETCD_MEMBERS;
    }

    /** The parts on {@code host}, in the order in which they are started. */
    public List<Part> host(int host) {
        Objects.checkIndex(host, hosts());
        int member = topology == Topology.STACKED ? host : host - PAIR;
        List<Part> there = new ArrayList<>();
        if (member >= 0) {
            there.add(Part.etcd(member));
        }
        if (host < PAIR) {
            there.addAll(List.of(Part.apiServer(host), Part.scheduler(host), Part.controllerManager(host)));
        }
        there.retainAll(parts.keySet());
        return there;
    }

    /** Where clients connect to: the load balancer. */
    public String url() {
        return "https://127.0.0.1:" + port;
    }

    /** The load balancer, for a {@link TcpProxy} in front of it. */
    public InetSocketAddress address() {
        return Ports.loopback(port);
    }

    /** Where a browser sees which API servers the load balancer passes connections on to. */
    public String statisticsUrl() {
        return "http://127.0.0.1:" + statisticsPort + "/";
    }

    /** API server {@code index}, for its own address; it may be killed, but not closed. */
    public KubeApiServer apiServer(int index) {
        return servers.get(Objects.checkIndex(index, servers.size()));
    }

    /** The URLs of the API servers themselves. */
    public List<String> apiServerUrls() {
        return servers.stream().map(KubeApiServer::url).toList();
    }

    /** The etcd members, for their addresses and {@code etcdctl}; they may be killed, but not closed. */
    public EtcdCluster etcd() {
        return etcd;
    }

    /** The file with which {@code kubectl} and other clients are administrators, through the load balancer. */
    public Path kubeconfig() {
        return folderOf(Part.LOAD_BALANCER).resolve("kubeconfig");
    }

    /** The bearer token of that administrator. */
    public String adminToken() {
        return servers.get(0).adminToken();
    }

    /**
     * The user that candidates in {@code namespace} are, who may take part in elections on Leases, Endpoints and
     * ConfigMaps there and tell events, and nothing else; the namespace is made unless it is there. Returns when every
     * API server that is ready lets the user.
     *
     * @throws IllegalStateException if no API server is ready
     */
    public KubeUser candidate(String namespace) throws IOException {
        KubeApiServer server = servers.stream()
                .filter(KubeApiServer::isReady)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no API server is ready"));
        CandidateRole.grant(server, namespace, CANDIDATE);
        String token = server.createServiceAccountToken(namespace, CANDIDATE, TOKEN_VALIDITY);
        Path kubeconfig = folderOf(Part.LOAD_BALANCER).resolve("kubeconfig-" + namespace);
        keys().writeKubeconfig(kubeconfig, url(), CANDIDATE, token, namespace);
        Await.until(
                patience,
                "permission of " + CANDIDATE,
                () -> "",
                () -> servers.stream()
                        .filter(KubeApiServer::isReady)
                        .allMatch(one -> CandidateRole.isGranted(one, namespace, token)));
        return new KubeUser(namespace, CANDIDATE, token, kubeconfig);
    }

    /**
     * Writes to {@code file} the configuration of {@code user} for another address: that of an API server, or of a
     * {@link TcpProxy} in front of anything here, since the certificate is good for every port.
     */
    public void writeKubeconfig(Path file, KubeUser user, String url) throws IOException {
        keys().writeKubeconfig(file, url, user.name(), user.token(), user.namespace());
    }

    /**
     * Runs {@code kubectl} as an administrator through the load balancer and returns what it prints.
     *
     * @throws IllegalStateException with what it printed, if it fails
     */
    public String kubectl(String... arguments) {
        return KubeApiServer.kubectl(kubeconfig(), folderOf(Part.LOAD_BALANCER).resolve("kubectl"), arguments);
    }

    /** Whether {@code part} is there. */
    public State state(Part part) {
        ServerProcess process = running(part).process();
        if (!process.isAlive()) {
            return State.DOWN;
        }
        return process.isRunning() ? State.RUNNING : State.PAUSED;
    }

    /**
     * Whether {@code part} runs and says that it is ready: an etcd member that there is a leader, an API server and a
     * load balancer that requests are served, a scheduler or controller manager that it is healthy, leading or not.
     */
    public boolean isReady(Part part) {
        Running known = running(part);
        return known.process().isRunning() && known.ready().getAsBoolean();
    }

    /** The process of {@code part}, which must be running. */
    public long pid(Part part) {
        return running(part).process().pid();
    }

    /** What {@code part} printed since it was last started. */
    public String printedSinceStart(Part part) {
        return running(part).process().printedSinceStart();
    }

    /** Kills {@code part} with SIGKILL; a second time, does nothing. */
    public void kill(Part part) {
        running(part).process().kill();
    }

    /** Stops {@code part}, which must be running, with SIGSTOP: its connections stay open and are not served. */
    public void pause(Part part) {
        running(part).process().pause();
    }

    /** Continues {@code part} with SIGCONT. */
    public void resume(Part part) {
        running(part).process().resume();
    }

    /** Starts {@code part}, which must not be running, with the data that it had; does not wait until it is ready. */
    public synchronized void start(Part part) {
        if (end.isOver()) {
            throw new IllegalStateException("the control plane is closed");
        }
        try {
            running(part).process().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills {@code part}, if it runs, and starts it; does not wait until it is ready. */
    public void restart(Part part) {
        kill(part);
        start(part);
    }

    /** Kills all parts on {@code host}. */
    public void killHost(int host) {
        host(host).forEach(this::kill);
    }

    /** Stops all parts on {@code host} that run. */
    public void pauseHost(int host) {
        host(host).stream().filter(part -> state(part) == State.RUNNING).forEach(this::pause);
    }

    /** Continues all parts on {@code host} that are paused. */
    public void resumeHost(int host) {
        host(host).stream().filter(part -> state(part) == State.PAUSED).forEach(this::resume);
    }

    /** Starts all parts on {@code host} that are down. */
    public void startHost(int host) {
        host(host).stream().filter(part -> state(part) == State.DOWN).forEach(this::start);
    }

    /**
     * Returns once every part is ready, but for those that are down or paused.
     *
     * @throws IllegalStateException with the logs of those that are not, if that takes longer than
     *     {@link Builder#patience}
     */
    public void awaitReady() {
        Await.until(
                patience,
                "control plane",
                this::lastWords,
                () -> unready().findAny().isEmpty());
    }

    /**
     * The part of {@code kind} that says that it leads: the leader of etcd, or that of a pair which was elected last. One
     * that is down or paused is not asked.
     *
     * @throws IllegalArgumentException if those of {@code kind} elect no leader
     */
    public Optional<Part> leader(Part.Kind kind) {
        if (kind == Part.Kind.ETCD) {
            return etcd.leader().stream().mapToObj(Part::etcd).findFirst();
        }
        requireElection(kind);
        // One that was paused while another was elected is there for a moment longer, until it notices.
        return componentPorts.keySet().stream()
                .filter(part -> part.kind() == kind
                        && state(part) == State.RUNNING
                        && !electedAt(part).isEmpty())
                .max(Comparator.comparing(this::electedAt));
    }

    /**
     * The identity of the holder of the Lease of {@code kind}, schedulers or controller managers; empty when there is
     * none, or the load balancer does not answer.
     */
    public Optional<String> holder(Part.Kind kind) {
        requireElection(kind);
        String lease = http.probe(
                adminToken(), url() + "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-" + kind);
        Matcher holder = HOLDER.matcher(lease);
        return holder.find() ? Optional.of(holder.group(1)) : Optional.empty();
    }

    /** Kills all processes and deletes their data; a second call does nothing. */
    @Override
    public void close() {
        end.close();
    }

    private synchronized void destroy() {
        // Clients before servers, so that none is left to be surprised.
        List<Part> all = new ArrayList<>(parts.keySet());
        IntStream.iterate(all.size() - 1, i -> i >= 0, i -> i - 1)
                .mapToObj(all::get)
                .forEach(this::kill);
        servers.forEach(KubeApiServer::close);
        etcd.close();
        Folders.delete(folder);
    }

    /** Says what each part runs; nothing is started that is not yet. */
    private void layOut(UnaryOperator<KubeComponent> timing) throws IOException {
        IntStream.range(0, etcd.members())
                .forEach(i -> parts.put(Part.etcd(i), new Running(etcd.process(i), () -> etcd.isServing(i))));
        IntStream.range(0, servers.size())
                .forEach(i ->
                        parts.put(Part.apiServer(i), new Running(servers.get(i).process(), servers.get(i)::isReady)));
        Path own = Files.createDirectory(folderOf(Part.LOAD_BALANCER));
        keys().writeKubeconfig(kubeconfig(), url(), KubeFolder.ADMIN, adminToken(), "default");
        parts.put(
                Part.LOAD_BALANCER,
                new Running(
                        LoadBalancer.process(own, servers, port, statisticsPort), () -> answers(url() + "/readyz")));
        for (Part part : componentPorts.keySet().stream().sorted().toList()) {
            add(part, timing);
        }
    }

    private void add(Part part, UnaryOperator<KubeComponent> timing) throws IOException {
        Path own = Files.createDirectory(folderOf(part));
        Path kubeconfig = own.resolve("kubeconfig");
        String user = "system:kube-" + part.kind();
        keys().writeKubeconfig(kubeconfig, url(), user, keys().token(user), "default");
        int at = componentPort(part);
        KubeComponent component = part.kind() == Part.Kind.SCHEDULER
                ? KubeComponent.scheduler(kubeconfig, keys(), at)
                : KubeComponent.controllerManager(kubeconfig, keys(), at);
        ServerProcess process = new ServerProcess(timing.apply(component).command(), own);
        parts.put(part, new Running(process, () -> answers("https://127.0.0.1:" + at + "/healthz")));
    }

    /** Starts what is not running yet, and waits for it. */
    private void startRest() throws BindException {
        end.begin();
        List<Part> rest =
                parts().stream().filter(part -> state(part) == State.DOWN).toList();
        rest.forEach(this::start);
        try {
            Await.until(patience, "control plane with leaders", this::lastWords, () -> {
                requireNoneEnded(rest);
                return unready().findAny().isEmpty() && (componentPorts.isEmpty() || bothPairsHaveALeader());
            });
        } catch (IllegalStateException e) {
            if (rest.stream().anyMatch(part -> foundPortTaken(running(part).process()))) {
                BindException taken = new BindException("a port was taken between choosing and binding it");
                taken.initCause(e);
                throw taken;
            }
            throw e;
        }
    }

    private boolean bothPairsHaveALeader() {
        return leader(Part.Kind.SCHEDULER).isPresent()
                && leader(Part.Kind.CONTROLLER_MANAGER).isPresent();
    }

    private static boolean foundPortTaken(ServerProcess process) {
        // HAProxy's words, and those of Go.
        return process.hasPrinted("cannot bind socket") || process.hasPrinted("address already in use");
    }

    private void requireNoneEnded(List<Part> started) {
        started.stream().filter(part -> state(part) == State.DOWN).findFirst().ifPresent(part -> {
            throw new IllegalStateException(
                    part + " ended: " + running(part).process().lastWords());
        });
    }

    private Stream<Part> unready() {
        return parts().stream().filter(part -> state(part) == State.RUNNING && !isReady(part));
    }

    private String lastWords() {
        List<Part> words = unready().toList();
        return (words.isEmpty() ? componentPorts.keySet() : words)
                .stream()
                        .map(part -> part + ":\n" + running(part).process().lastWords())
                        .collect(Collectors.joining("\n"));
    }

    /** Nothing, if it was not elected since it was started. */
    private String electedAt(Part part) {
        return KubeComponent.electedAt(printedSinceStart(part)).orElse("");
    }

    private boolean answers(String url) {
        return !http.probe(null, url).isEmpty();
    }

    private Running running(Part part) {
        Running known = parts.get(part);
        if (known == null) {
            throw new IllegalArgumentException("there is no " + part + " here, only " + parts.keySet());
        }
        return known;
    }

    private int componentPort(Part part) {
        return Objects.requireNonNull(componentPorts.get(part), part::toString);
    }

    private static void requireElection(Part.Kind kind) {
        if (kind != Part.Kind.SCHEDULER && kind != Part.Kind.CONTROLLER_MANAGER) {
            throw new IllegalArgumentException(kind + " has no Lease to elect a leader by");
        }
    }

    private KubeFolder keys() {
        return servers.get(0).folder();
    }

    private Path folderOf(Part part) {
        return folder.resolve(part.toString());
    }

    /** The settings of a control plane; not safe for use by many threads. */
    public static final class Builder {
        private final Topology topology;
        private Duration patience = Patience.LIMIT;
        private UnaryOperator<KubeComponent> timing = UnaryOperator.identity();
        private boolean components = true;

        private Builder(Topology topology) {
            this.topology = topology;
        }

        /** How long {@link #start} waits for each of its steps at most, and {@link ControlPlane#awaitReady} in all. */
        public Builder patience(Duration value) {
            this.patience = value;
            return this;
        }

        /** Leaves out schedulers and controller managers, which are no part of what elections rest on. */
        public Builder withoutComponents() {
            this.components = false;
            return this;
        }

        /** The timing of schedulers and controller managers, in place of their own 15, 10 and 2 s. */
        public Builder timing(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod) {
            this.timing = component -> component.timing(leaseDuration, renewDeadline, retryPeriod);
            return this;
        }

        /**
         * Starts all parts and returns when every one is ready and both pairs, if they are there, have a leader.
         *
         * @throws BindException if others took a port that was chosen, on each of three attempts
         * @throws IllegalStateException with the logs of what is not ready in time
         * @throws org.opentest4j.TestAbortedException if a program is missing; see {@link Program#path}
         */
        public ControlPlane start() throws IOException {
            requirePrograms(components);
            return Ports.onFree(this::startOnFreePorts);
        }

        private ControlPlane startOnFreePorts() throws IOException {
            EtcdCluster etcd = EtcdCluster.builder()
                    .members(ETCD_MEMBERS)
                    .patience(patience)
                    .start();
            List<KubeApiServer> servers = new ArrayList<>();
            ControlPlane plane;
            try {
                // The second comes with the certificate that the first makes.
                servers.add(apiServer(KubeApiServer.builder(etcd), 0));
                servers.add(apiServer(KubeApiServer.beside(servers.get(0)), 1));
                plane = new ControlPlane(this, etcd, servers, Files.createTempDirectory("baton-control-plane-"));
            } catch (IOException | RuntimeException e) {
                servers.forEach(KubeApiServer::close);
                etcd.close();
                throw e;
            }
            try {
                plane.layOut(timing);
                plane.startRest();
                return plane;
            } catch (IOException | RuntimeException e) {
                plane.close();
                throw e;
            }
        }

        private KubeApiServer apiServer(KubeApiServer.Builder server, int index) throws IOException {
            if (topology == Topology.STACKED) {
                server.member(index);
            }
            return server.patience(patience).start();
        }
    }
}
