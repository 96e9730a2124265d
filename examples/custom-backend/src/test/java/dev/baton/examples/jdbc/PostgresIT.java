package dev.baton.examples.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.LeaderElection;
import dev.baton.LeaderObserver;
import dev.baton.Leadership;
import dev.baton.conformance.TcpProxy;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a real PostgreSQL, which can hang, crash and be cut off. */
class PostgresIT extends ElectionCases {
    @AutoClose
    private static PostgresServer server;

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.start();
    }

    @Override
    DataSource database() {
        return JdbcCandidate.postgres(server.url());
    }

    @Test
    void callsEndInTimeWhileTheServerIsStopped() {
        try (LockBackend backend = JdbcRegister.on(database(), 0)) {
            Claim claim = new Claim(election, "a", "nonce-while-stopped", ElectionTiming.DEFAULT);
            assertThat(get(backend.acquire(claim, in(backend, Candidate.PATIENCE))))
                    .isInstanceOf(Answer.Granted.class);
            server.pause();
            try {
                assertThat(failure(backend.renew(claim, in(backend, Duration.ofSeconds(1)))))
                        .hasMessageContaining("did not answer");
                // By the connection's own timeout, long before this deadline.
                assertThat(failure(backend.renew(claim, in(backend, Candidate.PATIENCE))))
                        .hasMessageContaining("another connection is tried");
            } finally {
                server.resume();
            }
            await().atMost(Candidate.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> get(backend.renew(claim, in(backend, Candidate.PATIENCE))) instanceof Answer.Granted);
        }
    }

    /** The store's own word for it (rule 3.4): nothing is to be voided, and the connection is of use. */
    @Test
    void whatTheDatabaseDoesNotPermitIsNotWritten() {
        server.execute("CREATE ROLE reader LOGIN");
        server.execute("GRANT SELECT ON baton_election TO reader");
        String reader = server.url(server.address(), "reader");
        try (LockBackend backend = JdbcRegister.on(JdbcCandidate.postgres(reader), 0)) {
            Claim claim = new Claim(election, "a", "nonce-of-a-reader", ElectionTiming.DEFAULT);
            assertThat(failure(backend.acquire(claim, in(backend, Candidate.PATIENCE))))
                    .hasMessageContaining("does not permit")
                    .isInstanceOfSatisfying(
                            BackendException.class,
                            refused -> assertThat(refused.isNotWritten()).isTrue());
        }
    }

    @Test
    void leadsAgainOnAnotherConnectionAfterTheServerWasStopped() {
        try (Candidate candidate = new Candidate(database(), election)) {
            Leadership before = candidate.awaitTerm();
            List<String> connections = connections();
            server.pause();
            try {
                await().atMost(Candidate.PATIENCE).until(() -> !before.isValid());
            } finally {
                server.resume();
            }

            Leadership after = candidate.awaitTermAfter(before);

            assertThat(after.fencingToken()).matches(token -> token.isAfter(before.fencingToken()));
            assertThat(connections()).isNotEmpty().doesNotContainAnyElementsOf(connections);
        }
    }

    @Test
    void leadsAgainAfterTheServerCrashed() throws IOException {
        try (Candidate candidate = new Candidate(database(), election)) {
            Leadership before = candidate.awaitTerm();
            server.crash();
            await().atMost(Candidate.PATIENCE).until(() -> !before.isValid());

            server.resumeFromDisk();

            Leadership after = candidate.awaitTermAfter(before);
            assertThat(after.fencingToken()).matches(token -> token.isAfter(before.fencingToken()));
        }
    }

    @Test
    void termOfALeaderThatIsCutOffIsOverBeforeTheNextBegins() throws IOException {
        try (TcpProxy network = TcpProxy.to(server.address())) {
            String through = server.url(network.address());
            List<Boolean> wasOver = new CopyOnWriteArrayList<>();
            try (Candidate leader = new Candidate(JdbcCandidate.postgres(through), election)) {
                Leadership before = leader.awaitTerm();
                try (Candidate standby = new Candidate(database(), election, term -> wasOver.add(!before.isValid()))) {
                    await().atMost(Candidate.PATIENCE)
                            .until(() -> standby.election.currentLeader().isPresent());

                    network.blackHole();

                    Leadership after = standby.awaitTerm();
                    assertThat(wasOver).startsWith(true);
                    assertThat(after.fencingToken()).matches(token -> token.isAfter(before.fencingToken()));
                }
                network.pass();
            }
        }
    }

    /** An operator's transaction that was left open must not gather a server process a try until there are no more. */
    @Test
    void statementsThatWaitForALockedRowEndAtTheServer() throws SQLException {
        try (Candidate candidate = new Candidate(database(), election);
                Connection operator = server.dataSource().getConnection();
                Statement lock = operator.createStatement()) {
            Leadership before = candidate.awaitTerm();
            operator.setAutoCommit(false);
            lock.execute("SELECT * FROM baton_election WHERE election = '" + election + "' FOR UPDATE");
            await().atMost(Candidate.PATIENCE).until(() -> !before.isValid());
            await().during(Duration.ofSeconds(8))
                    .atMost(Candidate.PATIENCE)
                    .until(() -> connections().size() <= 2);

            operator.rollback();

            candidate.awaitTermAfter(before);
        }
    }

    @Test
    void standbyLeadsAfterTheProcessOfTheLeaderWasKilled() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String election = "orders/reconciler";
        try (LockBackend backend = JdbcRegister.on(database(), 0);
                LeaderObserver observer =
                        LeaderElection.observe(backend, election).start()) {
            Process program = new ProcessBuilder(
                            java.toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            JdbcCandidate.class.getName(),
                            server.url())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                await().atMost(Candidate.PATIENCE)
                        .until(() -> observer.currentLeader().isPresent());
                CompletableFuture<Leadership> term = new CompletableFuture<>();
                LeaderElection.on(backend, election)
                        .onStartedLeading(term::complete)
                        .start();
                var token = observer.currentLeader().orElseThrow().token();

                program.destroyForcibly();

                assertThat(get(term).fencingToken()).matches(later -> token != null && later.isAfter(token));
            } finally {
                program.destroyForcibly();
            }
        }
    }

    @Test
    void connectionIsClosedWithTheBackend() {
        Candidate candidate = new Candidate(database(), election);
        candidate.awaitTerm();
        assertThat(connections()).isNotEmpty();

        candidate.close();

        await().atMost(Candidate.PATIENCE).until(() -> connections().isEmpty());
    }

    /** The server processes that serve others than this test's own questions, in which each statement may be seen. */
    private static List<String> connections() {
        return Sql.query(
                server.dataSource(),
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND query LIKE '%baton_election%'"
                        + " AND query NOT LIKE '%FOR UPDATE' AND pid <> pg_backend_pid()");
    }
}
