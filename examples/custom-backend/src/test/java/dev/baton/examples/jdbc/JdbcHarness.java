package dev.baton.examples.jdbc;

import dev.baton.conformance.BackendHarness;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.time.Instant;
import java.util.OptionalInt;
import javax.sql.DataSource;

/** What the conformance kit may do to any database: open backends on it, and be its operator. */
class JdbcHarness implements BackendHarness {
    private final String name;
    private final DataSource database;

    JdbcHarness(String name, DataSource database) {
        this.name = name;
        this.database = database;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public LockBackend open() throws Exception {
        return JdbcRegister.on(database, 0);
    }

    @Override
    public void delete(ElectionName election) {
        Sql.execute(database, "DELETE FROM baton_election WHERE election = '" + election + "'");
    }

    @Override
    public void touch(ElectionName election) {
        update(election, "transitions = transitions");
    }

    @Override
    public void rewrite(ElectionName election, String identity, Instant when) {
        Sql.execute(
                database, "INSERT INTO baton_election (election) VALUES ('" + election + "') ON CONFLICT DO NOTHING");
        update(
                election,
                "holder = '" + identity + "', nonce = '', lease = '" + timing().leaseDuration() + "', acquired = '"
                        + when + "', renewed = '" + when + "'");
    }

    private void update(ElectionName election, String columns) {
        Sql.execute(
                database,
                "UPDATE baton_election SET revision = nextval('baton_revision'), " + columns + " WHERE election = '"
                        + election + "'");
    }

    @Override
    public OptionalInt standing(ElectionName election) {
        return OptionalInt.of(Sql.query(
                        database,
                        "SELECT holder FROM baton_election WHERE election = '" + election + "' AND holder <> ''")
                .size());
    }
}
