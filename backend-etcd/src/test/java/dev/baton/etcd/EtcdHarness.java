package dev.baton.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.Cannot;
import dev.baton.conformance.TcpProxy;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.testing.servers.EtcdCluster;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One real member, to which each backend has a network of its own, and etcdctl in the operator's hand. */
final class EtcdHarness implements BackendHarness {
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(3), Duration.ofMillis(1800), Duration.ofMillis(200));
    private static final Pattern GRANTED = Pattern.compile("lease ([0-9a-f]+) granted");
    private static final Pattern WATCHERS = Pattern.compile("(?m)^etcd_debugging_mvcc_watcher_total (\\d+)$");

    private final EtcdCluster cluster;
    private final Map<LockBackend, NetworkedBackend> opened = new ConcurrentHashMap<>();

    EtcdHarness() throws IOException {
        this.cluster = EtcdCluster.builder().start();
    }

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public LockBackend open() throws IOException {
        NetworkedBackend backend = NetworkedBackend.on(TcpProxy.to(cluster.address(0)));
        opened.put(backend, backend);
        return backend;
    }

    @Override
    public ElectionTiming timing() {
        return TIMING;
    }

    @Override
    public Set<String> packages() {
        return Set.of("dev.baton.etcd", "dev.baton.etcd.internal", "dev.baton.internal.session");
    }

    private NetworkedBackend opened(LockBackend backend) {
        return Objects.requireNonNull(opened.get(backend));
    }

    private TcpProxy network(LockBackend backend) {
        return opened(backend).network();
    }

    // -- faults of one instance ---------------------------------------------------------------------------------------

    @Override
    public void kill(LockBackend backend) {
        // Nobody heals it any more.
        Objects.requireNonNull(opened.remove(backend)).network().cut();
    }

    @Override
    public void silence(LockBackend backend) {
        network(backend).blackHole();
    }

    @Override
    public void loseAnswers(LockBackend backend) {
        network(backend).blackHole(TcpProxy.Direction.TO_CLIENT);
    }

    @Override
    public void slowDown(LockBackend backend, Duration delay) {
        network(backend).delay(delay, Duration.ZERO, 0);
    }

    @Override
    public void strand(LockBackend backend) {
        network(backend).strand();
    }

    private FaultyGrpc above(LockBackend backend) throws IOException {
        return opened(backend).through(cluster.address(0));
    }

    /** As where the user of this client has lost its role. */
    @Override
    public void refuse(LockBackend backend) throws IOException {
        FaultyGrpc proxy = above(backend);
        proxy.refuse();
        awaitUse(backend, proxy);
    }

    /** As where the role of this client's user has lost the permission to read: etcd compares nothing for it either. */
    @Override
    public void refuseReads(LockBackend backend) throws IOException {
        FaultyGrpc proxy = above(backend);
        proxy.refuseReads();
        breakConnections(backend, proxy);
    }

    @Override
    public void refuseWatches(LockBackend backend) throws IOException {
        FaultyGrpc proxy = above(backend);
        proxy.refuseWatches();
        breakConnections(backend, proxy);
    }

    @Override
    public void misroute(LockBackend backend) throws IOException {
        FaultyGrpc proxy = above(backend);
        proxy.misroute();
        breakConnections(backend, proxy);
    }

    /** Streams that have begun would go on as they are. */
    private void breakConnections(LockBackend backend, FaultyGrpc proxy) {
        network(backend).redirect(proxy.address());
    }

    @Override
    public void repeat(LockBackend backend) throws IOException {
        FaultyGrpc proxy = above(backend);
        proxy.repeat();
        awaitUse(backend, proxy);
    }

    /** A client that has a session renews it this way, too, before long. */
    private void awaitUse(LockBackend backend, FaultyGrpc proxy) {
        if (!opened(backend).leases().isEmpty()) {
            Waits.await().until(() -> proxy.transactions() > 0);
        }
    }

    /** The watch is made anew, since a network that leads elsewhere breaks it. */
    @Override
    public void deafen(LockBackend backend) throws IOException {
        FaultyGrpc proxy = above(backend);
        proxy.deafen();
        Waits.await().until(() -> proxy.watches() > 0);
    }

    @Override
    public void heal(LockBackend backend) {
        NetworkedBackend healed = opened.get(backend);
        if (healed != null && healed.isOpen()) {
            healed.heal();
        }
    }

    @Override
    public void expire(LockBackend backend) {
        opened(backend).leases().forEach(lease -> cluster.etcdctl("lease", "revoke", lease));
    }

    // -- an operator's hand -------------------------------------------------------------------------------------------

    /** The keys of those in line, whose key was created first in front. */
    private List<String> line(ElectionName election) {
        return cluster.etcdctl(
                        "get", "--prefix", "--keys-only", "--sort-by=CREATE", "--order=ASCEND", Stage.prefix(election))
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    @Override
    public void delete(ElectionName election) {
        line(election).stream().findFirst().ifPresent(key -> cluster.etcdctl("del", key));
    }

    /** Somebody stands in line behind the holder, and leaves. */
    @Override
    public void touch(ElectionName election) {
        String key = Stage.prefix(election) + "1";
        cluster.etcdctl("put", key, "passer-by");
        cluster.etcdctl("del", key);
    }

    /** As {@code etcdctl elect} stands in line, and dies: its key is its own, so it can write over nobody's. */
    @Override
    public void rewrite(ElectionName election, String identity, Instant when) {
        if (!line(election).isEmpty()) {
            throw Cannot.because("other kinds of clients write keys of their own in etcd, and over nobody's");
        }
        String printed = cluster.etcdctl(
                "lease", "grant", Long.toString(timing().leaseDuration().toSeconds()));
        Matcher lease = GRANTED.matcher(printed);
        if (!lease.find()) {
            throw new IllegalStateException("no lease in what etcdctl printed: " + printed);
        }
        cluster.etcdctl("put", "--lease=" + lease.group(1), Stage.prefix(election) + lease.group(1), identity);
    }

    @Override
    public void restart() {
        cluster.kill(0);
        cluster.start(0);
        cluster.awaitServing();
    }

    // -- counts -------------------------------------------------------------------------------------------------------

    @Override
    public OptionalInt standing(ElectionName election) {
        return OptionalInt.of(line(election).size());
    }

    @Override
    public OptionalInt sessions() {
        long leases = cluster.etcdctl("lease", "list")
                .lines()
                .filter(line -> line.matches("[0-9a-f]{8,16}"))
                .count();
        return OptionalInt.of((int) leases);
    }

    @Override
    public OptionalInt watches() throws IOException {
        try (InputStream metrics =
                URI.create(cluster.endpoint(0) + "/metrics").toURL().openStream()) {
            Matcher watchers = WATCHERS.matcher(new String(metrics.readAllBytes(), UTF_8));
            return watchers.find() ? OptionalInt.of(Integer.parseInt(watchers.group(1))) : OptionalInt.empty();
        }
    }

    @Override
    public void close() {
        cluster.close();
    }
}
