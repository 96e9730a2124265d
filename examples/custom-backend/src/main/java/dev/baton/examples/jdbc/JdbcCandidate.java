package dev.baton.examples.jdbc;

import dev.baton.LeaderElection;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** One of all processes that run this against one PostgreSQL reconciles. */
public final class JdbcCandidate {
    private JdbcCandidate() {}

    /** Contends until this process ends; the argument is a URL such as {@code jdbc:postgresql://db/orders?user=me}. */
    public static void main(String[] args) throws InterruptedException {
        var backend = JdbcRegister.on(postgres(args[0]), 0);
        LeaderElection.on(backend, "orders/reconciler")
                .onStartedLeading(term -> {
                    while (term.acceptsWork()) {
                        System.out.println("reconciling with token " + term.fencingToken());
                        Thread.sleep(1_000);
                    }
                })
                .start();
        Thread.currentThread().join();
    }

    /** A data source with two timeouts: the client's for the network, the server's for rows that others have locked. */
    static DataSource postgres(String url) {
        int seconds = (int) JdbcRegister.TIMEOUT.toSeconds();
        PGSimpleDataSource server = new PGSimpleDataSource();
        try {
            server.setUrl(url);
        } catch (IllegalArgumentException e) {
            // The cause is left out: its message repeats the address, which may hold a password.
            throw new IllegalArgumentException(
                    "the address must be as in jdbc:postgresql://host/database?user=…&password=…");
        }
        server.setConnectTimeout(seconds);
        server.setSocketTimeout(seconds);
        server.setOptions("-c statement_timeout=" + seconds + "s -c synchronous_commit=on");
        return server;
    }
}
