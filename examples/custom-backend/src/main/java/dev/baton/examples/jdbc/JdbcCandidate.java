package dev.baton.examples.jdbc;

import dev.baton.LeaderElection;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Of all the processes that run this against one PostgreSQL, one reconciles. */
public final class JdbcCandidate {
    private JdbcCandidate() {}

    /** Contends until this process is ended; the argument is a URL such as {@code jdbc:postgresql://db/orders?user=me}. */
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

    /** A server that is asked with bounds on both sides: here for the network, there for rows that others have locked. */
    static DataSource postgres(String url) {
        int seconds = (int) JdbcRegister.TIMEOUT.toSeconds();
        PGSimpleDataSource server = new PGSimpleDataSource();
        try {
            server.setUrl(url);
        } catch (IllegalArgumentException e) {
            // Its message repeats the address, which may hold a password.
            throw new IllegalArgumentException(
                    "the address must be as in jdbc:postgresql://host/database?user=…&password=…");
        }
        server.setConnectTimeout(seconds);
        server.setSocketTimeout(seconds);
        server.setOptions("-c statement_timeout=" + seconds + "s -c synchronous_commit=on");
        return server;
    }
}
