package dev.baton.examples.jdbc;

import dev.baton.conformance.Cannot;
import dev.baton.conformance.TcpProxy;
import dev.baton.spi.LockBackend;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A real PostgreSQL, to which each backend has a network and a user of its own. */
final class PostgresHarness extends JdbcHarness {
    private final PostgresServer server;
    private final Map<LockBackend, Candidate> candidates = new ConcurrentHashMap<>();
    private final AtomicInteger users = new AtomicInteger();

    /** Who asks, and by which way. */
    private record Candidate(TcpProxy network, String user) {}

    PostgresHarness(PostgresServer server) {
        super("postgresql", server.dataSource());
        this.server = server;
    }

    @Override
    public LockBackend open() throws IOException {
        TcpProxy network = TcpProxy.to(server.address());
        String user = "candidate_" + users.incrementAndGet();
        server.execute("CREATE ROLE " + user + " LOGIN");
        server.execute("GRANT USAGE ON SEQUENCE baton_revision TO " + user);
        permit(user);
        String url = server.url(network.address(), user);
        LockBackend backend = with(network, JdbcRegister.on(JdbcCandidate.postgres(url), 0));
        candidates.put(backend, new Candidate(network, user));
        return backend;
    }

    private void permit(String user) {
        server.execute("GRANT SELECT, INSERT, UPDATE ON baton_election TO " + user);
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
        return candidate(backend).network();
    }

    private Candidate candidate(LockBackend backend) {
        return Objects.requireNonNull(candidates.get(backend));
    }

    @Override
    public void kill(LockBackend backend) {
        Objects.requireNonNull(candidates.remove(backend)).network().close();
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
    public void refuse(LockBackend backend) {
        server.execute("REVOKE INSERT, UPDATE ON baton_election FROM "
                + candidate(backend).user());
    }

    @Override
    public void refuseReads(LockBackend backend) {
        server.execute(
                "REVOKE SELECT ON baton_election FROM " + candidate(backend).user());
    }

    @Override
    public void repeat(LockBackend backend) {
        throw Cannot.because(
                "statements come in a session, and nothing can repeat one between PostgreSQL and its clients");
    }

    @Override
    public void heal(LockBackend backend) {
        Candidate candidate = candidates.get(backend);
        if (candidate != null) {
            candidate.network().pass();
            permit(candidate.user());
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
