package dev.baton.examples.jdbc;

import dev.baton.spi.LockBackend;
import dev.baton.testing.servers.TcpProxy;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** A real PostgreSQL, to which each backend has a network of its own. */
final class PostgresHarness extends JdbcHarness {
    private final PostgresServer server;
    private final Map<LockBackend, TcpProxy> networks = new ConcurrentHashMap<>();

    PostgresHarness(PostgresServer server) {
        super("postgresql", server.dataSource());
        this.server = server;
    }

    @Override
    public LockBackend open() throws IOException {
        TcpProxy network = TcpProxy.to(server.address());
        LockBackend backend = with(network, JdbcRegister.on(JdbcCandidate.postgres(server.url(network.address())), 0));
        networks.put(backend, network);
        return backend;
    }

    /** The backend, that takes its network along when it is closed. */
    private static LockBackend with(TcpProxy network, LockBackend backend) {
        return (LockBackend) Proxy.newProxyInstance(
                PostgresHarness.class.getClassLoader(),
                new Class<?>[] {LockBackend.class},
                (self, method, arguments) -> {
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

    private TcpProxy network(LockBackend backend) {
        return Objects.requireNonNull(networks.get(backend));
    }

    @Override
    public void kill(LockBackend backend) {
        Objects.requireNonNull(networks.remove(backend)).close();
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

    @Override
    public void heal(LockBackend backend) {
        TcpProxy network = networks.get(backend);
        if (network != null) {
            network.pass();
        }
    }

    @Override
    public void restart() throws IOException {
        server.crash();
        server.resumeFromDisk();
    }

    @Override
    public void close() {
        server.close();
    }
}
