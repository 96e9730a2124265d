package dev.baton.zookeeper;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.Cannot;
import dev.baton.conformance.TcpProxy;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import dev.baton.zookeeper.internal.Line;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.jspecify.annotations.Nullable;

/** One real server, to which each backend has a network of its own, and a plain client in the operator's hand. */
final class ZooKeeperHarness implements BackendHarness {
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(3), Duration.ofMillis(1800), Duration.ofMillis(200));
    /** ZooKeeper asks it whether it contains null, which {@code List.of} answers with an exception. */
    private static final List<ACL> ANYONE =
            Collections.singletonList(new ACL(ZooDefs.Perms.ALL, new Id("world", "anyone")));

    private static final int ANSWER_MILLIS = 60_000;

    private final ZooKeeperEnsemble server;
    private final CuratorFramework client;
    private final Map<LockBackend, NetworkedBackend> opened = new ConcurrentHashMap<>();

    ZooKeeperHarness() throws IOException {
        // By default twenty ticks are the longest session, which the kit's longest is longer than.
        this.server = ZooKeeperEnsemble.builder()
                .tickTime(Stage.TICK)
                .extra("maxSessionTimeout", "60000")
                .start();
        this.client = CuratorFrameworkFactory.newClient(server.connectString(), new RetryNTimes(100, 100));
        client.start();
    }

    @Override
    public String name() {
        return "zookeeper";
    }

    @Override
    public LockBackend open() throws IOException {
        NetworkedBackend backend = NetworkedBackend.on(TcpProxy.to(server.address(0)));
        opened.put(backend, backend);
        return backend;
    }

    @Override
    public ElectionTiming timing() {
        return TIMING;
    }

    @Override
    public Set<String> packages() {
        return Set.of("dev.baton.zookeeper", "dev.baton.zookeeper.internal", "dev.baton.internal.session");
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

    /** As where the permissions of this client's user were taken; its node goes with its session all the same. */
    @Override
    public void refuse(LockBackend backend) throws IOException {
        FaultyZooKeeper proxy = above(backend);
        proxy.refuse();
        awaitConnection(backend, proxy);
    }

    /** As where its permission to read was taken. Watches that it has left stand, as they do there. */
    @Override
    public void refuseReads(LockBackend backend) throws IOException {
        FaultyZooKeeper proxy = above(backend);
        proxy.refuseReads();
        awaitConnection(backend, proxy);
    }

    @Override
    public void refuseWatches(LockBackend backend) {
        throw Cannot.because("whoever may read in ZooKeeper may leave a watch");
    }

    @Override
    public void misroute(LockBackend backend) {
        throw Cannot.because("nothing but a server of ZooKeeper's can answer its clients");
    }

    @Override
    public void repeat(LockBackend backend) {
        throw Cannot.because("requests of a session have numbers, and nothing can repeat one between ZooKeeper and its"
                + " clients");
    }

    /** Watches are left anew, since a network that leads elsewhere breaks the connection. */
    @Override
    public void deafen(LockBackend backend) throws IOException {
        FaultyZooKeeper proxy = above(backend);
        proxy.deafen();
        awaitConnection(backend, proxy);
    }

    private FaultyZooKeeper above(LockBackend backend) throws IOException {
        return opened(backend).through(server.address(0));
    }

    /** A client that has a session goes on with it this way. */
    private void awaitConnection(LockBackend backend, FaultyZooKeeper proxy) {
        if (!opened(backend).sessions().isEmpty()) {
            Waits.await().until(() -> proxy.sessions() > 0);
        }
    }

    @Override
    public void heal(LockBackend backend) {
        NetworkedBackend healed = opened.get(backend);
        if (healed != null && healed.isOpen()) {
            healed.heal();
        }
    }

    /** Whoever closes a session ends it, on whichever connection. */
    @Override
    public void expire(LockBackend backend) throws Exception {
        for (ZooKeeper session : opened(backend).sessions()) {
            Connected connected = new Connected();
            ZooKeeper second = new ZooKeeper(
                    server.connectString(),
                    session.getSessionTimeout(),
                    connected,
                    session.getSessionId(),
                    session.getSessionPasswd());
            connected.await(ANSWER_MILLIS);
            second.close();
        }
    }

    // -- an operator's hand -------------------------------------------------------------------------------------------

    private static String path(ElectionName election) {
        return "/baton/" + election;
    }

    private Line line(ElectionName election) throws Exception {
        try {
            return Line.of(client.getChildren().forPath(path(election)));
        } catch (NoNodeException e) {
            return new Line(List.of());
        }
    }

    private @Nullable String holder(ElectionName election) throws Exception {
        String first = line(election).first();
        return first == null ? null : path(election) + "/" + first;
    }

    @Override
    public void delete(ElectionName election) throws Exception {
        String holder = holder(election);
        if (holder != null) {
            client.delete().forPath(holder);
        }
    }

    /** The holder's node is written with what it has, and the election's with something else. */
    @Override
    public void touch(ElectionName election) throws Exception {
        String holder = holder(election);
        if (holder != null) {
            client.setData().forPath(holder, client.getData().forPath(holder));
        }
        client.setData().forPath(path(election), "touched".getBytes(UTF_8));
    }

    /** As a LeaderLatch stands in line, and dies: its node is its own, so it can write over nobody's. */
    @Override
    public void rewrite(ElectionName election, String identity, Instant when) throws Exception {
        if (!line(election).isEmpty()) {
            throw Cannot.because("other kinds of clients write nodes of their own in ZooKeeper, and over nobody's");
        }
        if (client.checkExists().forPath(path(election)) == null) {
            client.create().creatingParentsIfNeeded().forPath(path(election));
        }
        try (TcpProxy network = TcpProxy.to(server.address(0))) {
            Connected connected = new Connected();
            ZooKeeper stranger = new ZooKeeper(
                    network.connectString(), (int) timing().leaseDuration().toMillis(), connected);
            connected.await(ANSWER_MILLIS);
            stranger.create(
                    path(election) + "/" + Line.nameFor(UUID.randomUUID().toString()),
                    identity.getBytes(UTF_8),
                    ANYONE,
                    CreateMode.EPHEMERAL_SEQUENTIAL);
            // The server hears nothing of its closing, and waits for the session to run out.
            network.cut();
            stranger.close();
        }
    }

    @Override
    public void restart() {
        server.kill(0);
        server.start(0);
        server.awaitServing();
    }

    // -- counts -------------------------------------------------------------------------------------------------------

    @Override
    public OptionalInt standing(ElectionName election) throws Exception {
        return OptionalInt.of(line(election).names().size());
    }

    @Override
    public OptionalInt sessions() throws IOException {
        return count("zk_global_sessions");
    }

    @Override
    public OptionalInt watches() throws IOException {
        return count("zk_watch_count");
    }

    /** One of the numbers that the server tells whoever sends {@code mntr}. */
    private OptionalInt count(String what) throws IOException {
        try (Socket socket =
                new Socket(server.address(0).getAddress(), server.address(0).getPort())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write("mntr".getBytes(US_ASCII));
            Matcher number = Pattern.compile("(?m)^" + what + "\\s+(\\d+)$")
                    .matcher(new String(socket.getInputStream().readAllBytes(), US_ASCII));
            return number.find() ? OptionalInt.of(Integer.parseInt(number.group(1))) : OptionalInt.empty();
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
