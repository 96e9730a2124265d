package dev.baton.examples.jdbc;

import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendThreads;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elections in a table of a SQL database, which {@code schema.sql} creates: each row is compared and set by its
 * revision.
 *
 * <p>One connection serves all elections of an instance, and one thread waits for its answers. The database's clock
 * decides nothing. Standbys poll each retryPeriod; there is no watch.
 */
public final class JdbcRegister implements Register {
    private static final Logger log = LoggerFactory.getLogger(JdbcRegister.class);

    /** The SQL state of a statement that the database refused and did not execute. */
    private static final String NOT_PERMITTED = "42501";

    /** The timeout of a statement: less than half a renewDeadline, so that a leader can renew again. */
    static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** The revision of a row that was inserted for an election and never written: it counts as no row. */
    private static final long UNWRITTEN = 0;

    private static final String READ = "SELECT * FROM baton_election WHERE election = ? AND revision > " + UNWRITTEN;
    private static final String LAY = "INSERT INTO baton_election (election) VALUES (?) ON CONFLICT DO NOTHING";
    private static final String WRITE = """
            UPDATE baton_election SET revision = nextval('baton_revision'),
                holder = ?, nonce = ?, lease = ?, acquired = ?, renewed = ?, transitions = ?
            WHERE election = ? AND revision = ?""";
    private static final String[] WRITTEN = {
        "revision", "holder", "nonce", "lease", "acquired", "renewed", "transitions"
    };

    private final DataSource database;
    private final BackendRuntime runtime = BackendRuntime.start("jdbc", true, 1);
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(BackendThreads.daemons("baton-jdbc-connection"));
    private @Nullable Connection connection;

    JdbcRegister(DataSource database) {
        this.database = database;
    }

    /**
     * A backend on {@code database}, which must connect within bounded time and be no pool; the caller closes it.
     *
     * @param epoch the epoch of the tokens: 0 at first, raised by one whenever the database may have lost a commit
     */
    public static LockBackend on(DataSource database, int epoch) {
        return new RegisterBackend(new JdbcRegister(database), epoch);
    }

    @Override
    public String kind() {
        return "jdbc";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        return ask(() -> run(READ, election.toString()));
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        String row = election.toString();
        long revision = expected == null ? UNWRITTEN : expected.revision();
        Object[] values = {
            next.holderIdentity(),
            next.nonce(),
            next.leaseDuration().toString(),
            next.acquireTime().toString(),
            next.renewTime().toString(),
            next.transitions(),
            row,
            revision
        };
        return ask(() -> {
                    if (expected == null) {
                        run(LAY, row);
                    }
                    return run(WRITE, values);
                })
                .thenApply(written -> written.orElseThrow(
                        () -> new ConflictException(election + " does not stand at revision " + revision)));
    }

    /** Queues statements. Those whose turn comes after the deadline are dropped: their caller has stopped waiting. */
    private CompletionStage<Optional<Entry>> ask(Callable<Optional<Entry>> statements) {
        Moment limit = runtime.timekeeper().now().plus(TIMEOUT);
        return CompletableFuture.supplyAsync(
                () -> {
                    if (limit.isBefore(runtime.timekeeper().now())) {
                        throw new BackendException("the database is slow, so a statement was not sent; retrying");
                    }
                    try {
                        return statements.call();
                    } catch (Exception e) {
                        if (e instanceof SQLException refused && NOT_PERMITTED.equals(refused.getSQLState())) {
                            throw BackendException.notWritten("the database does not permit it: " + e.getMessage());
                        }
                        disconnect();
                        throw new BackendException("a statement failed, so another connection is tried: " + e, e);
                    }
                },
                thread);
    }

    /** Runs a statement as a transaction of its own, and returns the row that it found or wrote. */
    private Optional<Entry> run(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connected().prepareStatement(sql, WRITTEN)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            ResultSet row = statement.execute() ? statement.getResultSet() : statement.getGeneratedKeys();
            return row.next() ? Optional.of(entry(row)) : Optional.empty();
        }
    }

    private static Entry entry(ResultSet row) throws SQLException {
        LeaderRecord record = new LeaderRecord(
                row.getString("holder"),
                row.getString("nonce"),
                Duration.parse(row.getString("lease")),
                Instant.parse(row.getString("acquired")),
                Instant.parse(row.getString("renewed")),
                row.getInt("transitions"));
        return new Entry(record, row.getLong("revision"), null);
    }

    private Connection connected() throws SQLException {
        if (connection == null) {
            connection = database.getConnection();
            connection.setNetworkTimeout(Runnable::run, (int) TIMEOUT.toMillis());
        }
        return connection;
    }

    /** A connection with a failed statement is not used again (rule 7.2). */
    private void disconnect() {
        try (Connection failed = connection) {
            connection = null;
            log.debug("gives up {}", Printable.text(String.valueOf(failed)));
        } catch (SQLException e) {
            log.debug("a connection was not closed in good order", Printable.failure(e));
        }
    }

    @Override
    public synchronized void close() {
        runtime.close();
        if (!thread.isShutdown()) {
            thread.execute(this::disconnect);
            thread.shutdown();
        }
    }
}
