package dev.baton.examples.jdbc;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** On H2, in this process. */
class H2Test extends ElectionCases {
    private static final DataSource DATABASE = create("elections");

    /** A database with {@code schema.sql} in it, in this JVM's memory. */
    static DataSource create(String name) {
        DataSource database = empty(name);
        Sql.execute(database, PostgresServer.schema());
        return database;
    }

    static DataSource empty(String name) {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:" + name + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1");
        return database;
    }

    @Override
    DataSource database() {
        return DATABASE;
    }
}
