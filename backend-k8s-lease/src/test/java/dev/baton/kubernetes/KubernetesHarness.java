package dev.baton.kubernetes;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.TcpProxy;
import dev.baton.event.EventSink;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.testing.servers.FaultyHttp;
import dev.baton.testing.servers.FaultyHttp.Asked;
import dev.baton.testing.servers.FaultyHttp.Fault;
import dev.baton.testing.servers.FaultyHttp.Rule;
import dev.baton.testing.servers.KubeApiServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A real API server, to which each backend has a network of its own, and an administrator's hand on its objects. What goes on
 * above TCP is done by a proxy in the server's name, to which a network leads once it is needed.
 */
final class KubernetesHarness implements BackendHarness {
    private final String name;
    private final ElectionTiming timing;
    private final Function<Config, LockBackend> opening;
    private final KubernetesStage stage = new KubernetesStage();
    private final List<AdministratorsHand> hands;
    private final Map<LockBackend, Network> networks = new ConcurrentHashMap<>();
    private final String nobody;

    /**
     * @param timing of the candidates, in whole seconds
     * @param opening opens a backend on the server of the configuration
     * @param kinds where that backend keeps its records
     */
    KubernetesHarness(String name, ElectionTiming timing, Function<Config, LockBackend> opening, LockObject... kinds)
            throws IOException {
        this.name = name;
        this.timing = timing;
        this.opening = opening;
        this.hands = Arrays.stream(kinds)
                .map(kind -> new AdministratorsHand(stage.server, kind))
                .toList();
        this.nobody = stage.server.createServiceAccountToken(stage.namespace, "nobody");
    }

    /** One backend's way to the server. */
    private static final class Network implements AutoCloseable {
        private final TcpProxy tcp;
        private @Nullable FaultyHttp http;
        private @Nullable Rule fault;

        Network(TcpProxy tcp) {
            this.tcp = tcp;
        }

        /** Does {@code what} to what {@code which} names, from now on, and breaks the connections that watches go on by. */
        synchronized Rule strike(KubeApiServer server, Predicate<Asked> which, Fault what) throws IOException {
            if (http == null) {
                http = FaultyHttp.inTheNameOf(server);
            }
            fault = http.when(which, what);
            tcp.redirect(http.address());
            return fault;
        }

        synchronized void heal() {
            tcp.pass();
            if (fault != null) {
                fault.end();
            }
        }

        @Override
        public synchronized void close() {
            tcp.close();
            if (http != null) {
                http.close();
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public LockBackend open() throws IOException {
        Network network = new Network(TcpProxy.to(stage.server.address()));
        Config config = new ConfigBuilder(stage.config())
                .withMasterUrl("https://" + network.tcp.connectString())
                .build();
        LockBackend backend = with(network, opening.apply(config));
        networks.put(backend, network);
        return backend;
    }

    /** The backend, that takes its network along when it is closed: the kit counts sockets and threads. */
    private static LockBackend with(Network network, LockBackend backend) {
        Class<?>[] types = backend instanceof EventSink
                ? new Class<?>[] {LockBackend.class, EventSink.class}
                : new Class<?>[] {LockBackend.class};
        return (LockBackend) Proxy.newProxyInstance(
                KubernetesHarness.class.getClassLoader(), types, (self, method, arguments) -> {
                    try {
                        return method.invoke(backend, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (method.getName().equals("close")) {
                            network.close();
                        }
                    }
                });
    }

    @Override
    public ElectionTiming timing() {
        return timing;
    }

    @Override
    public String namespace() {
        return stage.namespace;
    }

    @Override
    public Set<String> packages() {
        return Set.of("dev.baton.kubernetes", "dev.baton.register", "dev.baton.migration");
    }

    // -- faults of one instance -----------------------------------------------------------------------------------

    private Network network(LockBackend backend) {
        return Objects.requireNonNull(networks.get(backend));
    }

    @Override
    public void kill(LockBackend backend) {
        Objects.requireNonNull(networks.remove(backend)).close();
    }

    @Override
    public void silence(LockBackend backend) {
        network(backend).tcp.blackHole();
    }

    @Override
    public void loseAnswers(LockBackend backend) {
        network(backend).tcp.blackHole(TcpProxy.Direction.TO_CLIENT);
    }

    @Override
    public void slowDown(LockBackend backend, Duration delay) {
        network(backend).tcp.delay(delay, Duration.ZERO, 0);
    }

    @Override
    public void strand(LockBackend backend) {
        network(backend).tcp.strand();
    }

    /** The server itself refuses, to somebody who may do nothing; what is read is read by the administrator. */
    @Override
    public void refuse(LockBackend backend) throws IOException {
        network(backend)
                .strike(stage.server, asked -> !asked.method().equals("GET"), exchange -> exchange.passAs(nobody));
    }

    @Override
    public void refuseReads(LockBackend backend) throws IOException {
        network(backend)
                .strike(stage.server, asked -> asked.method().equals("GET"), exchange -> exchange.passAs(nobody));
    }

    @Override
    public void refuseWatches(LockBackend backend) throws IOException {
        network(backend).strike(stage.server, Asked::isWatch, exchange -> exchange.passAs(nobody));
    }

    @Override
    public void misroute(LockBackend backend) throws IOException {
        network(backend).strike(stage.server, asked -> true, exchange -> exchange.plain(404, "404 page not found"));
    }

    @Override
    public void repeat(LockBackend backend) throws IOException {
        network(backend).strike(stage.server, asked -> !asked.isWatch(), exchange -> {
            exchange.passOn();
            exchange.passChanged(body -> body);
        });
    }

    /** The watches are opened anew, since a network that leads elsewhere breaks them. */
    @Override
    public void deafen(LockBackend backend) throws IOException {
        Rule deaf = network(backend).strike(stage.server, Asked::isWatch, exchange -> exchange.passPart(0));
        KubernetesStage.until("silent watches", () -> deaf.struck() >= hands.size());
    }

    @Override
    public void heal(LockBackend backend) {
        Network network = networks.get(backend);
        if (network != null) {
            network.heal();
        }
    }

    // -- an operator's hand on the store --------------------------------------------------------------------------

    @Override
    public void delete(ElectionName election) throws IOException {
        for (AdministratorsHand hand : hands) {
            hand.delete(election);
        }
    }

    @Override
    public void touch(ElectionName election) throws IOException {
        for (AdministratorsHand hand : hands) {
            hand.touch(election);
        }
    }

    @Override
    public void rewrite(ElectionName election, String identity, Instant when) throws IOException {
        for (AdministratorsHand hand : hands) {
            hand.rewrite(election, identity, when, timing().leaseDuration());
        }
    }

    @Override
    public void restart() {
        stage.server.kill();
        stage.server.start();
        stage.server.awaitReady();
    }

    // -- counts ---------------------------------------------------------------------------------------------------

    /** One where several kinds are held at once. */
    @Override
    public OptionalInt standing(ElectionName election) throws IOException {
        for (AdministratorsHand hand : hands) {
            if (hand.isHeld(election)) {
                return OptionalInt.of(1);
            }
        }
        return OptionalInt.of(0);
    }

    @Override
    public OptionalInt watches() throws IOException {
        int count = 0;
        for (AdministratorsHand hand : hands) {
            count += hand.watches();
        }
        return OptionalInt.of(count);
    }

    @Override
    public void close() throws Exception {
        stage.close();
    }
}
